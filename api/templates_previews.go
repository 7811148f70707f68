package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen/templates"
)

// Previews are how a version looked with its samples when it was published.
type Previews struct {
	Browser  string    `json:"browser" doc:"that has printed them"`
	Raster   string    `json:"raster" doc:"that has drawn the pictures"`
	Settings string    `json:"settings,omitempty" doc:"digest of the settings of then"`
	Previews []Preview `json:"previews"`
}

// A Preview is how a version looks with a sample.
type Preview struct {
	Sample string   `json:"sample" doc:"path of the sample in the template, or the name of the contract whose example it is"`
	Pages  int      `json:"pages"`
	PDF    string   `json:"pdf" doc:"where it is, at this server"`
	PNG    []string `json:"png" doc:"where pictures of the first pages are"`
}

type previewsInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Version string `path:"version" maxLength:"64" example:"2.0.0" doc:"as template.yaml counts, or the digest"`
}

type previewFileInput struct {
	Name    string `path:"name" maxLength:"63" example:"batch-record" doc:"of the template"`
	Version string `path:"version" maxLength:"64" example:"2.0.0" doc:"as template.yaml counts, or the digest"`
	File    string `path:"file" maxLength:"68" doc:"as the list of previews has it"`
}

type previewsOutput struct {
	Body Previews
}

// keptPreviews adds the routes of the previews of published versions.
func (a *API) keptPreviews(h huma.API) {
	const folder = templatesPath + "/{name}/versions/{version}/previews"
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "list-previews", Method: http.MethodGet, Path: folder, Summary: "How a version looked when it was published", Tags: []string{"templates"},
		Errors: []int{http.StatusNotFound},
	}, a.listPreviews)
	content := map[string]*huma.MediaType{}
	for _, kind := range previewTypes {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-preview", Method: http.MethodGet, Path: folder + "/{file}", Summary: "A PDF or a picture of them", Tags: []string{"templates"},
		Responses: map[string]*huma.Response{
			"200": {Description: "the file", Content: content}, "206": {Description: "part of the file", Content: content}, "304": {Description: "it is what you have"},
		},
		Errors: []int{http.StatusNotFound, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable},
	}, a.getPreview)
}

var previewTypes = map[string]string{".pdf": "application/pdf", ".png": "image/png"}

// viewPreviews adds the addresses of the files.
func viewPreviews(name, digest string, p templates.Previews) Previews {
	v := Previews{Browser: p.Browser, Raster: p.Raster, Settings: p.Settings, Previews: []Preview{}}
	folder := templatesPath + "/" + name + "/versions/" + digest + "/previews/"
	for _, one := range p.List {
		view := Preview{Sample: one.Sample, Pages: one.Pages, PDF: folder + one.PDF, PNG: []string{}}
		for _, file := range one.PNG {
			view.PNG = append(view.PNG, folder+file)
		}
		v.Previews = append(v.Previews, view)
	}
	return v
}

// version finds a version of a template.
func (a *API) version(ctx context.Context, c Caller, name, version string) (templates.Version, error) {
	h, err := a.Library.History(ctx, c.Tenant, name)
	if err != nil {
		return templates.Version{}, err
	}
	return h.Find(version)
}

func (a *API) listPreviews(ctx context.Context, c Caller, in *previewsInput) (*previewsOutput, error) {
	v, err := a.version(ctx, c, in.Name, in.Version)
	if err != nil {
		return nil, err
	}
	p, err := a.Library.Previews(ctx, c.Tenant, in.Name, v.Bundle)
	return &previewsOutput{viewPreviews(in.Name, v.Bundle, p)}, err
}

func (a *API) getPreview(ctx context.Context, c Caller, in *previewFileInput) (*huma.StreamResponse, error) {
	v, err := a.version(ctx, c, in.Name, in.Version)
	if err != nil {
		return nil, err
	}
	content, err := a.Library.PreviewFile(ctx, c.Tenant, in.Name, v.Bundle, in.File)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { sendPreviewFile(humagin.Unwrap(ctx), in.File, content) }}, nil
}

// sendPreviewFile answers with a file that never changes: its name has its sha256.
func sendPreviewFile(g *gin.Context, name string, content []byte) {
	g.Header("Content-Type", previewTypes[name[64:]])
	g.Header("ETag", `"`+name[:64]+`"`)
	g.Header("Cache-Control", "private, max-age=31536000, immutable")
	g.Header("Content-Disposition", `inline; filename="`+name+`"`)
	http.ServeContent(&refusals{g.Writer, g}, g.Request, "", time.Time{}, bytes.NewReader(content))
}
