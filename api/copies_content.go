package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dicode/platen/audit"
)

// archived adds the routes of PDFs that are made from archived documents.
func (a *API) archived(h huma.API) {
	pdf := func() map[string]*huma.Response {
		return map[string]*huma.Response{"200": {Description: "the PDF", Content: pdfContent}}
	}
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-copy-content", Method: http.MethodGet, Path: path + "/{id}/copies/{number}/content",
		Summary: "The PDF of a copy", Tags: []string{"copies"}, Responses: pdf(), Errors: []int{http.StatusConflict},
	}, a.getCopyContent)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-renewed", Method: http.MethodGet, Path: path + "/{id}/renewed",
		Summary: "The PDF with the newest time stamp", Tags: []string{"documents"}, Responses: pdf(), Errors: []int{http.StatusConflict},
		Description: "That of a document whose time stamp was renewed since it was archived.",
	}, a.getRenewed)
}

func (a *API) getCopyContent(ctx context.Context, c Caller, in *copyInput) (*huma.StreamResponse, error) {
	one, err := a.copyOf(ctx, c, in)
	if err != nil {
		return nil, err
	}
	content, err := a.Custody.Content(ctx, c.Tenant, one)
	if err == nil {
		_, err = a.record(ctx, c, audit.Entry{Action: audit.CopyRead, On: []audit.Object{{Type: "copy", ID: copyName(in.ID, in.Number), SHA256: one.SHA256}}})
	}
	if err != nil {
		return nil, err
	}
	return sendArchived(content, one.SHA256, "copy-"+one.ID), nil
}

// sendArchived answers with a PDF of the archive that never changes.
func sendArchived(pdf []byte, sum, name string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		g := humagin.Unwrap(ctx)
		g.Header("Content-Type", "application/pdf")
		g.Header("ETag", `"`+sum+`"`)
		g.Header("Cache-Control", "private, no-cache")
		g.Header("Content-Disposition", `inline; filename="`+name+`.pdf"`)
		g.Header("Content-Length", strconv.Itoa(len(pdf)))
		g.Writer.Write(pdf)
	}}
}

func (a *API) getRenewed(ctx context.Context, c Caller, in *idInput) (*huma.StreamResponse, error) {
	key, err := a.renderKey(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	r, pdf, err := a.Custody.Renewed(ctx, c.Tenant, key)
	if err == nil {
		_, err = a.record(ctx, c, audit.Entry{Action: audit.DocumentRead, On: []audit.Object{{Type: "document", ID: in.ID, SHA256: r.SHA256}}})
	}
	if err != nil {
		return nil, err
	}
	return sendArchived(pdf, r.SHA256, in.ID), nil
}
