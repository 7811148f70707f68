package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/queue"
)

// A Request asks for a document.
type Request struct {
	Template string               `json:"template" minLength:"1" maxLength:"200" example:"baseline/batch-record" doc:"name of a template"`
	Contract string               `json:"contract,omitempty" maxLength:"100" example:"batch-record/1" doc:"name and version of the contract that the data is written for; the template must want the same"`
	Data     json.RawMessage      `json:"data" doc:"what the template prints; it satisfies the template's contract"`
	Issue    platen.IssueBlock    `json:"issue,omitempty" doc:"who issues the document, when and why"`
	Finish   platen.FinishOptions `json:"finish,omitempty" doc:"watermarks, attachments, conformance, seal"`
	Delivery platen.Delivery      `json:"delivery,omitempty" doc:"who is told when it has ended"`
	Priority string               `json:"priority,omitempty" enum:"interactive,bulk" doc:"interactive (the default) comes before bulk"`
}

func (r Request) job(c Caller) platen.Job {
	j := platen.Job{Tenant: c.Tenant, Template: r.Template, Contract: r.Contract, Data: compact(r.Data), Issue: r.Issue, Finish: r.Finish, Delivery: r.Delivery, By: c.Subject}
	if r.Priority == string(platen.Bulk) {
		j.Priority = platen.Bulk
	}
	return j
}

// compact returns JSON without white space, as the ledger keeps it: what was found out
// about these bytes counts for those that are rendered.
func compact(text json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	b.Grow(len(text))
	if json.Compact(&b, text) != nil {
		return text // whoever reads it says what is wrong
	}
	return b.Bytes()
}

// A Document is a job with what became of it.
type Document struct {
	ID       string        `json:"id"`
	State    queue.State   `json:"state" enum:"queued,running,done,failed,cancelled"`
	Stage    string        `json:"stage,omitempty" doc:"of rendering, in events: read, look up, fill, print, finish, seal, store"`
	Template string        `json:"template"`
	Priority string        `json:"priority" enum:"interactive,bulk"`
	By       string        `json:"by,omitempty"`
	Accepted time.Time     `json:"accepted"`
	Ended    *time.Time    `json:"ended,omitempty"`
	Attempts int           `json:"attempts"`
	Document *queue.Result `json:"document,omitempty" doc:"when it is done"`
	Problem  *Problem      `json:"problem,omitempty" doc:"when it has failed"`
	Dead     bool          `json:"dead,omitempty" doc:"it failed through no fault of its own and was tried as often as may be"`
	Links    Links         `json:"links"`
}

// Links are where to go on.
type Links struct {
	Self     string `json:"self"`
	Content  string `json:"content,omitempty"`
	Manifest string `json:"manifest,omitempty"`
	Events   string `json:"events"`
}

const path = "/v1/documents"

func view(r queue.Record) Document {
	self := path + "/" + r.ID
	d := Document{
		ID: r.ID, State: r.State, Stage: r.Stage, Template: r.Template, Priority: "interactive", By: r.By, Accepted: r.Accepted,
		Attempts: r.Tries(), Document: r.Document, Dead: r.Dead, Links: Links{Self: self, Events: self + "/events"},
	}
	if r.Priority == platen.Bulk {
		d.Priority = "bulk"
	}
	if !r.Ended.IsZero() {
		d.Ended = &r.Ended
	}
	if r.State == queue.Done {
		d.Links.Content, d.Links.Manifest = self+"/content", self+"/manifest"
	}
	if r.State == queue.Failed {
		d.Problem = newProblem(statuses[r.Kind], whyFailed(r))
	}
	return d
}

// whyFailed says why a job has failed. What is broken here, or was too busy, is told in
// the log.
func whyFailed(r queue.Record) string {
	if r.Kind == platen.Busy {
		return "the document could not be made in its time: try again, and tell who runs this server when it stays"
	}
	return told(r.Kind, r.Error)
}

type createInput struct {
	Key    string `header:"Idempotency-Key" maxLength:"255" doc:"The same key with the same body is the same document, however often it is sent."`
	Prefer string `header:"Prefer" doc:"respond-async (the default), or wait=N: wait up to N seconds for the document to be done (RFC 7240)"`
	Body   Request
}

// Resolve implements huma.Resolver: Prefer may stand in several lines.
func (in *createInput) Resolve(ctx huma.Context) []error {
	in.Prefer = strings.Join(requestOf(ctx).Header.Values("Prefer"), ",")
	return nil
}

// documentJSON is a Document in the description of a response.
func documentJSON(h huma.API) map[string]*huma.MediaType {
	schema := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Document](), true, "")
	return map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

type documentOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	Applied    string `header:"Preference-Applied"`
	Body       Document
}

type idInput struct {
	ID string `path:"id" maxLength:"36" doc:"of the document"`
}

// documents adds the routes of documents.
func (a *API) documents(h huma.API) {
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "create-document", Method: http.MethodPost, Path: path, DefaultStatus: http.StatusAccepted,
		Summary: "Ask for a document", Tags: []string{"documents"},
		Description: "The data is checked against its contract at once. With 202 the job is kept for good and will end, whatever happens to this server.",
		Responses:   map[string]*huma.Response{"200": {Description: "it has ended already", Content: documentJSON(h)}},
		Errors:      []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests},
	}, a.create)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-document", Method: http.MethodGet, Path: path + "/{id}",
		Summary: "How far a document is", Tags: []string{"documents"}, Errors: []int{http.StatusNotFound},
	}, a.get)
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "cancel-document", Method: http.MethodDelete, Path: path + "/{id}",
		Summary: "Cancel a document that is not done", Tags: []string{"documents"},
		Description: "A document that has ended stays as it is; the answer says which way it ended.", Errors: []int{http.StatusNotFound},
	}, audited(a, audit.DocumentCancelled, a.cancel))
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "retry-document", Method: http.MethodPost, Path: path + "/{id}/retry", DefaultStatus: http.StatusAccepted,
		Summary: "Do a document that has failed once more", Tags: []string{"documents"},
		Description: "It becomes a new job with a new id. Asked for again, it is that job.", Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, audited(a, audit.DocumentRetried, a.retry))
}

