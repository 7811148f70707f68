// Package diffs makes comparisons that a tenant has asked for: each is a job, as a document is, so that it
// waits its turn, and is not lost. What a job compares stands in its data; what comes of it stands in the
// tenant's bucket.
//
//	diffs/files/<sha256>.pdf        PDFs that were sent
//	diffs/reports/<key>.html, .json the report for people, and, last, for programs
package diffs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/storage"
)

// Template is what jobs that compare name as their template. No template has such a name.
const Template = "platen/diff"

// A Request is what is compared.
type Request struct {
	A      Source `json:"a"`
	B      Source `json:"b"`
	Policy string `json:"policy,omitempty"` // YAML
}

// A Source is one of the two: a document of the tenant, or a PDF that was sent.
type Source struct {
	Document  string `json:"document,omitempty"`  // id, for people
	RenderKey string `json:"renderKey,omitempty"` // of the document
	SHA256    string `json:"sha256"`
}

// name is what the report calls it.
func (s Source) name() string {
	if s.Document != "" {
		return "document " + s.Document
	}
	return "PDF " + s.SHA256[:12]
}

// Sent is a PDF that is sent, which Keep is to keep before it can be compared.
func Sent(pdf []byte) Source { return Source{SHA256: platen.Digest(pdf)} }

// Check returns an error, Invalid, when the policy is none.
func (r Request) Check() error {
	_, err := r.policy()
	return err
}

// Job returns the job that compares.
func (r Request) Job(tenant platen.TenantID, by string) (platen.Job, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return platen.Job{}, fmt.Errorf("write the request: %w: %w", err, platen.Internal)
	}
	return platen.Job{Tenant: tenant, Template: Template, Data: data, By: by}, nil
}

// Compared returns the two that a job compares.
func Compared(job platen.Job) (a, b Source) {
	var r Request
	if json.Unmarshal(job.Data, &r) != nil {
		return Source{}, Source{} // Compare says what is wrong
	}
	return r.A, r.B
}

func (r Request) policy() (*diff.Policy, error) {
	if r.Policy == "" {
		return nil, nil
	}
	return diff.ParsePolicy([]byte(r.Policy))
}

// A Keeper does these jobs, and keeps what belongs to them. It is safe for concurrent use.
type Keeper struct {
	bucket storage.Bucket
	find   func(ctx context.Context, tenant platen.TenantID, renderKey string) (platen.Document, error)
	draw   *raster.Rasteriser
}

// New returns a Keeper. Find returns a stored document; draw draws pages, and may be nil.
func New(bucket storage.Bucket, find func(context.Context, platen.TenantID, string) (platen.Document, error), draw *raster.Rasteriser) *Keeper {
	return &Keeper{bucket, find, draw}
}

func fileKey(sum string) string { return "diffs/files/" + sum + ".pdf" }

func reportKey(key, ending string) string { return "diffs/reports/" + key + ending }

// Keep keeps a PDF that was sent, for good.
func (k *Keeper) Keep(ctx context.Context, tenant platen.TenantID, pdf []byte) error {
	own, err := storage.ForTenant(k.bucket, tenant)
	if err != nil {
		return err
	}
	if err := own.Put(ctx, fileKey(Sent(pdf).SHA256), pdf); err != nil && !errors.Is(err, platen.Conflict) {
		return fmt.Errorf("keep the PDF: %w", err)
	}
	return nil
}

// Or returns what does jobs that compare, and has render do all others.
func (k *Keeper) Or(render func(context.Context, platen.Job) (platen.Document, error)) func(context.Context, platen.Job) (platen.Document, error) {
	return func(ctx context.Context, job platen.Job) (platen.Document, error) {
		if job.Template == Template {
			return k.Compare(ctx, job)
		}
		return render(ctx, job)
	}
}

// Compare does a job. Its result names the report: the render key is that of Report and HTML, the
// rest describes what Report returns.
func (k *Keeper) Compare(ctx context.Context, job platen.Job) (doc platen.Document, err error) {
	var r Request
	if err := json.Unmarshal(job.Data, &r); err != nil {
		return doc, fmt.Errorf("read the request: %w: %w", err, platen.Invalid)
	}
	policy, err := r.policy()
	if err != nil {
		return doc, err
	}
	a, err := k.source(ctx, job.Tenant, r.A)
	if err != nil {
		return doc, fmt.Errorf("a: %w", err)
	}
	b, err := k.source(ctx, job.Tenant, r.B)
	if err != nil {
		return doc, fmt.Errorf("b: %w", err)
	}
	report, err := diff.Compare(ctx, a, b, diff.Options{NameA: r.A.name(), NameB: r.B.name(), Policy: policy, Raster: k.draw})
	if err != nil {
		return doc, err
	}
	var page bytes.Buffer
	if err := report.HTML(ctx, &page, a, b, k.draw); err != nil {
		return doc, err
	}
	src, err := json.Marshal(report)
	if err != nil {
		return doc, fmt.Errorf("write the report: %w: %w", err, platen.Internal)
	}
	key := platen.Digest(fmt.Append(nil, platen.Version, "\n", raster.Engine, "\n", string(job.Data)))
	doc.Manifest = platen.Manifest{RenderKey: key, SHA256: platen.Digest(src), Bytes: len(src)}
	return doc, k.store(ctx, job.Tenant, key, page.Bytes(), src)
}

// source reads one of the two.
func (k *Keeper) source(ctx context.Context, tenant platen.TenantID, s Source) (pdf []byte, err error) {
	if s.RenderKey != "" {
		doc, err := k.find(ctx, tenant, s.RenderKey)
		return doc.PDF, err
	}
	own, err := storage.ForTenant(k.bucket, tenant)
	if err != nil {
		return nil, err
	}
	if pdf, err = own.Get(ctx, fileKey(s.SHA256)); err == nil && platen.Digest(pdf) != s.SHA256 {
		err = fmt.Errorf("%s was changed: restore it from a backup: %w", fileKey(s.SHA256), platen.Internal)
	}
	return pdf, err
}

// store stores the report, that for programs last. The same request was compared before where it is there.
func (k *Keeper) store(ctx context.Context, tenant platen.TenantID, key string, page, src []byte) error {
	own, err := storage.ForTenant(k.bucket, tenant)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		ending  string
		content []byte
	}{{".html", page}, {".json", src}} {
		if err := own.Put(ctx, reportKey(key, file.ending), file.content); err != nil && !errors.Is(err, platen.Conflict) {
			return fmt.Errorf("store the report: %w", err)
		}
	}
	return nil
}

// Report returns the report of a job that is done, by the render key of its result.
func (k *Keeper) Report(ctx context.Context, tenant platen.TenantID, key string) (r *diff.Report, err error) {
	src, err := k.get(ctx, tenant, key, ".json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(src, &r); err != nil {
		return nil, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", reportKey(key, ".json"), err, platen.Internal)
	}
	return r, nil
}

// HTML returns the report for people.
func (k *Keeper) HTML(ctx context.Context, tenant platen.TenantID, key string) ([]byte, error) {
	return k.get(ctx, tenant, key, ".html")
}

func (k *Keeper) get(ctx context.Context, tenant platen.TenantID, key, ending string) ([]byte, error) {
	own, err := storage.ForTenant(k.bucket, tenant)
	if err != nil {
		return nil, err
	}
	src, err := own.Get(ctx, reportKey(key, ending))
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	return src, nil
}
