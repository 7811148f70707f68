package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
)

const copiesPath = "/v1/copies"

type listCopiesInput struct {
	State       string `query:"state" enum:"issued,returned,destroyed"`
	Status      string `query:"status" maxLength:"40"`
	Recipient   string `query:"recipient" maxLength:"80"`
	Outstanding bool   `query:"outstanding" doc:"only those that somebody has to give back, or to say that they were destroyed"`
	After       string `query:"after" maxLength:"21" doc:"id of a copy: only those behind it"`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type exportCopiesInput struct {
	State       string `query:"state" enum:"issued,returned,destroyed"`
	Status      string `query:"status" maxLength:"40"`
	Recipient   string `query:"recipient" maxLength:"80"`
	Outstanding bool   `query:"outstanding" doc:"only those that somebody has to give back, or to say that they were destroyed"`
}

func (in *exportCopiesInput) about() audit.Entry { return on("copies", "", "") }

type findCopyInput struct {
	Copy   string `path:"copy" maxLength:"21" example:"8f3a1c09d2b47e55-3" doc:"id of a copy, as it is printed on it"`
	SHA256 string `query:"sha256" required:"true" maxLength:"64" doc:"of the document that it is a copy of, as its QR code says"`
}

func (in *findCopyInput) about() audit.Entry { return on("copy", in.Copy, "") }

// copyRegister adds the routes of the register of all copies.
func (a *API) copyRegister(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "list-copies", Method: http.MethodGet, Path: copiesPath,
		Summary: "The register of copies", Tags: []string{"copies"},
	}, a.listCopies)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "export-copies", Method: http.MethodGet, Path: copiesPath + ".csv",
		Summary: "The register of copies, as CSV (RFC 4180)", Tags: []string{"copies"},
		Description: "Cells that a spreadsheet would take for a formula begin with an apostrophe.",
		Responses:   map[string]*huma.Response{"200": {Description: "a line for each copy", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}},
	}, audited(a, audit.CopiesExported, a.exportCopies))
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "find-copy", Method: http.MethodGet, Path: copiesPath + "/{copy}",
		Summary: "Whether a copy counts", Tags: []string{"copies"},
		Description: "What the QR code of a copy leads to. A copy that is not yours, or of another document, is not found.",
	}, audited(a, audit.CopyVerified, a.findCopy))
}

func (a *API) listCopies(ctx context.Context, c Caller, in *listCopiesInput) (*copiesOutput, error) {
	f := custody.Filter{State: custody.State(in.State), Status: in.Status, Recipient: in.Recipient, Outstanding: in.Outstanding, After: in.After}
	out := &copiesOutput{Body: Copies{Copies: []custody.Copy{}}}
	for one, err := range a.Custody.Copies(ctx, c.Tenant, f) {
		if err != nil {
			return nil, err
		}
		if len(out.Body.Copies) == in.Limit {
			out.Body.Next = out.Body.Copies[in.Limit-1].ID
			break
		}
		out.Body.Copies = append(out.Body.Copies, one)
	}
	if next := out.Body.Next; next != "" {
		out.Link = "<" + copiesPath + "?" + in.next(next) + `>; rel="next"`
	}
	return out, nil
}

// next is the query of the next page.
func (in *listCopiesInput) next(after string) string {
	q := url.Values{"after": {after}, "limit": {strconv.Itoa(in.Limit)}}
	for name, value := range map[string]string{"state": in.State, "status": in.Status, "recipient": in.Recipient} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if in.Outstanding {
		q.Set("outstanding", "true")
	}
	return q.Encode()
}

func (a *API) exportCopies(ctx context.Context, c Caller, in *exportCopiesInput) (*huma.StreamResponse, error) {
	f := custody.Filter{State: custody.State(in.State), Status: in.Status, Recipient: in.Recipient, Outstanding: in.Outstanding}
	var b strings.Builder
	if err := custody.WriteCSV(&b, a.Custody.Copies(ctx, c.Tenant, f)); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		g := humagin.Unwrap(h)
		g.Header("Content-Type", "text/csv; charset=utf-8; header=present")
		g.Header("Cache-Control", "no-store")
		g.Header("Content-Disposition", `attachment; filename="copies-`+string(c.Tenant)+`.csv"`)
		io.WriteString(g.Writer, b.String())
	}}, nil
}

// A FoundCopy says whether a copy counts.
type FoundCopy struct {
	Valid bool         `json:"valid" doc:"people may go by it: it was neither returned nor destroyed, and its document is not superseded"`
	Copy  custody.Copy `json:"copy"`
}

type findCopyOutput struct {
	Body FoundCopy
}

func (a *API) findCopy(ctx context.Context, c Caller, in *findCopyInput) (*findCopyOutput, error) {
	one, err := a.Custody.FindCopy(ctx, c.Tenant, in.Copy, in.SHA256)
	if err != nil {
		return nil, err
	}
	return &findCopyOutput{FoundCopy{one.Counts(), one}}, nil
}
