package renderer

import (
	"context"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers/zones"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// An input is a job whose every part was read and checked.
type input struct {
	reading
	tenant   platen.TenantID
	template *templates.Template
	issue    platen.IssueBlock
	finish   platen.FinishOptions
	sealed   bool  // is what the job asks for
	seal     *seal // nil: it is not sealed
	brand    *tenant.Brand
	limits   tenant.Limits
}

// read is check, and loads the tenant's brand.
func (r *Renderer) read(ctx context.Context, job platen.Job) (in input, err error) {
	defer r.stage(ctx, "read")()
	if in, err = r.check(ctx, job); err != nil {
		return in, err
	}
	in.brand, err = r.brand(ctx, job.Tenant)
	return in, err
}

// check loads the template, and checks whether the tenant allows it, the issue block, the finish options and the data.
func (r *Renderer) check(ctx context.Context, job platen.Job) (in input, err error) {
	if err := job.Issue.Validate(); err != nil {
		return in, err
	}
	if err := job.Finish.Validate(); err != nil {
		return in, err
	}
	in.tenant, in.issue, in.finish = job.Tenant, job.Issue, job.Finish
	in.sealed, in.finish.Seal = job.Finish.Seal, false // the render key has the seal itself
	if in.reading, err = r.readData(job); err != nil {
		return in, err
	}
	if in.template, err = r.Templates(ctx, job, siteOf(in.data)); err != nil {
		return in, fmt.Errorf("template %s: %w", job.Template, err)
	}
	if in.limits, err = r.allow(ctx, job.Tenant, in.template.Bundle().Settings()); err != nil {
		return in, err
	}
	wanted := in.template.Bundle().Settings().Contract
	if job.Contract != "" && job.Contract != wanted {
		return in, &platen.FieldError{Field: "contract", Reason: fmt.Sprintf("is %q, and the template %s wants %s: send data of that contract, or name another template", job.Contract, job.Template, wanted)}
	}
	in.reading, err = r.satisfy(in.reading, wanted, len(job.Data))
	return in, err
}

// siteOf returns the id of the site that data names, as the contracts have it.
func siteOf(data any) string {
	if o, ok := data.(*platen.Object); ok {
		site, _ := o.Get("site")
		if o, ok := site.(*platen.Object); ok {
			id, _ := o.Get("id")
			text, _ := id.(string)
			return text
		}
	}
	return ""
}

// key names the document that the input makes with this engine.
func (r *Renderer) key(in input) platen.RenderKey {
	browser, fonts := r.Printer.Engine()
	return platen.RenderKey{
		Contract: in.contract,
		Settings: in.brand.Digest(),
		Bundle:   in.template.Bundle().Digest(),
		Data:     in.digest,
		Issue:    in.issue,
		Finish:   in.finish.Digest(),
		Seal:     in.seal.digest(),
		Engine:   platen.Engine{Platen: platen.Version, Browser: browser, Fonts: fonts, Zones: zones.Version},
	}
}

// brand returns that of the tenant; without a bucket there is none.
func (r *Renderer) brand(ctx context.Context, id platen.TenantID) (*tenant.Brand, error) {
	if r.Bucket == nil {
		return nil, nil
	}
	return r.Settings.Brand(ctx, id)
}
