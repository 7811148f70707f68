package renderer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
)

// Documents stand in the tenant's bucket as documents/<render key>.pdf and .json.
// The manifest is written last, so a document without one is not finished.
func pdfKey(key string) string      { return "documents/" + key + ".pdf" }
func manifestKey(key string) string { return "documents/" + key + ".json" }

// stored returns the document of a render key. If there is none yet, it returns a
// Document that is not Stored. A PDF that is not the one its manifest describes
// is an Internal error: it is never handed out and never replaced.
func (r *Renderer) stored(ctx context.Context, tenant platen.TenantID, key string) (doc platen.Document, err error) {
	defer r.stage(ctx, "look up")()
	if r.Bucket == nil {
		return doc, nil
	}
	bucket, err := storage.ForTenant(r.Bucket, tenant)
	if err != nil {
		return doc, err
	}
	manifest, err := bucket.Get(ctx, manifestKey(key))
	if errors.Is(err, platen.NotFound) {
		return doc, nil
	}
	if err != nil {
		return doc, fmt.Errorf("look up the document: %w", err)
	}
	if err := json.Unmarshal(manifest, &doc.Manifest); err != nil {
		return doc, fmt.Errorf("read the manifest of document %s: %w", key, err)
	}
	if doc.Manifest.RenderKey != key || doc.Manifest.Tenant != tenant {
		return doc, changed(key, "its manifest is that of another document")
	}
	doc.PDF, err = bucket.Get(ctx, pdfKey(key))
	if errors.Is(err, platen.NotFound) {
		return doc, changed(key, "its manifest is there, the PDF is not")
	}
	if err != nil {
		return doc, fmt.Errorf("read document %s: %w", key, err)
	}
	if platen.Digest(doc.PDF) != doc.Manifest.SHA256 {
		return doc, changed(key, "the PDF has another sha256 than its manifest says")
	}
	doc.Stored = true
	return doc, nil
}

// Document returns the document that stands under a render key, or NotFound.
func (r *Renderer) Document(ctx context.Context, tenant platen.TenantID, key string) (platen.Document, error) {
	doc, err := r.stored(ctx, tenant, key)
	if err == nil && !doc.Stored {
		err = fmt.Errorf("there is no document %s: %w", key, platen.NotFound)
	}
	return doc, err
}

// Presign returns a URL from which anybody can get the PDF of a stored document,
// past Platen and without credentials, until it expires after 1 second to 7 days. A
// browser saves it as filename. ok is false where the bucket has no such URLs. Whether
// there is a document of this render key, and whether it was changed, is not looked at.
func (r *Renderer) Presign(ctx context.Context, tenant platen.TenantID, key string, expires time.Duration, filename string) (u *url.URL, ok bool, err error) {
	if r.Bucket == nil {
		return nil, false, nil
	}
	bucket, err := storage.ForTenant(r.Bucket, tenant)
	if err != nil {
		return nil, false, err
	}
	return storage.Presign(ctx, bucket, pdfKey(key), expires, filename)
}

// changed says that somebody has been at the stored files.
func changed(key, how string) error {
	return fmt.Errorf("stored document %s was changed: %s: restore documents/%s.* from a backup: %w", key, how, key, platen.Internal)
}

// store writes the PDF, then its manifest. If another worker was first, both have
// made the same bytes from the same input; other bytes under the key are an
// Internal error, unless they are the same document with a seal of their own.
func (r *Renderer) store(ctx context.Context, key platen.RenderKey, doc platen.Document, unsealed []byte, s *seal) (platen.Document, error) {
	defer r.stage(ctx, "store")()
	if r.Bucket == nil {
		return doc, nil
	}
	bucket, err := storage.ForTenant(r.Bucket, doc.Manifest.Tenant)
	if err != nil {
		return platen.Document{}, err
	}
	err = bucket.Put(ctx, pdfKey(key.String()), doc.PDF)
	if errors.Is(err, platen.Conflict) {
		var there []byte
		if there, err = bucket.Get(ctx, pdfKey(key.String())); err == nil && !bytes.Equal(there, doc.PDF) {
			doc, err = adopt(doc, there, unsealed, s)
		}
	}
	if err != nil {
		return platen.Document{}, fmt.Errorf("store the document: %w", err)
	}
	err = bucket.Put(ctx, manifestKey(key.String()), doc.Manifest.JSON())
	if errors.Is(err, platen.Conflict) {
		return r.stored(ctx, doc.Manifest.Tenant, key.String())
	}
	if err != nil {
		return platen.Document{}, fmt.Errorf("store the manifest: %w", err)
	}
	return doc, nil
}

// adopt makes what stands under the key of a document the document, where it is the same
// one, sealed by the same certificate: time stamps, and some keys, make other bytes each
// time. It was left there by a worker that ended before it had written the manifest.
func adopt(doc platen.Document, there, unsealed []byte, s *seal) (platen.Document, error) {
	const other = "the PDF that stands there is not the one that this input makes"
	if s == nil {
		return doc, changed(doc.Manifest.RenderKey, other)
	}
	if err := sign.CheckSigned(there, unsealed, s.Key.Chain()[0]); err != nil {
		return doc, changed(doc.Manifest.RenderKey, fmt.Sprintf("%s: %v", other, err))
	}
	doc.PDF = there
	doc.Manifest.Bytes, doc.Manifest.SHA256 = len(there), platen.Digest(there)
	return doc, nil
}

// document describes a finished PDF.
func (r *Renderer) document(job platen.Job, key platen.RenderKey, template string, f finish.Result) platen.Document {
	return platen.Document{PDF: f.PDF, Manifest: platen.Manifest{
		RenderKey:   key.String(),
		Tenant:      job.Tenant,
		Job:         job.ID,
		Template:    template,
		Inputs:      key,
		Finished:    f.Finished,
		Pages:       f.Pages,
		Bytes:       len(f.PDF),
		SHA256:      platen.Digest(f.PDF),
		RequestedBy: job.By,
		RenderedAt:  r.Now().UTC().Format(time.RFC3339),
	}}
}
