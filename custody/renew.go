package custody

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
)

// A Due document can be verified for some time only.
type Due struct {
	RenderKey string `json:"renderKey"`
	Document  string `json:"document,omitempty"` // id of the job that has made it
	Renewal          // what there is of it
}

// Due yields the documents of a tenant that are sealed at B-LTA and whose last time stamp
// can be verified until a time at most. An error about one document does not end it.
// Unless it is a rehearsal, what was found out about a document is noted, so that it is
// not read again the next time.
func (k *Keeper) Due(ctx context.Context, id platen.TenantID, until time.Time, rehearsal bool) iter.Seq2[Due, error] {
	return func(yield func(Due, error) bool) {
		bucket, err := storage.ForTenant(k.Bucket, id)
		if err != nil {
			yield(Due{}, err)
			return
		}
		for name, err := range bucket.List(ctx, "documents/") {
			if err != nil {
				yield(Due{}, err)
				return
			}
			key, isManifest := strings.CutSuffix(strings.TrimPrefix(name, "documents/"), ".json")
			if !isManifest {
				continue
			}
			d, err := k.due(ctx, id, bucket, key, rehearsal)
			if err == nil && (d.RenderKey == "" || d.Until.After(until)) {
				continue
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// due says until when a document can be verified. One that is not sealed at B-LTA has no
// RenderKey.
func (k *Keeper) due(ctx context.Context, id platen.TenantID, bucket storage.Bucket, key string, rehearsal bool) (d Due, err error) {
	m, err := manifest(ctx, bucket, key)
	if err != nil || m.Finished.Seal == nil || m.Finished.Seal.Level != string(sign.LevelLTA) {
		return d, err
	}
	d = Due{RenderKey: key, Document: m.Job}
	if d.Renewal, err = newest(ctx, bucket, key); err != nil || d.Number > 0 {
		return d, err
	}
	doc, err := k.Document(ctx, id, key)
	if err != nil {
		return d, err
	}
	d.Renewal = Renewal{Number: 1, SHA256: m.SHA256, Bytes: m.Bytes}
	if d.Until, err = lasts(doc.PDF); err != nil {
		return d, fmt.Errorf("document %s: %w", key, err)
	}
	if rehearsal {
		return d, nil
	}
	return d, unless(platen.Conflict, d.add(ctx, bucket, key))
}

// lasts returns until when the last time stamp of a document holds: the end of its
// certificate, or of the algorithm of its key where that comes first.
func lasts(src []byte) (until time.Time, err error) {
	report, err := sign.Verify(src, sign.VerifyOptions{})
	if err != nil {
		return until, err
	}
	for _, s := range report.Signatures {
		if s.Kind != sign.TimeStamp {
			continue
		}
		if s.Authority == nil {
			return until, fmt.Errorf("its time stamp (field %s) cannot be read: %w", s.Field, platen.Invalid)
		}
		until = s.Authority.Holds.UTC()
	}
	if until.IsZero() {
		return until, fmt.Errorf("it has no time stamp of the whole document: %w", platen.Invalid)
	}
	return until, nil
}

// errNotLonger says that a renewal has changed nothing for the better.
var errNotLonger = errors.New("the certificate of the time stamp authority, or the algorithm of its key, ends no later than that of the time stamp before: name another authority, or wait until it has a new certificate")

// Renew gathers the evidence that a document lacks and gives it another time stamp,
// which becomes an object of its own. When somebody else has renewed it meanwhile, that
// counts, and is returned. Errors are those of sign.Prolong.
func (k *Keeper) Renew(ctx context.Context, id platen.TenantID, d Due, o sign.ProlongOptions, by string) (Renewal, error) {
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return d.Renewal, err
	}
	src, err := k.current(ctx, id, bucket, d)
	if err != nil {
		return d.Renewal, err
	}
	out, err := sign.Prolong(ctx, src, o)
	if err != nil {
		return d.Renewal, err
	}
	r := Renewal{Number: d.Number + 1, SHA256: platen.Digest(out), Bytes: len(out), By: by, At: k.Now().Truncate(time.Second), Was: d.SHA256}
	if r.Until, err = lasts(out); err != nil {
		return d.Renewal, err
	}
	switch {
	case !bytes.HasPrefix(out, src):
		return d.Renewal, fmt.Errorf("renewing has changed what was there: %w", platen.Internal)
	case !r.Until.After(d.Until):
		return d.Renewal, fmt.Errorf("%w: %w", errNotLonger, platen.Invalid)
	}
	if err := unless(platen.Conflict, bucket.Put(ctx, renewedPDF(d.RenderKey, r.SHA256), out)); err != nil {
		return d.Renewal, fmt.Errorf("store the renewed document: %w", err)
	}
	err = r.add(ctx, bucket, d.RenderKey)
	if errors.Is(err, platen.Conflict) {
		return newest(ctx, bucket, d.RenderKey)
	}
	if err != nil {
		return d.Renewal, fmt.Errorf("register the renewal: %w", err)
	}
	return r, nil
}

// current returns the newest form of a document.
func (k *Keeper) current(ctx context.Context, id platen.TenantID, bucket storage.Bucket, d Due) ([]byte, error) {
	if d.Was != "" {
		return renewed(ctx, bucket, d.RenderKey, d.Renewal)
	}
	doc, err := k.Document(ctx, id, d.RenderKey)
	return doc.PDF, err
}
