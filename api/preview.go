package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

// A PreviewRequest says with what a version is shown.
type PreviewRequest struct {
	Sample string               `json:"sample,omitempty" maxLength:"512" example:"samples/record.json" doc:"path of a sample in the template, or the name of its contract for the contract's example; left out: the first"`
	Data   json.RawMessage      `json:"data,omitempty" doc:"in place of a sample"`
	Issue  *platen.IssueBlock   `json:"issue,omitempty" doc:"left out: one that says that it is a sample"`
	Finish platen.FinishOptions `json:"finish,omitempty" doc:"watermarks, attachments, conformance"`
}

type previewVersionInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Version string `path:"version" maxLength:"64" example:"2.0.0" doc:"as template.yaml counts, or the digest"`
	Page    int    `query:"page" minimum:"0" doc:"a picture of this page, counted from 1, in place of the PDF"`
	Body    PreviewRequest
}

type previewInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Sample  string `query:"sample" maxLength:"512" doc:"path of a sample in the template, or the name of its contract; left out: the first"`
	Page    int    `query:"page" minimum:"0" doc:"a picture of this page, counted from 1, in place of the PDF"`
	RawBody []byte `contentType:"application/zip"`

	kind string // content type
}

// Resolve implements huma.Resolver.
func (in *previewInput) Resolve(ctx huma.Context) []error {
	in.kind = requestOf(ctx).Header.Get("Content-Type")
	return nil
}

// previews adds the routes that show what a template looks like.
func (a *API) previews(h huma.API) {
	show := func(id, path, summary string) huma.Operation {
		content := map[string]*huma.MediaType{"image/png": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
		for kind, t := range pdfContent {
			content[kind] = t
		}
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: templatesPath + path, Summary: summary, Tags: []string{"templates"},
			Description: "The answer is the PDF, marked as a preview, or with page a picture of that page. X-Pages says how many there are. Nothing of it is kept.",
			Responses:   map[string]*huma.Response{"200": {Description: "the preview", Content: content, Headers: headers("X-Pages")}},
			Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests},
		}
	}
	register(a, h, WriteTemplates, show("preview-template", "/{name}/preview", "Show a template before it is published"), a.previewTemplate)
	describeForm(h, templatesPath+"/{name}/preview", " A part named data is the record that is printed, in place of a sample.")
	register(a, h, WriteTemplates, show("preview-version", "/{name}/versions/{version}/preview", "Show a version with other data"), a.previewVersion)
}

// previewTemplate shows a template that is not published. What the tenant lacks is
// replaced by what says so.
func (a *API) previewTemplate(ctx context.Context, c Caller, in *previewInput) (*huma.StreamResponse, error) {
	f, err := readForm(in.kind, in.RawBody)
	if err != nil {
		return nil, err
	}
	t, err := f.template(in.Name)
	if err != nil {
		return nil, err
	}
	brand, err := a.Renderer.Settings.Brand(ctx, c.Tenant)
	if err != nil {
		return nil, err
	}
	return a.preview(ctx, c, t.Shown(brand), PreviewRequest{Sample: in.Sample, Data: f.data}, in.Page)
}

func (a *API) previewVersion(ctx context.Context, c Caller, in *previewVersionInput) (*huma.StreamResponse, error) {
	t, err := a.Library.Template(ctx, c.Tenant, in.Name+"@"+in.Version, templates.Pick{})
	if err != nil {
		return nil, err
	}
	return a.preview(ctx, c, t, in.Body, in.Page)
}

// preview makes a preview, and answers with it or with a picture of a page.
func (a *API) preview(ctx context.Context, c Caller, t *templates.Template, r PreviewRequest, page int) (*huma.StreamResponse, error) {
	done, err := a.mayPrint(c.Tenant, "show templates: use the command platen template")
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, a.MaxWait)
	defer cancel()
	job := platen.Job{Tenant: c.Tenant, Template: t.Bundle().Settings().Name, Data: r.Data, Issue: templates.SampleIssue(), Finish: r.Finish, By: c.Subject}
	if r.Issue != nil {
		job.Issue = *r.Issue
	}
	if len(job.Data) == 0 {
		s, err := t.Bundle().Sample(r.Sample)
		if err != nil {
			return nil, err
		}
		job.Data = s.Data
	}
	doc, err := a.Renderer.Preview(ctx, t, job)
	if err != nil {
		return nil, err
	}
	kind, content := "application/pdf", doc.PDF
	if page > 0 {
		pictures, err := a.Renderer.Pictures(ctx, doc.PDF, page, page, renderer.PreviewDPI)
		if err != nil {
			return nil, err
		}
		if len(pictures) == 0 {
			return nil, fmt.Errorf("the preview has %d pages, and no page %d: %w", doc.Manifest.Pages, page, platen.NotFound)
		}
		kind, content = "image/png", pictures[0]
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { sendPreview(humagin.Unwrap(ctx), kind, content, doc.Manifest.Pages) }}, nil
}

func sendPreview(g *gin.Context, kind string, content []byte, pages int) {
	g.Header("Content-Type", kind)
	g.Header("Content-Length", strconv.Itoa(len(content)))
	g.Header("Content-Disposition", `inline; filename="preview.`+kind[strings.IndexByte(kind, '/')+1:]+`"`)
	g.Header("X-Pages", strconv.Itoa(pages))
	g.Writer.Write(content)
}

// samplesRefused is the problem of a template that cannot be printed with some of its
// trials; other errors stay as they are.
func samplesRefused(err error) error {
	refused := renderer.RefusedSamples(err)
	if len(refused) == 0 {
		return err
	}
	p := newProblem(http.StatusUnprocessableEntity, "the template cannot be printed with its samples and the example of its contract, so it is not published")
	for _, e := range refused {
		p.Errors = append(p.Errors, Fault{Place: e.Sample, Detail: strings.TrimSuffix(e.Err.Error(), ": "+string(platen.Invalid))})
	}
	return p
}
