package custody

import (
	"context"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Renewal is an entry in the log of a document that is sealed at B-LTA: until when it
// can be verified, and, when that was renewed, by whom and with what.
//
//	renewals/<render key>/00000001.json
//	renewals/<render key>/<sha256>.pdf
type Renewal struct {
	Number int       `json:"-"` // in the log, from 1; 0: it does not stand there
	SHA256 string    `json:"sha256"`
	Bytes  int       `json:"bytes"`
	Until  time.Time `json:"until"`         // end of the certificate of the last time stamp, or of its algorithm
	Was    string    `json:"was,omitempty"` // sha256 of what was renewed; empty: this is the document as it was archived
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

const renewalsFolder = "renewals/"

func renewedPDF(key, sum string) string { return renewalsFolder + key + "/" + sum + ".pdf" }

// newest returns the newest entry of a document, and none with the number 0.
func newest(ctx context.Context, bucket storage.Bucket, key string) (r Renewal, err error) {
	log := storage.NewLog(bucket, renewalsFolder+key)
	last, err := log.Last(ctx)
	if err != nil || last == 0 {
		return r, err
	}
	if err := get(ctx, bucket, log.Key(last), &r); err != nil {
		return r, fmt.Errorf("read the renewals: %w", err)
	}
	r.Number = last
	return r, nil
}

func (r Renewal) add(ctx context.Context, bucket storage.Bucket, key string) error {
	return put(ctx, bucket, storage.NewLog(bucket, renewalsFolder+key).Key(r.Number), r)
}

func renewed(ctx context.Context, bucket storage.Bucket, key string, r Renewal) ([]byte, error) {
	return stored(ctx, bucket, renewedPDF(key, r.SHA256), r.SHA256)
}

// Renewed returns the newest renewal of a document with its PDF, or NotFound.
func (k *Keeper) Renewed(ctx context.Context, id platen.TenantID, key string) (Renewal, []byte, error) {
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return Renewal{}, nil, err
	}
	r, err := newest(ctx, bucket, key)
	if err == nil && r.Was == "" {
		err = fmt.Errorf("the document was not renewed: %w", platen.NotFound)
	}
	if err != nil {
		return r, nil, err
	}
	pdf, err := renewed(ctx, bucket, key, r)
	return r, pdf, err
}
