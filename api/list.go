package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/queue"
)

type listInput struct {
	State    string `query:"state" enum:"queued,running,done,failed,cancelled"`
	Template string `query:"template" maxLength:"200"`
	Dead     bool   `query:"dead" doc:"only dead letters: those that failed through no fault of their own and were not done again"`
	From     string `query:"from" format:"date" example:"2026-03-01" doc:"day of acceptance, UTC; by default 30 days ago"`
	To       string `query:"to" format:"date" example:"2026-03-31" doc:"last day; by default today"`
	Before   string `query:"before" maxLength:"36" doc:"id of a document: only older ones"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Link string `header:"Link" doc:"rel=next: the next page (RFC 8288)"`
	Body Page
}

// A Page is part of a list of documents.
type Page struct {
	Documents []Document `json:"documents" doc:"the newest first"`
	Next      string     `json:"next,omitempty" doc:"value of before for the next page"`
}

// list adds the route that lists documents.
func (a *API) list(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "list-documents", Method: http.MethodGet, Path: path,
		Summary: "Your documents, the newest first", Tags: []string{"documents"}, Errors: []int{http.StatusUnprocessableEntity},
	}, a.listDocuments)
}

func (a *API) listDocuments(ctx context.Context, c Caller, in *listInput) (*listOutput, error) {
	f := queue.Filter{State: queue.State(in.State), Template: in.Template, Dead: in.Dead, Before: in.Before, Limit: in.Limit}
	f.From, _ = time.Parse(time.DateOnly, in.From) // the format is checked by then; empty is zero
	f.To, _ = time.Parse(time.DateOnly, in.To)
	records, next, err := a.Queue.Jobs(ctx, c.Tenant, f)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body = Page{Documents: []Document{}, Next: next}
	for _, r := range records {
		if r.Template == diffs.Template {
			continue // a comparison, which is no document
		}
		out.Body.Documents = append(out.Body.Documents, view(r))
	}
	if next != "" {
		out.Link = "<" + path + "?" + nextQuery(in, next) + `>; rel="next"`
	}
	return out, nil
}

// nextQuery is the query of the next page.
func nextQuery(in *listInput, next string) string {
	q := url.Values{"before": {next}, "limit": {strconv.Itoa(in.Limit)}}
	for name, value := range map[string]string{"state": in.State, "template": in.Template, "from": in.From, "to": in.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if in.Dead {
		q.Set("dead", "true")
	}
	return q.Encode()
}
