package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/storage"
)

// A Baseline is a golden document, which somebody has taken for right.
type Baseline struct {
	Template string        `json:"template"`
	Version  string        `json:"version"`
	Sample   string        `json:"sample"`
	SHA256   string        `json:"sha256" doc:"of the PDF"`
	Pages    int           `json:"pages"`
	Engine   platen.Engine `json:"engine" doc:"that has made it"`
	By       string        `json:"by"`
	Name     string        `json:"name,omitempty" doc:"printed name, of one who approved it"`
	Meaning  string        `json:"meaning,omitempty"`
	Reason   string        `json:"reason"`
	At       time.Time     `json:"at"`
}

type baselinesInput struct {
	Template string `query:"template" maxLength:"200" doc:"only those of this template"`
}

type baselinesOutput struct {
	Body struct {
		Baselines []Baseline `json:"baselines" doc:"the newest of each sample, by template"`
	}
}

// baselines adds the route that lists golden documents.
func (a *API) baselines(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "list-baselines", Method: http.MethodGet, Path: "/v1/baselines",
		Summary: "Your golden documents", Tags: []string{"diffs"},
		Description: "They are recorded, checked and approved by platen baseline.",
	}, a.listBaselines)
}

func (a *API) listBaselines(ctx context.Context, c Caller, in *baselinesInput) (*baselinesOutput, error) {
	own, err := storage.ForTenant(a.Renderer.Bucket, c.Tenant)
	if err != nil {
		return nil, err
	}
	store := baseline.NewStore(own, time.Now)
	names, err := store.Templates(ctx)
	if err != nil {
		return nil, err
	}
	out := &baselinesOutput{}
	out.Body.Baselines = []Baseline{}
	for _, name := range names {
		if in.Template != "" && in.Template != name {
			continue
		}
		all, err := store.Entries(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, sample := range baseline.Samples(all) {
			e := baseline.Newest(all, sample, platen.Engine{})
			out.Body.Baselines = append(out.Body.Baselines, Baseline{e.Template, e.Version, e.Sample, e.SHA256, e.Pages, e.Inputs.Engine, e.By, e.Name, e.Meaning, e.Reason, e.At})
		}
	}
	return out, nil
}
