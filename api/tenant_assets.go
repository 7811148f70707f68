package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

type assetInput struct {
	Name string `path:"name" maxLength:"63" example:"logo-primary" doc:"of the slot"`
}

type putAssetInput struct {
	Name    string `path:"name" maxLength:"63" example:"logo-primary" doc:"of the slot"`
	Alt     string `query:"alt" doc:"what it shows, for those who do not see it; left out, it stays as it is"`
	Reason  string `query:"reason" doc:"why; it stands in the revision"`
	RawBody []byte `contentType:"application/octet-stream"`

	alt *string // nil when it is left out
}

// Resolve implements huma.Resolver: an empty alt is one, too.
func (in *putAssetInput) Resolve(ctx huma.Context) []error {
	if requestOf(ctx).URL.Query().Has("alt") {
		in.alt = &in.Alt
	}
	return nil
}

func (a *API) putAsset(ctx context.Context, c Caller, in *putAssetInput) (*settingsOutput, error) {
	bucket, err := storage.ForTenant(a.Renderer.Bucket, c.Tenant)
	if err != nil {
		return nil, err
	}
	r, err := tenant.Fill(ctx, bucket, in.Name, in.RawBody, in.alt, tenant.Change{By: c.Subject, Reason: in.Reason, At: time.Now()})
	var field *platen.FieldError
	if errors.As(err, &field) { // of a parameter, not of a body
		return nil, newProblem(http.StatusUnprocessableEntity, field.Error())
	}
	if err != nil {
		return nil, err
	}
	a.Renderer.Settings.Forget(c.Tenant)
	return settingsAnswer(r), nil
}

func (a *API) getAsset(ctx context.Context, c Caller, in *assetInput) (*huma.StreamResponse, error) {
	bucket, r, err := a.own(ctx, c)
	if err != nil {
		return nil, err
	}
	slot, content, err := r.File(ctx, bucket, in.Name)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { sendAsset(humagin.Unwrap(ctx), in.Name, slot, content) }}, nil
}

// sendAsset answers with what fills a slot. A browser that is led to it as to a page
// runs and loads nothing in it.
func sendAsset(g *gin.Context, name string, slot tenant.Slot, content []byte) {
	g.Header("Content-Type", string(slot.Type))
	g.Header("ETag", `"`+slot.SHA256+`"`)
	g.Header("Cache-Control", "private, no-cache")
	g.Header("Content-Security-Policy", noContent+"; style-src 'unsafe-inline'; sandbox")
	g.Header("Content-Disposition", `inline; filename="`+name+slot.Type.Ending()+`"`)
	http.ServeContent(&refusals{g.Writer, g}, g.Request, "", time.Time{}, bytes.NewReader(content))
}
