package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/templates"
)

const tenantPath = "/v1/tenant"

// inForce adds the routes that say which versions count for a tenant.
func (a *API) inForce(h huma.API) {
	register(a, h, Anyone, huma.Operation{
		OperationID: "get-tenant", Method: http.MethodGet, Path: tenantPath, Tags: []string{"tenant"},
		Summary:     "Which versions are in force for you, and since when",
		Description: "The release of Platen with its baseline templates and contracts, the revision of your settings, and the active versions of your templates. A release without a time was noted by no server yet.",
	}, a.getTenant)
	log := huma.Operation{
		OperationID: "get-tenant-log", Method: http.MethodGet, Path: tenantPath + "/log", Tags: []string{"tenant"},
		Summary:     "What has changed which versions are in force",
		Description: "A line of JSON for each change, the first one first: releases, revisions of the settings, and what was done with templates.",
	}
	log.Responses = map[string]*huma.Response{"200": {
		Description: "the changes", Content: map[string]*huma.MediaType{ndjson: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	register(a, h, Anyone, log, a.getTenantLog)
}

type tenantOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         templates.InForce
}

func (a *API) getTenant(ctx context.Context, c Caller, _ *struct{}) (*tenantOutput, error) {
	f, err := a.Library.InForce(ctx, c.Tenant)
	return &tenantOutput{CacheControl: "private, no-cache", Body: f}, err
}

func (a *API) getTenantLog(ctx context.Context, c Caller, _ *struct{}) (*huma.StreamResponse, error) {
	events, err := a.Library.Log(ctx, c.Tenant)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(w huma.Context) {
		w.SetHeader("Content-Type", ndjson)
		w.SetHeader("Cache-Control", "private, no-cache")
		w.SetHeader("Content-Disposition", `attachment; filename="tenant-`+string(c.Tenant)+`.ndjson"`)
		out := json.NewEncoder(w.BodyWriter())
		for _, e := range events {
			if out.Encode(e) != nil {
				return // the caller has gone
			}
		}
	}}, nil
}
