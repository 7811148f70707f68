package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/tenant/asset"
)

const (
	settingsPath = "/v1/tenant/settings"
	assetsPath   = "/v1/tenant/assets/"
)

// TenantSettings are the newest revision of a tenant's settings, with what a front end
// needs of them.
type TenantSettings struct {
	Revision int             `json:"revision" doc:"0: nothing was ever set"`
	By       string          `json:"by,omitempty" doc:"who has made the revision"`
	At       *time.Time      `json:"at,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	CSS      string          `json:"css" doc:"the theme as CSS custom properties, for a style element; its fonts are in slots"`
	Assets   []TenantAsset   `json:"assets" doc:"what fills the slots, by their names"`
	Settings tenant.Settings `json:"settings"`
}

// A TenantAsset is what fills a slot.
type TenantAsset struct {
	Slot string     `json:"slot"`
	URL  string     `json:"url" doc:"of the file, at this server; it needs the credential"`
	Type asset.Type `json:"type"`
	Alt  string     `json:"alt"`
}

func viewSettings(r tenant.Revision) TenantSettings {
	v := TenantSettings{
		Revision: r.Number, By: r.By, Reason: r.Reason, CSS: r.Settings.Theme.Tokens(),
		Assets: []TenantAsset{}, Settings: r.Settings,
	}
	if !r.At.IsZero() {
		v.At = &r.At
	}
	for name, slot := range r.Settings.Filled() {
		v.Assets = append(v.Assets, TenantAsset{name, assetsPath + name, slot.Type, slot.Alt})
	}
	return v
}

type getSettingsInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"the ETag that you have"`
}

// A SettingsRequest says what is to hold from now on, and why.
type SettingsRequest struct {
	Settings json.RawMessage `json:"settings" doc:"as in the answer; what fills a slot is told by its sha256"`
	Reason   string          `json:"reason,omitempty" doc:"why; it stands in the revision"`
}

type putSettingsInput struct {
	IfMatch string `header:"If-Match" doc:"the ETag of the settings that you have changed"`
	Body    SettingsRequest
}

type patchSettingsInput struct {
	IfMatch string          `header:"If-Match" doc:"the ETag of the settings that you change"`
	Body    SettingsRequest `contentType:"application/merge-patch+json"`
}

type settingsOutput struct {
	Status       int
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         TenantSettings
}

func settingsAnswer(r tenant.Revision) *settingsOutput {
	return &settingsOutput{Status: http.StatusOK, ETag: settingsTag(r), CacheControl: "private, no-cache", Body: viewSettings(r)}
}

// settingsTag is the ETag of a revision. Another Platen may show it in another way.
func settingsTag(r tenant.Revision) string {
	return fmt.Sprintf(`"%d-%s"`, r.Number, platen.Version)
}

