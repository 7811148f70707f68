package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/templates"
)

// The rights to publish templates, and to say that they are good.
const (
	WriteTemplates   Scope = "templates:write"
	ApproveTemplates Scope = "templates:approve"
)

const templatesPath = "/v1/templates"

// A Template is what a tenant has published under one name.
type Template struct {
	Name     string              `json:"name"`
	Versions []templates.Version `json:"versions" doc:"the oldest first"`
}

// A Published is a version that was published, with what the lint says of it.
type Published struct {
	templates.Version
	Findings []templates.Finding `json:"findings" doc:"warnings: what is better mended before it is activated"`
	Previews []Preview           `json:"previews" doc:"how it looks with its samples and with the example of its contract"`
}

// An ActRequest says why something is done with a version, and by whom.
type ActRequest struct {
	Reason  string          `json:"reason,omitempty" maxLength:"500" doc:"why; it stands in the template's log"`
	Name    string          `json:"name,omitempty" maxLength:"200" doc:"to approve: printed name of the person (21 CFR 11.50)"`
	Meaning string          `json:"meaning,omitempty" maxLength:"100" doc:"to approve: what the approval means, as in review or approval"`
	Wave    *templates.Wave `json:"wave,omitempty" doc:"to activate: for whom; left out: for all"`
}

type templateInput struct {
	Name string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
}

type actInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Version string `path:"version" maxLength:"64" example:"2.0.0" doc:"as template.yaml counts, or the digest"`
	Body    ActRequest
}

type rollbackInput struct {
	Name string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Body ActRequest
}

type publishInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Reason  string `query:"reason" maxLength:"500" doc:"why; it stands in the template's log"`
	RawBody []byte `contentType:"application/zip"`

	kind string // content type
}

// Resolve implements huma.Resolver.
func (in *publishInput) Resolve(ctx huma.Context) []error {
	in.kind = requestOf(ctx).Header.Get("Content-Type")
	return nil
}

type versionOutput struct {
	Body templates.Version
}

type publishOutput struct {
	Status int
	Body   Published
}

type templateOutput struct {
	Body Template
}

type templatesOutput struct {
	Body struct {
		Templates []Template `json:"templates" doc:"by name"`
	}
}

// templates adds the routes of templates.
func (a *API) templates(h huma.API) {
	op := func(id, method, path, summary, description string, errors ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: templatesPath + path, Summary: summary, Description: description,
			Tags: []string{"templates"}, Errors: errors,
		}
	}
	register(a, h, ReadDocuments, op("list-templates", http.MethodGet, "", "Your templates", ""), a.listTemplates)
	register(a, h, ReadDocuments, op("get-template", http.MethodGet, "/{name}", "A template with its versions", "", http.StatusNotFound), a.getTemplate)
	register(a, h, WriteTemplates, op("publish-template", http.MethodPost, "/{name}/versions", "Publish a version",
		"It is checked as a whole, and with errors nothing is stored. Nobody uses it before it is activated.",
		http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests), audited(a, audit.TemplatePublished, a.publishTemplate))
	describeForm(h, templatesPath+"/{name}/versions", "")
	acts := []struct {
		name    string
		scope   Scope
		summary string
		do      func(context.Context, Caller, *actInput) (templates.Version, error)
	}{
		{"approve", ApproveTemplates, "Approve a version", func(ctx context.Context, c Caller, in *actInput) (templates.Version, error) {
			return a.Library.Approve(ctx, c.Tenant, in.Name, in.Version, in.Body.act(c))
		}},
		{"activate", WriteTemplates, "Have jobs use a version", func(ctx context.Context, c Caller, in *actInput) (templates.Version, error) {
			return a.Library.Activate(ctx, c.Tenant, in.Name, in.Version, in.Body.Wave, in.Body.act(c))
		}},
		{"halt", WriteTemplates, "End the wave of a version", func(ctx context.Context, c Caller, in *actInput) (templates.Version, error) {
			return a.Library.Halt(ctx, c.Tenant, in.Name, in.Version, in.Body.act(c))
		}},
		{"retire", WriteTemplates, "End a version for good", func(ctx context.Context, c Caller, in *actInput) (templates.Version, error) {
			return a.Library.Retire(ctx, c.Tenant, in.Name, in.Version, in.Body.act(c))
		}},
	}
	for _, act := range acts {
		register(a, h, act.scope, op(act.name+"-template", http.MethodPost, "/{name}/versions/{version}/"+act.name, act.summary, "",
			http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
			audited(a, templateActions[act.name], func(ctx context.Context, c Caller, in *actInput) (*versionOutput, error) {
				v, err := act.do(ctx, c, in)
				return &versionOutput{v}, err
			}))
	}
	register(a, h, WriteTemplates, op("rollback-template", http.MethodPost, "/{name}/rollback", "Activate the version before", "",
		http.StatusNotFound, http.StatusConflict), audited(a, audit.TemplateRolledBack, a.rollbackTemplate))
	a.previews(h)
	a.keptPreviews(h)
}

