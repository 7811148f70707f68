package renderer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/templates"
)

// previewMark stands on every page of a preview.
var previewMark = platen.Watermark{Text: "PREVIEW", Rotate: 45, Opacity: .15}

// Pictures of previews.
const (
	PreviewDPI   = 96 // resolution
	previewPages = 3  // so many of the first pages are drawn
)

// Preview is Trial with a mark on each page.
func (r *Renderer) Preview(ctx context.Context, t *templates.Template, job platen.Job) (platen.Document, error) {
	job.Finish.Watermarks = append(slices.Clone(job.Finish.Watermarks), previewMark)
	return r.Trial(ctx, t, job)
}

// Trial makes a document of a template, which need not be published, with the tenant's
// brand. It is neither sealed nor stored, nor taken from what is stored. Errors are as for Render.
func (r *Renderer) Trial(ctx context.Context, t *templates.Template, job platen.Job) (platen.Document, error) {
	cfg := r.Config
	cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) { return t, nil }
	p := &Renderer{Config: cfg, finisher: r.finisher, readings: r.readings}
	in, err := p.read(ctx, job)
	if err != nil {
		return platen.Document{}, err
	}
	doc, _, err := p.produce(ctx, job, in, p.key(in))
	return doc, err
}

// A SampleError says that a template cannot be printed with one of its trials.
type SampleError struct {
	Sample string // its name
	Err    error
}

// Error implements error.
func (e *SampleError) Error() string { return e.Sample + ": " + e.Err.Error() }

// Unwrap returns why.
func (e *SampleError) Unwrap() error { return e.Err }

// RefusedSamples returns what an error of Previews says of samples; none when it says
// something else.
func RefusedSamples(err error) (refused []*SampleError) {
	joined, _ := err.(interface{ Unwrap() []error })
	if joined == nil {
		return nil
	}
	for _, e := range joined.Unwrap() {
		if one, ok := e.(*SampleError); ok {
			refused = append(refused, one)
		}
	}
	return refused
}

// Previews makes a preview of a template with each of its trials. When some cannot be
// printed the error is Invalid, and RefusedSamples tells of each; other errors are as for
// Render.
func (r *Renderer) Previews(ctx context.Context, t *templates.Template, id platen.TenantID) (p templates.Previews, err error) {
	trials, err := t.Bundle().Trials()
	if err != nil {
		return p, err
	}
	p.Browser, _ = r.Printer.Engine()
	p.Raster = raster.Engine
	var refused []error
	for _, s := range trials {
		doc, err := r.Preview(ctx, t, platen.Job{Tenant: id, Template: t.Bundle().Settings().Name, Data: s.Data, Issue: templates.SampleIssue()})
		if errors.Is(err, platen.Invalid) {
			refused = append(refused, &SampleError{s.Name, err})
			continue
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", s.Name, err)
		}
		pictures, err := r.Pictures(ctx, doc.PDF, 1, previewPages, PreviewDPI)
		if err != nil {
			return p, err
		}
		p.Settings = doc.Manifest.Inputs.Settings
		p.Add(s.Name, doc.Manifest.Pages, doc.PDF, pictures)
	}
	return p, errors.Join(refused...)
}

// Pictures draws the pages of a PDF from first to last, counted from 1, as PNG files.
// Pages that it does not have are left out. Without a Rasteriser there are no pictures.
func (r *Renderer) Pictures(ctx context.Context, pdf []byte, first, last, dpi int) (pictures [][]byte, err error) {
	if r.Raster == nil {
		return nil, nil
	}
	d, err := r.Raster.Open(ctx, pdf)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for n := first; n <= min(last, d.Pages()); n++ {
		picture, err := d.Page(ctx, n, dpi)
		if err != nil {
			return nil, err
		}
		file, err := raster.PNG(picture)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, file)
	}
	return pictures, nil
}
