package templates

import (
	"context"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// IssuePrefix stands before the JSON Pointers of values of the issue block in a trace.
const IssuePrefix = "@issue"

// Trace does what Fill does, and tells what each mustache printed, where in the document, and
// of which values: those of the data by their JSON Pointers, and those of the issue block after
// IssuePrefix.
func (t *Template) Trace(ctx context.Context, data any, issue platen.IssueBlock, brand *tenant.Brand) (platen.Markup, *handlebars.Trace, error) {
	d := t.dress(brand)
	env, err := t.env(data, issue, d)
	if err != nil {
		return platen.Markup{}, nil, err
	}
	env.Trace = &handlebars.Trace{}
	env.Data.Set("issue", env.Trace.Follow(IssuePrefix, issue.Data()))
	m, head, err := t.fill(ctx, env.Trace.Follow("", data), env, d)
	prints := env.Trace.Prints
	for i := range prints {
		if prints[i].From >= head {
			prints[i].From, prints[i].To = prints[i].From+len(d.style), prints[i].To+len(d.style)
		}
	}
	return m, env.Trace, err
}