func (a *API) create(ctx context.Context, c Caller, in *createInput) (*documentOutput, error) {
	r, err := a.accept(ctx, c, in)
	if err != nil {
		return nil, err
	}
	wait, async := preferences(in.Prefer)
	wait = min(wait, a.MaxWait)
	if wait > 0 {
		if r, err = a.wait(ctx, r, wait); err != nil {
			return nil, err
		}
	}
	out := accepted(r)
	switch {
	case wait > 0:
		out.Applied = "wait=" + strconv.Itoa(int(wait/time.Second))
	case async:
		out.Applied = "respond-async"
	}
	return out, nil
}

// accept checks and queues what a caller asks for, or returns what was accepted before
// for the same request: what has changed since does not refuse it.
func (a *API) accept(ctx context.Context, c Caller, in *createInput) (r queue.Record, err error) {
	if err := a.open(); err != nil {
		return r, err
	}
	job := in.Body.job(c)
	if r, ok, err := a.Queue.Asked(ctx, job, in.Key); ok || err != nil {
		return r, err
	}
	if err := a.check(ctx, job, a.deliveryCheck(ctx, c.Tenant)); err != nil {
		return r, err
	}
	r, _, err = a.Queue.Accept(ctx, job, in.Key)
	return r, err
}

// check refuses a job whose end can be told now.
func (a *API) check(ctx context.Context, job platen.Job, delivery func(platen.Delivery) error) error {
	if err := delivery(job.Delivery); err != nil {
		return err
	}
	err := a.Renderer.Check(ctx, job)
	if errors.Is(err, platen.NotFound) {
		p := newProblem(http.StatusUnprocessableEntity, "the template cannot be used")
		p.Errors = []Fault{{Pointer: "/template", Detail: "there is no such template"}}
		return p
	}
	return err
}

// open refuses new jobs while the server is being stopped.
func (a *API) open() error {
	if a.draining.Load() {
		return unavailable("the server is being stopped: try again, another one will answer")
	}
	return nil
}

// accepted answers 202 for a job that goes on, and 200 for one that has ended.
func accepted(r queue.Record) *documentOutput {
	d := view(r)
	out := &documentOutput{Status: http.StatusOK, Location: d.Links.Self, Body: d}
	if !r.State.Ended() {
		out.Status, out.RetryAfter = http.StatusAccepted, "1"
	}
	return out
}

// preferences returns the N of wait=N, 0 if there is none, and whether there is
// respond-async (RFC 7240 §4).
func preferences(prefer string) (wait time.Duration, async bool) {
	for part := range strings.SplitSeq(prefer, ",") {
		preference, _, _ := strings.Cut(part, ";")
		name, value, _ := strings.Cut(preference, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "respond-async":
			async = true
		case "wait":
			if seconds, err := strconv.Atoi(strings.Trim(value, ` "`)); err == nil && seconds > 0 {
				wait = time.Duration(min(seconds, 1<<20)) * time.Second
			}
		}
	}
	return wait, async
}

// wait waits for a job to end, for some time; not at all where as many requests of the
// tenant wait as may.
func (a *API) wait(ctx context.Context, r queue.Record, most time.Duration) (queue.Record, error) {
	if a.waiting.take(r.Tenant, 1) != nil {
		return r, nil
	}
	defer a.waiting.give(r.Tenant, 1)
	waiting, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	go func() {
		select {
		case <-a.stopping:
			cancel()
		case <-waiting.Done():
		}
	}()
	err := a.Queue.Follow(waiting, r, func(now queue.Record) bool {
		r = now
		return true
	})
	if waiting.Err() != nil && ctx.Err() == nil {
		err = nil // it is not done, and that is an answer
	}
	return r, err
}

// job returns what is known of the job of a document.
func (a *API) job(ctx context.Context, c Caller, id string) (queue.Record, error) {
	r, err := a.Queue.Job(ctx, c.Tenant, id)
	if err == nil && r.Template == diffs.Template {
		err = fmt.Errorf("there is no document %s: %w", id, platen.NotFound)
	}
	return r, err
}

func (a *API) get(ctx context.Context, c Caller, in *idInput) (*documentOutput, error) {
	r, err := a.job(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return &documentOutput{Status: http.StatusOK, Body: view(r)}, nil
}

func (a *API) cancel(ctx context.Context, c Caller, in *idInput) (*documentOutput, error) {
	if _, err := a.job(ctx, c, in.ID); err != nil {
		return nil, err
	}
	r, err := a.Queue.Cancel(ctx, c.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return &documentOutput{Status: http.StatusOK, Body: view(r)}, nil
}

func (a *API) retry(ctx context.Context, c Caller, in *idInput) (*documentOutput, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	if _, err := a.job(ctx, c, in.ID); err != nil {
		return nil, err
	}
	r, err := a.Queue.Again(ctx, c.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return accepted(r), nil
}
