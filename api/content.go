package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// content adds the routes of finished documents.
func (a *API) content(h huma.API) {
	pdf := map[string]*huma.MediaType{"application/pdf": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		register(a, h, ReadDocuments, huma.Operation{
			OperationID: strings.ToLower(method) + "-content", Method: method, Path: path + "/{id}/content",
			Summary: "The PDF", Tags: []string{"documents"},
			Description: "With a strong ETag, Range and If-None-Match (RFC 9110), and Repr-Digest (RFC 9530).",
			Responses:   map[string]*huma.Response{"200": {Description: "the PDF", Content: pdf}, "206": {Description: "part of the PDF", Content: pdf}, "304": {Description: "it is what you have"}},
			Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable},
		}, a.getContent)
	}
	for _, r := range h.OpenAPI().Paths[path+"/{id}/content"].Head.Responses {
		r.Content = nil
	}
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-manifest", Method: http.MethodGet, Path: path + "/{id}/manifest",
		Summary: "What the PDF was made from, by what, and when", Tags: []string{"documents"},
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.getManifest)
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "render", Method: http.MethodPost, Path: "/v1/render",
		Summary: "The PDF in the same response", Tags: []string{"documents"},
		Description: "Asks for a document and waits for it. When it takes too long the answer is 202 with the document's address.",
		Responses:   map[string]*huma.Response{"200": {Description: "the PDF", Content: pdf}, "202": {Description: "it takes longer: Location says where it will be", Content: documentJSON(h)}},
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, a.render)
}

// finished returns the document of a job that is done.
func (a *API) finished(ctx context.Context, r queue.Record) (platen.Document, error) {
	if r.State != queue.Done {
		return platen.Document{}, fmt.Errorf("the document is %s: %w", r.State, platen.Conflict)
	}
	return a.Renderer.Document(ctx, r.Tenant, r.Document.RenderKey)
}

// find returns the document of a caller's job that is done.
func (a *API) find(ctx context.Context, c Caller, id string) (r queue.Record, doc platen.Document, err error) {
	if r, err = a.Queue.Job(ctx, c.Tenant, id); err != nil {
		return r, doc, err
	}
	doc, err = a.finished(ctx, r)
	return r, doc, err
}

func (a *API) getContent(ctx context.Context, c Caller, in *idInput) (*huma.StreamResponse, error) {
	r, doc, err := a.find(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return servePDF(r, doc), nil
}

// servePDF answers with a PDF, or with what the caller wants of it. What a
// condition or a range says about the answer to a POST does not count.
func servePDF(r queue.Record, doc platen.Document) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		g := humagin.Unwrap(ctx)
		h := g.Writer.Header()
		h.Set("Content-Type", "application/pdf")
		h.Set("ETag", `"`+doc.Manifest.SHA256+`"`)
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Content-Disposition", `inline; filename="`+r.ID+`.pdf"`)
		h.Set("Content-Location", path+"/"+r.ID+"/content")
		if sum, err := hex.DecodeString(doc.Manifest.SHA256); err == nil {
			h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
		}
		if g.Request.Method == http.MethodPost {
			h.Set("Content-Length", strconv.Itoa(len(doc.PDF)))
			g.Writer.Write(doc.PDF)
			return
		}
		http.ServeContent(&refusals{g.Writer, g}, g.Request, "", time.Time{}, bytes.NewReader(doc.PDF))
	}}
}

// refusals is the writer of http.ServeContent, whose errors become problems.
type refusals struct {
	http.ResponseWriter
	context *gin.Context
}

// WriteHeader implements http.ResponseWriter.
func (w *refusals) WriteHeader(status int) {
	detail := map[int]string{
		http.StatusPreconditionFailed:           "the document is another one than the condition names",
		http.StatusRequestedRangeNotSatisfiable: "the document has no such part",
	}[status]
	if detail == "" {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	for _, name := range []string{"Content-Disposition", "Content-Location", "Repr-Digest"} {
		w.Header().Del(name)
	}
	writeProblem(w.context, newProblem(status, detail))
}

// Write implements io.Writer.
func (w *refusals) Write(p []byte) (int, error) {
	if w.context.IsAborted() {
		return len(p), nil // the text of an error
	}
	return w.ResponseWriter.Write(p)
}

type manifestOutput struct {
	Body platen.Manifest
}

func (a *API) getManifest(ctx context.Context, c Caller, in *idInput) (*manifestOutput, error) {
	_, doc, err := a.find(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return &manifestOutput{doc.Manifest}, nil
}

func (a *API) render(ctx context.Context, c Caller, in *createInput) (*huma.StreamResponse, error) {
	r, err := a.accept(ctx, c, in)
	if err != nil {
		return nil, err
	}
	wait, _ := preferences(in.Prefer)
	if wait == 0 {
		wait = a.MaxWait
	}
	if r, err = a.wait(ctx, r, min(wait, a.MaxWait)); err != nil {
		return nil, err
	}
	switch r.State {
	case queue.Done:
		doc, err := a.finished(ctx, r)
		if err != nil {
			return nil, err
		}
		return servePDF(r, doc), nil
	case queue.Failed:
		return nil, view(r).Problem
	case queue.Cancelled:
		return nil, fmt.Errorf("the document was cancelled: %w", platen.Conflict)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		g := humagin.Unwrap(ctx)
		g.Header("Location", path+"/"+r.ID)
		g.Header("Retry-After", "1")
		g.JSON(http.StatusAccepted, view(r))
	}}, nil
}