func (r ActRequest) act(c Caller) templates.Act {
	return templates.Act{By: c.Subject, Name: r.Name, Meaning: r.Meaning, Reason: r.Reason}
}

func (a *API) listTemplates(ctx context.Context, c Caller, _ *struct{}) (*templatesOutput, error) {
	names, err := a.Library.Names(ctx, c.Tenant)
	if err != nil {
		return nil, err
	}
	out := &templatesOutput{}
	out.Body.Templates = make([]Template, len(names))
	for i, name := range names {
		h, err := a.Library.History(ctx, c.Tenant, name)
		if err != nil {
			return nil, err
		}
		out.Body.Templates[i] = Template{name, h.Versions()}
	}
	return out, nil
}

func (a *API) getTemplate(ctx context.Context, c Caller, in *templateInput) (*templateOutput, error) {
	h, err := a.Library.History(ctx, c.Tenant, in.Name)
	if err != nil {
		return nil, err
	}
	return &templateOutput{Template{in.Name, h.Versions()}}, nil
}

// publishTemplate checks a template, prints its samples, publishes it, and keeps how it
// looks.
func (a *API) publishTemplate(ctx context.Context, c Caller, in *publishInput) (*publishOutput, error) {
	f, err := readForm(in.kind, in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := f.named(in.Name); err != nil {
		return nil, err
	}
	findings, err := a.lint(ctx, c, f.bundle)
	if err != nil {
		return nil, err
	}
	t, err := templates.Compile(f.bundle)
	if err != nil {
		return nil, err
	}
	previews, err := a.printSamples(ctx, c, t)
	if err != nil {
		return nil, err
	}
	v, err := a.Library.Publish(ctx, c.Tenant, f.bundle, templates.Act{By: c.Subject, Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	if err := a.Library.KeepPreviews(ctx, c.Tenant, in.Name, v.Bundle, previews); err != nil {
		return nil, err
	}
	return &publishOutput{http.StatusCreated, Published{v, append([]templates.Finding{}, findings...), viewPreviews(in.Name, v.Bundle, previews).Previews}}, nil
}

// lint returns what is better mended in a template. What must be is a problem.
func (a *API) lint(ctx context.Context, c Caller, b *templates.Bundle) ([]templates.Finding, error) {
	brand, err := a.Renderer.Settings.Brand(ctx, c.Tenant)
	if err != nil {
		return nil, err
	}
	findings := templates.LintFor(b, brand)
	refused := newProblem(http.StatusUnprocessableEntity, "the template has errors, so it is not published")
	for _, f := range findings {
		if f.Severity == templates.Fault {
			refused.Errors = append(refused.Errors, Fault{Place: f.File, Detail: f.String()})
		}
	}
	if len(refused.Errors) > 0 {
		return nil, refused
	}
	return findings, nil
}

// samplesTime is for all samples of a template that is published.
const samplesTime = 5 * time.Minute

// printSamples prints the samples of a template, as jobs of the tenant would be.
func (a *API) printSamples(ctx context.Context, c Caller, t *templates.Template) (templates.Previews, error) {
	done, err := a.mayPrint(c.Tenant, "show templates: use the command platen template")
	if err != nil {
		return templates.Previews{}, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, samplesTime)
	defer cancel()
	previews, err := a.Renderer.Previews(ctx, t, c.Tenant)
	return previews, samplesRefused(err)
}

func (a *API) rollbackTemplate(ctx context.Context, c Caller, in *rollbackInput) (*versionOutput, error) {
	v, err := a.Library.Rollback(ctx, c.Tenant, in.Name, in.Body.act(c))
	return &versionOutput{v}, err
}
