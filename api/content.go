package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/queue"
)

// content adds the routes of finished documents.
func (a *API) content(h huma.API) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		register(a, h, ReadDocuments, huma.Operation{
			OperationID: strings.ToLower(method) + "-content", Method: method, Path: path + "/{id}/content",
			Summary: "The PDF", Tags: []string{"documents"},
			Description: "With a strong ETag, Range and If-None-Match (RFC 9110), and Repr-Digest (RFC 9530).",
			Responses:   contentResponses(),
			Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable},
		}, a.getContent)
	}
	head := h.OpenAPI().Paths[path+"/{id}/content"].Head
	delete(head.Responses, "307")
	for _, r := range head.Responses {
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
		Responses:   map[string]*huma.Response{"200": {Description: "the PDF", Content: pdfContent}, "202": {Description: "it takes longer: Location says where it will be", Content: documentJSON(h)}},
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests},
	}, a.render)
}

var pdfContent = map[string]*huma.MediaType{"application/pdf": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}

// contentResponses are the answers to a request for a PDF.
func contentResponses() map[string]*huma.Response {
	return map[string]*huma.Response{
		"200": {Description: "the PDF", Content: pdfContent},
		"206": {Description: "part of the PDF", Content: pdfContent},
		"304": {Description: "it is what you have"},
		"307": {Description: "the PDF is at Location, for a minute, where the server sends callers to the bucket", Headers: headers("Location")},
	}
}

// finished returns the document of a job that is done.
func (a *API) finished(ctx context.Context, r queue.Record) (doc platen.Document, err error) {
	if err := done(r); err != nil {
		return doc, err
	}
	doc, err = a.Renderer.Document(ctx, r.Tenant, r.Document.RenderKey)
	if err == nil && doc.Manifest.SHA256 != r.Document.SHA256 {
		err = fmt.Errorf("job %s has made another document than the one that is stored: %w", r.ID, platen.Internal)
	}
	return doc, err
}

// done returns Conflict unless a job is done.
func done(r queue.Record) error {
	if r.State != queue.Done {
		return fmt.Errorf("the document is %s: %w", r.State, platen.Conflict)
	}
	return nil
}

func (a *API) getContent(ctx context.Context, c Caller, in *idInput) (*huma.StreamResponse, error) {
	r, err := a.job(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := done(r); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { a.sendContent(ctx.Context(), c, humagin.Unwrap(ctx), r) }}, nil
}

// sendContent answers with the PDF of a job that is done, or with what the caller
// wants of it. It is only read, or its address made, when a byte of it is wanted.
func (a *API) sendContent(ctx context.Context, c Caller, g *gin.Context, r queue.Record) {
	header := pdfHeader(r)
	var content io.ReadSeeker = io.NewSectionReader(nil, 0, int64(r.Document.Bytes)) // nobody reads it
	if wanted(g.Request, header, content) {
		if _, err := a.record(ctx, c, readOf(audit.DocumentRead, r)); err != nil {
			a.fail(ctx, g, err)
			return
		}
		if a.Redirect && mayRedirect(g.Request) && a.redirect(ctx, g, r) {
			return
		}
		doc, err := a.finished(ctx, r)
		if err != nil {
			a.fail(ctx, g, err)
			return
		}
		content = bytes.NewReader(doc.PDF)
	}
	maps.Copy(g.Writer.Header(), header)
	http.ServeContent(&refusals{g.Writer, g}, g.Request, "", time.Time{}, content)
}

// pdfHeader describes the PDF of a job that is done.
func pdfHeader(r queue.Record) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/pdf")
	h.Set("ETag", `"`+r.Document.SHA256+`"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Disposition", `inline; filename="`+r.ID+`.pdf"`)
	h.Set("Content-Location", path+"/"+r.ID+"/content")
	if sum, err := hex.DecodeString(r.Document.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	return h
}

// wanted reports whether the answer to a request has bytes of the content in it: it is
// a GET, and neither its conditions nor its range are against it.
func wanted(r *http.Request, header http.Header, content io.ReadSeeker) bool {
	head := r.WithContext(r.Context())
	head.Method = http.MethodHead
	v := &verdict{header: header.Clone()}
	http.ServeContent(v, head, "", time.Time{}, content)
	return r.Method == http.MethodGet && (v.status == http.StatusOK || v.status == http.StatusPartialContent)
}

// A verdict is the status of an answer that is not sent.
type verdict struct {
	header http.Header
	status int
}

func (v *verdict) Header() http.Header         { return v.header }
func (v *verdict) WriteHeader(status int)      { v.status = status }
func (v *verdict) Write(p []byte) (int, error) { return len(p), nil }

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
	r, err := a.job(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	doc, err := a.finished(ctx, r)
	if err == nil {
		_, err = a.record(ctx, c, readOf(audit.ManifestRead, r))
	}
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
		if err == nil {
			_, err = a.record(ctx, c, readOf(audit.DocumentRead, r))
		}
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { sendPDF(humagin.Unwrap(ctx), r, doc.PDF) }}, nil
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

// sendPDF answers with a whole PDF: what conditions and ranges say does not count for
// the answer to a POST.
func sendPDF(g *gin.Context, r queue.Record, pdf []byte) {
	maps.Copy(g.Writer.Header(), pdfHeader(r))
	g.Header("Content-Length", strconv.Itoa(len(pdf)))
	g.Writer.Write(pdf)
}
