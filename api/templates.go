package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
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
		"The body is a zip of the template. It is checked as a whole, and with errors nothing is stored. Nobody uses it before it is activated.",
		http.StatusConflict, http.StatusUnprocessableEntity), a.publishTemplate)
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
			func(ctx context.Context, c Caller, in *actInput) (*versionOutput, error) {
				v, err := act.do(ctx, c, in)
				return &versionOutput{v}, err
			})
	}
	register(a, h, WriteTemplates, op("rollback-template", http.MethodPost, "/{name}/rollback", "Activate the version before", "",
		http.StatusNotFound, http.StatusConflict), a.rollbackTemplate)
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

// publishTemplate checks a template, prints its samples, and publishes it.
func (a *API) publishTemplate(ctx context.Context, c Caller, in *publishInput) (*publishOutput, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	b, err := templates.OpenZip(in.RawBody)
	if err != nil {
		return nil, err
	}
	if name := b.Settings().Name; name != in.Name {
		return nil, newProblem(http.StatusUnprocessableEntity, "template.yaml names the template "+name+", and the address another one: make them the same")
	}
	findings := templates.Lint(b)
	refused := newProblem(http.StatusUnprocessableEntity, "the template has errors, so it is not published")
	for _, f := range findings {
		if f.Severity == templates.Fault {
			refused.Errors = append(refused.Errors, Fault{Place: f.File, Detail: f.String()})
		}
	}
	if len(refused.Errors) > 0 {
		return nil, refused
	}
	if err := a.printSamples(ctx, c, b); err != nil {
		return nil, err
	}
	v, err := a.Library.Publish(ctx, c.Tenant, b, templates.Act{By: c.Subject, Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	return &publishOutput{http.StatusCreated, Published{v, append([]templates.Finding{}, findings...)}}, nil
}

// printSamples prints the samples of a template, as jobs of the tenant would be.
func (a *API) printSamples(ctx context.Context, c Caller, b *templates.Bundle) error {
	t, err := templates.Compile(b)
	if err != nil {
		return err
	}
	if a.Renderer.Printer == nil {
		return unavailable("this server prints nothing, so it cannot try the template's samples: publish with platen template push, or start the server with --workers")
	}
	for path, data := range b.Samples() {
		job := platen.Job{Tenant: c.Tenant, Template: b.Settings().Name, Data: data, By: c.Subject}
		if _, err := a.Renderer.Preview(ctx, t, job); platen.KindOf(err) == platen.Invalid {
			p := newProblem(http.StatusUnprocessableEntity, "a sample of the template cannot be printed, so it is not published")
			p.Errors = []Fault{{Place: path, Detail: err.Error()}}
			return p
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (a *API) rollbackTemplate(ctx context.Context, c Caller, in *rollbackInput) (*versionOutput, error) {
	v, err := a.Library.Rollback(ctx, c.Tenant, in.Name, in.Body.act(c))
	return &versionOutput{v}, err
}
