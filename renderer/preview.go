package renderer

import (
	"context"
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

// previewMark stands on every page of a preview.
var previewMark = platen.Watermark{Text: "PREVIEW", Rotate: 45, Opacity: .15}

// Preview makes a document of a template, which need not be published, with the
// tenant's brand. It is marked as a preview and stored nowhere. Errors are as for
// Render.
func (r *Renderer) Preview(ctx context.Context, t *templates.Template, job platen.Job) (platen.Document, error) {
	job.Finish.Watermarks = append(slices.Clone(job.Finish.Watermarks), previewMark)
	cfg := r.Config
	cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) { return t, nil }
	p := &Renderer{Config: cfg, finisher: r.finisher}
	in, err := p.read(ctx, job)
	if err != nil {
		return platen.Document{}, err
	}
	return p.produce(ctx, job, in, p.key(in))
}
