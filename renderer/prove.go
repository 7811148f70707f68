package renderer

import (
	"context"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/prove"
)

// prove proves a document where the tenant's settings ask for that, and returns how many values it
// shows. A document that is not proven is Invalid: its template hides something.
func (r *Renderer) prove(ctx context.Context, in input, pdf []byte) (values int, err error) {
	if r.Bucket == nil {
		return 0, nil
	}
	current, err := r.Settings.Current(ctx, in.tenant)
	if err != nil || !current.Settings.Prove {
		return 0, err
	}
	defer r.stage(ctx, "prove")()
	report, err := prove.Document(ctx, prove.Input{PDF: pdf, Template: in.template, Data: in.data, Issue: in.issue, Brand: in.brand})
	if err != nil {
		return 0, fmt.Errorf("prove the document: %w", err)
	}
	return report.Values, report.Error()
}

// proveStored proves a document that was stored when nobody asked for that.
func (r *Renderer) proveStored(ctx context.Context, in input, doc platen.Document) (platen.Document, error) {
	if doc.Manifest.Finished.Proven > 0 {
		return doc, nil
	}
	if _, err := r.prove(ctx, in, doc.PDF); err != nil {
		return platen.Document{}, err
	}
	return doc, nil
}