// tenant adds the routes of a tenant's settings.
func (a *API) tenant(h huma.API) {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Description: description, Tags: []string{"tenant"}, Errors: errs}
	}
	a.inForce(h)
	get := op("get-settings", http.MethodGet, settingsPath, "What holds for all your documents", "All that a front end needs in one answer, with an ETag.")
	get.Responses = map[string]*huma.Response{"304": {Description: "they are what you have"}}
	register(a, h, Anyone, get, a.getSettings)
	get.OperationID, get.Path, get.Hidden = "get-settings-short", strings.TrimPrefix(settingsPath, "/v1"), true
	register(a, h, Anyone, get, a.getSettings)

	conditional := []int{http.StatusUnprocessableEntity, http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	register(a, h, WriteSettings, op("put-settings", http.MethodPut, settingsPath, "Make a new revision of the settings",
		"It counts from the next document on. Where it changes what documents depend on, they are made anew.", conditional...), audited(a, audit.SettingsChanged, a.putSettings))
	register(a, h, WriteSettings, op("patch-settings", http.MethodPatch, settingsPath, "Change some of the settings",
		"The body is a JSON merge patch (RFC 7396).", conditional...), audited(a, audit.SettingsChanged, a.patchSettings))
	register(a, h, WriteSettings, op("put-asset", http.MethodPut, assetsPath+"{name}", "Fill a slot with a file",
		"SVG, PNG, JPEG, GIF, WebP, PDF, WOFF2, WOFF, TrueType or OpenType. It is checked, and makes a new revision of the settings.",
		http.StatusNotFound, http.StatusUnprocessableEntity), audited(a, audit.AssetPut, a.putAsset))
	file := op("get-asset", http.MethodGet, assetsPath+"{name}", "What fills a slot", "", http.StatusNotFound, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable)
	anything := map[string]*huma.MediaType{}
	for _, t := range asset.Types() {
		anything[string(t)] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	file.Responses = map[string]*huma.Response{
		"200": {Description: "the file", Content: anything}, "206": {Description: "part of the file", Content: anything}, "304": {Description: "it is what you have"},
	}
	register(a, h, Anyone, file, a.getAsset)
}

// own returns the bucket of a caller's tenant, and its newest settings.
func (a *API) own(ctx context.Context, c Caller) (storage.Bucket, tenant.Revision, error) {
	bucket, err := storage.ForTenant(a.Renderer.Bucket, c.Tenant)
	if err != nil {
		return nil, tenant.Revision{}, err
	}
	r, err := tenant.Current(ctx, bucket)
	return bucket, r, err
}

func (a *API) getSettings(ctx context.Context, c Caller, in *getSettingsInput) (*settingsOutput, error) {
	_, r, err := a.own(ctx, c)
	if err != nil {
		return nil, err
	}
	out := settingsAnswer(r)
	if matches(in.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

// matches reports whether a list of ETags has one, weak or not (RFC 9110 §13.1.2).
func matches(list, tag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}

func (a *API) putSettings(ctx context.Context, c Caller, in *putSettingsInput) (*settingsOutput, error) {
	return a.changeSettings(ctx, c, in.IfMatch, in.Body, func(tenant.Settings) (tenant.Settings, error) { return tenant.Parse(in.Body.Settings) })
}

func (a *API) patchSettings(ctx context.Context, c Caller, in *patchSettingsInput) (*settingsOutput, error) {
	return a.changeSettings(ctx, c, in.IfMatch, in.Body, func(s tenant.Settings) (tenant.Settings, error) { return tenant.Merge(s, in.Body.Settings) })
}

// changeSettings makes a revision from the one that the caller has seen.
func (a *API) changeSettings(ctx context.Context, c Caller, ifMatch string, why SettingsRequest, change func(tenant.Settings) (tenant.Settings, error)) (*settingsOutput, error) {
	if ifMatch == "" {
		return nil, newProblem(http.StatusPreconditionRequired, "the request does not say which settings it changes: send the ETag of the settings that you have as If-Match")
	}
	bucket, r, err := a.own(ctx, c)
	if err != nil {
		return nil, err
	}
	if ifMatch != "*" && ifMatch != settingsTag(r) {
		return nil, errStale
	}
	s, err := change(r.Settings)
	if err != nil {
		return nil, inSettings(err)
	}
	r, err = tenant.Put(ctx, bucket, s, tenant.Change{Base: r.Number, By: c.Subject, Reason: why.Reason, At: time.Now()})
	if errors.Is(err, platen.Conflict) {
		return nil, errStale
	}
	if err != nil {
		return nil, inSettings(err)
	}
	a.Renderer.Settings.Forget(c.Tenant)
	return settingsAnswer(r), nil
}

var errStale = newProblem(http.StatusPreconditionFailed, "somebody has changed the settings since: get them, and make your change again")

// inSettings tells where in the body the field of an error is.
func inSettings(err error) error {
	var field *platen.FieldError
	if errors.As(err, &field) && field.Field != "reason" {
		return &platen.FieldError{Field: "settings." + field.Field, Reason: field.Reason}
	}
	return err
}
