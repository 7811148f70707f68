package renderer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/storage"
)

// Documents stand in the tenant's bucket as documents/<render key>.pdf and .json.
// The manifest is written last, so a document without one is not finished.
func pdfKey(key string) string      { return "documents/" + key + ".pdf" }
func manifestKey(key string) string { return "documents/" + key + ".json" }

// stored returns the document of a render key. If there is none yet, it returns a
// Document that is not Stored. A PDF that is not the one its manifest describes
// is an Internal error: it is never handed out and never replaced.
func (r *Renderer) stored(ctx context.Context, tenant platen.TenantID, key platen.RenderKey) (doc platen.Document, err error) {
	defer r.took("look up", time.Now())
	if r.Bucket == nil {
		return doc, nil
	}
	bucket, err := storage.ForTenant(r.Bucket, tenant)
	if err != nil {
		return doc, err
	}
	manifest, err := bucket.Get(ctx, manifestKey(key.String()))
	if errors.Is(err, platen.NotFound) {
		return doc, nil
	}
	if err != nil {
		return doc, fmt.Errorf("look up the document: %w", err)
	}
	if err := json.Unmarshal(manifest, &doc.Manifest); err != nil {
		return doc, fmt.Errorf("read the manifest of document %s: %w", key, err)
	}
	if doc.PDF, err = bucket.Get(ctx, pdfKey(key.String())); err != nil {
		return doc, fmt.Errorf("read document %s: %w", key, err)
	}
	if got := platen.Digest(doc.PDF); got != doc.Manifest.SHA256 {
		return doc, fmt.Errorf("document %s has the sha256 %s, its manifest says %s: the stored file was changed: %w", key, got, doc.Manifest.SHA256, platen.Internal)
	}
	doc.Stored = true
	return doc, nil
}

// store writes the PDF, then its manifest. If another worker was first, its
// document counts: both were made from the same input.
func (r *Renderer) store(ctx context.Context, job platen.Job, key platen.RenderKey, template string, pdf []byte) (platen.Document, error) {
	defer r.took("store", time.Now())
	if r.Bucket == nil {
		return r.document(job, key, template, pdf)
	}
	bucket, err := storage.ForTenant(r.Bucket, job.Tenant)
	if err != nil {
		return platen.Document{}, err
	}
	err = bucket.Put(ctx, pdfKey(key.String()), pdf)
	if errors.Is(err, platen.Conflict) {
		pdf, err = bucket.Get(ctx, pdfKey(key.String()))
	}
	if err != nil {
		return platen.Document{}, fmt.Errorf("store the document: %w", err)
	}
	doc, err := r.document(job, key, template, pdf)
	if err != nil {
		return doc, err
	}
	err = bucket.Put(ctx, manifestKey(key.String()), doc.Manifest.JSON())
	if errors.Is(err, platen.Conflict) {
		return r.stored(ctx, job.Tenant, key)
	}
	if err != nil {
		return platen.Document{}, fmt.Errorf("store the manifest: %w", err)
	}
	return doc, nil
}

// document describes a PDF.
func (r *Renderer) document(job platen.Job, key platen.RenderKey, template string, pdf []byte) (platen.Document, error) {
	pages, err := finish.Pages(pdf)
	if err != nil {
		return platen.Document{}, err
	}
	return platen.Document{PDF: pdf, Manifest: platen.Manifest{
		RenderKey:   key.String(),
		Tenant:      job.Tenant,
		Job:         job.ID,
		Template:    template,
		Inputs:      key,
		Pages:       pages,
		Bytes:       len(pdf),
		SHA256:      platen.Digest(pdf),
		RequestedBy: job.By,
		RenderedAt:  r.Now().UTC().Format(time.RFC3339),
	}}, nil
}
