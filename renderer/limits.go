package renderer

import (
	"context"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// allow returns within which limits a tenant's documents are made. It is Invalid when the
// template runs scripts, and the tenant has not said that it trusts those that do. Without
// a bucket there are no settings: whoever names the template trusts it.
func (r *Renderer) allow(ctx context.Context, id platen.TenantID, t templates.Settings) (tenant.Limits, error) {
	if r.Bucket == nil {
		return r.Bounds, nil
	}
	current, err := r.Settings.Current(ctx, id)
	if err != nil {
		return tenant.Limits{}, err
	}
	if t.Scripts && !current.Settings.Scripts {
		return tenant.Limits{}, fmt.Errorf("template %s runs scripts, and the tenant's settings do not allow that: remove scripts from template.yaml, or set scripts to true in the settings: %w", t.Name, platen.Invalid)
	}
	return current.Settings.Limits.Within(r.Bounds), nil
}

// inTime ends what is done with the context it returns when the time that a document may
// take is over.
func inTime(ctx context.Context, l tenant.Limits) (context.Context, context.CancelFunc) {
	if l.Seconds == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, time.Duration(l.Seconds)*time.Second,
		fmt.Errorf("the limit of the tenant is %d s: %w", l.Seconds, context.DeadlineExceeded))
}

// checkSize refuses an output that is larger than the limit.
func checkSize(what string, bytes int, l tenant.Limits) error {
	if l.OutputBytes == 0 || bytes <= l.OutputBytes {
		return nil
	}
	return fmt.Errorf("%s has %d bytes, the limit is %d: make the document shorter, or raise outputBytes in the tenant's settings: %w", what, bytes, l.OutputBytes, platen.Invalid)
}

// checkDocument refuses a document with more pages or bytes than the limits.
func checkDocument(f finish.Result, l tenant.Limits) error {
	if l.Pages > 0 && f.Pages > l.Pages {
		return fmt.Errorf("the document has %d pages, the limit is %d: make it shorter, or raise pages in the tenant's settings: %w", f.Pages, l.Pages, platen.Invalid)
	}
	return checkSize("the document", len(f.PDF), l)
}
