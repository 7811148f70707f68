package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/queue"
)

const diffsPath = "/v1/diffs"

// A DiffSource names one of the two documents that are compared.
type DiffSource struct {
	Document string `json:"document" maxLength:"36" doc:"id of one of your documents, which is done"`
}

// A DiffRequest says what is compared.
type DiffRequest struct {
	A      DiffSource `json:"a" doc:"what was taken for right"`
	B      DiffSource `json:"b" doc:"what it became"`
	Policy string     `json:"policy,omitempty" maxLength:"1048576" doc:"what is expected to differ, in YAML as docs/diff.md describes it; left out: nothing"`
}

// A Comparison is how far a comparison is, and what it came to.
type Comparison struct {
	ID       string          `json:"id"`
	State    queue.State     `json:"state" enum:"queued,running,done,failed,cancelled"`
	By       string          `json:"by,omitempty" doc:"who asked for it"`
	Accepted time.Time       `json:"accepted"`
	Ended    *time.Time      `json:"ended,omitempty"`
	Report   *diff.Report    `json:"report,omitempty" doc:"when it is done"`
	Problem  *Problem        `json:"problem,omitempty" doc:"when it has failed"`
	Links    ComparisonLinks `json:"links"`
}

// ComparisonLinks are where to go on.
type ComparisonLinks struct {
	Self   string `json:"self"`
	Report string `json:"report,omitempty" doc:"for people, when it is done"`
}

type createDiffInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"255" doc:"The same key with the same body is the same comparison."`
	Prefer  string `header:"Prefer" doc:"wait=N: wait up to N seconds for it to be done (RFC 7240)"`
	RawBody []byte `contentType:"application/json"`

	kind string // content type
}

// Resolve implements huma.Resolver.
func (in *createDiffInput) Resolve(ctx huma.Context) []error {
	r := requestOf(ctx)
	in.Prefer, in.kind = strings.Join(r.Header.Values("Prefer"), ","), r.Header.Get("Content-Type")
	return nil
}

type diffInput struct {
	ID string `path:"id" maxLength:"36" doc:"of the comparison"`
}

type diffOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	Body       Comparison
}

// diffs adds the routes that compare documents.
func (a *API) diffs(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "create-diff", Method: http.MethodPost, Path: diffsPath, DefaultStatus: http.StatusAccepted,
		Summary: "Compare two documents", Tags: []string{"diffs"},
		Description:      "It is a job as a document is: with 202 it is kept for good and will end.",
		Responses:        map[string]*huma.Response{"200": {Description: "it has ended already", Content: comparisonJSON(h)}},
		SkipValidateBody: true, // it is one of two kinds
		Errors:           []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests},
	}, a.createDiff)
	describeDiffForm(h)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-diff", Method: http.MethodGet, Path: diffsPath + "/{id}",
		Summary: "What a comparison came to", Tags: []string{"diffs"}, Errors: []int{http.StatusNotFound},
	}, a.getDiff)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-diff-report", Method: http.MethodGet, Path: diffsPath + "/{id}/report",
		Summary: "The report for people", Tags: []string{"diffs"},
		Description: "One page in HTML, which loads nothing and runs no script but its own.",
		Responses:   map[string]*huma.Response{"200": {Description: "the report", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: "string"}}}}},
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, a.getDiffReport)
}

// compared returns what keeps comparisons.
func (a *API) compared() *diffs.Keeper {
	return diffs.New(a.Renderer.Bucket, a.Renderer.Document, a.Renderer.Raster)
}

// comparisonJSON is a Comparison in the description of a response.
func comparisonJSON(h huma.API) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"application/json": {Schema: h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Comparison](), true, "")}}
}

func (a *API) createDiff(ctx context.Context, c Caller, in *createDiffInput) (*diffOutput, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	r, err := a.acceptDiff(ctx, c, in)
	if err != nil {
		return nil, err
	}
	if wait, _ := preferences(in.Prefer); wait > 0 {
		if r, err = a.wait(ctx, r, min(wait, a.MaxWait)); err != nil {
			return nil, err
		}
	}
	out := &diffOutput{Status: http.StatusOK, Location: diffsPath + "/" + r.ID}
	if !r.State.Ended() {
		out.Status, out.RetryAfter = http.StatusAccepted, "1"
	}
	out.Body, err = a.comparison(ctx, c, r)
	return out, err
}

// acceptDiff checks and queues what a caller wants to have compared, or returns what was
// accepted before for the same request. PDFs that came are kept once nothing refuses them
// and the audit trail names them.
func (a *API) acceptDiff(ctx context.Context, c Caller, in *createDiffInput) (r queue.Record, err error) {
	asked, err := readDiff(in.kind, in.RawBody)
	if err != nil {
		return r, err
	}
	request := diffs.Request{Policy: asked.policy}
	if request.A, err = a.diffSource(ctx, c, asked.a); err != nil {
		return r, err
	}
	if request.B, err = a.diffSource(ctx, c, asked.b); err != nil {
		return r, err
	}
	job, err := request.Job(c.Tenant, c.Subject)
	if err != nil {
		return r, err
	}
	if r, ok, err := a.Queue.Asked(ctx, job, in.Key); ok || err != nil {
		return r, err
	}
	if err := request.Check(); err != nil {
		return r, err
	}
	if err := asked.check(); err != nil {
		return r, err
	}
	r, _, err = a.Queue.Accept(ctx, job, in.Key, func(ctx context.Context) error { return a.keepSent(ctx, c, asked) })
	return r, err
}

// keepSent keeps the PDFs that came.
func (a *API) keepSent(ctx context.Context, c Caller, asked diffAsked) error {
	for _, p := range []diffPart{asked.a, asked.b} {
		if p.document != "" {
			continue
		}
		if err := a.compared().Keep(ctx, c.Tenant, p.pdf); err != nil {
			return err
		}
	}
	return nil
}

// diffSource names the PDF that came, or finds a document of the caller.
func (a *API) diffSource(ctx context.Context, c Caller, p diffPart) (s diffs.Source, err error) {
	if p.document == "" {
		return diffs.Sent(p.pdf), nil
	}
	r, err := a.job(ctx, c, p.document)
	if err != nil {
		return s, err
	}
	if err := done(r); err != nil {
		return s, err
	}
	return diffs.Source{Document: r.ID, RenderKey: r.Document.RenderKey, SHA256: r.Document.SHA256}, nil
}

// diffRequested is an entry about a job that compares, and about what.
func diffRequested(job platen.Job) audit.Entry {
	e := audit.Entry{Action: audit.DiffRequested, On: []audit.Object{{Type: "diff", ID: job.ID}}}
	a, b := diffs.Compared(job)
	for _, s := range []diffs.Source{a, b} {
		e.On = append(e.On, audit.Object{Type: "document", ID: s.Document, SHA256: s.SHA256})
	}
	return e
}

// comparison shows a job that compares. Who sees the report of one that is done, stands in the audit trail.
func (a *API) comparison(ctx context.Context, c Caller, r queue.Record) (d Comparison, err error) {
	d = Comparison{ID: r.ID, State: r.State, By: r.By, Accepted: r.Accepted, Links: ComparisonLinks{Self: diffsPath + "/" + r.ID}}
	if !r.Ended.IsZero() {
		d.Ended = &r.Ended
	}
	switch r.State {
	case queue.Failed:
		d.Problem = newProblem(statuses[r.Kind], whyFailed(r))
	case queue.Done:
		d.Links.Report = d.Links.Self + "/report"
		if d.Report, err = a.compared().Report(ctx, c.Tenant, r.Document.RenderKey); err == nil {
			_, err = a.record(ctx, c, audit.Entry{Action: audit.DiffRead, On: []audit.Object{{Type: "diff", ID: r.ID, SHA256: r.Document.SHA256}}})
		}
	}
	return d, err
}

// diffJob returns a job that compares.
func (a *API) diffJob(ctx context.Context, c Caller, id string) (queue.Record, error) {
	r, err := a.Queue.Job(ctx, c.Tenant, id)
	if err == nil && r.Template != diffs.Template {
		err = fmt.Errorf("there is no comparison %s: %w", id, platen.NotFound)
	}
	return r, err
}

func (a *API) getDiff(ctx context.Context, c Caller, in *diffInput) (*diffOutput, error) {
	r, err := a.diffJob(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	out := &diffOutput{Status: http.StatusOK}
	out.Body, err = a.comparison(ctx, c, r)
	return out, err
}

func (a *API) getDiffReport(ctx context.Context, c Caller, in *diffInput) (*huma.StreamResponse, error) {
	r, err := a.diffJob(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if r.State != queue.Done {
		return nil, fmt.Errorf("the comparison is %s: %w", r.State, platen.Conflict)
	}
	page, err := a.compared().HTML(ctx, c.Tenant, r.Document.RenderKey)
	if err == nil {
		_, err = a.record(ctx, c, audit.Entry{Action: audit.DiffRead, On: []audit.Object{{Type: "diff", ID: r.ID, SHA256: r.Document.SHA256}}})
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { sendReport(humagin.Unwrap(ctx), page) }}, nil
}

// sendReport answers with a report, in which a browser runs its own script, and which it gives no
// rights on this server.
func sendReport(g *gin.Context, page []byte) {
	g.Header("Content-Security-Policy", noContent+"; img-src data:; style-src 'unsafe-inline'; script-src "+diff.ReportScript()+"; sandbox allow-scripts")
	g.Data(http.StatusOK, "text/html; charset=utf-8", page)
}
