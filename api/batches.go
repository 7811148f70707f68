package api

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/queue"
)

const batchPath = "/v1/batches"

type createBatchInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"The same key with the same body is the same batch, however often it is sent."`
	Body BatchRequest
}

// A BatchRequest asks for a batch.
type BatchRequest struct {
	Items []Request `json:"items" minItems:"1" maxItems:"10000"`
}

// A Batch is documents that were asked for together.
type Batch struct {
	ID        string              `json:"id"`
	State     string              `json:"state" enum:"running,done" doc:"done when every document has ended"`
	Accepted  time.Time           `json:"accepted"`
	Counts    map[queue.State]int `json:"counts" doc:"documents by state"`
	Documents []string            `json:"documents" doc:"ids, in the order they were asked for"`
	Links     BatchLinks          `json:"links"`
}

// BatchLinks are where to go on.
type BatchLinks struct {
	Self    string `json:"self"`
	Content string `json:"content,omitempty" doc:"a ZIP, when the batch is done"`
}

type batchOutput struct {
	Status     int
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After"`
	Body       Batch
}

func viewBatch(b queue.Batch, records []queue.Record) Batch {
	v := Batch{ID: b.ID, State: "done", Accepted: b.Accepted, Counts: map[queue.State]int{}, Documents: b.Jobs}
	for _, r := range records {
		v.Counts[r.State]++
		if !r.State.Ended() {
			v.State = "running"
		}
	}
	v.Links.Self = batchPath + "/" + b.ID
	if v.State == "done" {
		v.Links.Content = v.Links.Self + "/content"
	}
	return v
}

// batches adds the routes of batches.
func (a *API) batches(h huma.API) {
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "create-batch", Method: http.MethodPost, Path: batchPath, DefaultStatus: http.StatusAccepted,
		Summary: "Ask for many documents", Tags: []string{"batches"},
		Description: "All are checked first; when one is refused, none is accepted. They are bulk unless they say otherwise.",
		Errors:      []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests},
	}, a.createBatch)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-batch", Method: http.MethodGet, Path: batchPath + "/{id}",
		Summary: "How far a batch is", Tags: []string{"batches"}, Errors: []int{http.StatusNotFound},
	}, a.getBatch)
	content := map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-batch-content", Method: http.MethodGet, Path: batchPath + "/{id}/content",
		Summary: "The documents of a batch, as a ZIP", Tags: []string{"batches"},
		Description: "index.json lists every document in the order it was asked for, with its state and, when it is done, its file.",
		Responses:   map[string]*huma.Response{"200": {Description: "the ZIP", Content: content}},
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, a.getBatchContent)
}

// maxFaults is how many faults of a request are told at most.
const maxFaults = 100

func (a *API) createBatch(ctx context.Context, c Caller, in *createBatchInput) (*batchOutput, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	jobs := in.Body.jobs(c)
	begun, err := a.Queue.Begun(ctx, c.Tenant, jobs, in.Key)
	if err == nil && !begun {
		err = a.checkAll(ctx, c, jobs)
	}
	if err != nil {
		return nil, err
	}
	b, err := a.Queue.AcceptBatch(ctx, c.Tenant, jobs, in.Key)
	if err != nil {
		return nil, err
	}
	return a.batch(ctx, c, b.ID, http.StatusAccepted)
}

func (r BatchRequest) jobs(c Caller) []platen.Job {
	jobs := make([]platen.Job, len(r.Items))
	for i, item := range r.Items {
		if item.Priority == "" {
			item.Priority = string(platen.Bulk)
		}
		jobs[i] = item.job(c)
	}
	return jobs
}

// checkAll refuses jobs when the end of any of them can be told now, and says of which.
func (a *API) checkAll(ctx context.Context, c Caller, jobs []platen.Job) error {
	refused := newProblem(http.StatusUnprocessableEntity, "some of the documents are refused, so none is accepted")
	delivery := a.deliveryCheck(ctx, c.Tenant)
	for i, job := range jobs {
		err := a.check(ctx, job, delivery)
		if err == nil {
			continue
		}
		var p *Problem
		if problem := a.problem(ctx, err); !errors.As(problem, &p) || p.Status >= http.StatusInternalServerError {
			return problem
		}
		refused.add(fmt.Sprintf("/items/%d", i), p)
	}
	if len(refused.Errors) > 0 {
		return refused
	}
	return nil
}

// add takes over the faults of a part of the body.
func (p *Problem) add(pointer string, part *Problem) {
	faults := part.Errors
	if len(faults) == 0 {
		faults = []Fault{{Detail: part.Detail}}
	}
	for _, f := range faults {
		if len(p.Errors) < maxFaults {
			p.Errors = append(p.Errors, Fault{Pointer: pointer + f.Pointer, Detail: f.Detail})
		}
	}
}

// batch answers with how far a batch is.
func (a *API) batch(ctx context.Context, c Caller, id string, running int) (*batchOutput, error) {
	b, records, err := a.Queue.Batch(ctx, c.Tenant, id)
	if err != nil {
		return nil, err
	}
	v := viewBatch(b, records)
	out := &batchOutput{Status: http.StatusOK, Location: v.Links.Self, Body: v}
	if v.State == "running" {
		out.Status, out.RetryAfter = running, "5"
	}
	return out, nil
}

func (a *API) getBatch(ctx context.Context, c Caller, in *idInput) (*batchOutput, error) {
	return a.batch(ctx, c, in.ID, http.StatusOK)
}

// An indexEntry is a document in the index of a batch's ZIP.
type indexEntry struct {
	ID     string      `json:"id"`
	State  queue.State `json:"state"`
	File   string      `json:"file,omitempty"`
	SHA256 string      `json:"sha256,omitempty"`
	Error  string      `json:"error,omitempty"`
}

func (a *API) getBatchContent(ctx context.Context, c Caller, in *idInput) (*huma.StreamResponse, error) {
	b, records, err := a.Queue.Batch(ctx, c.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	if v := viewBatch(b, records); v.State != "done" {
		return nil, fmt.Errorf("the batch is %s: wait until it is done: %w", v.State, platen.Conflict)
	}
	read := []audit.Entry{{Action: audit.BatchRead, On: []audit.Object{{Type: "batch", ID: b.ID}}}}
	for _, r := range records {
		if r.State == queue.Done {
			read = append(read, readOf(audit.DocumentRead, r))
		}
	}
	if _, err := a.record(ctx, c, read...); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		g := humagin.Unwrap(h)
		g.Header("Content-Type", "application/zip")
		g.Header("Content-Disposition", `attachment; filename="`+b.ID+`.zip"`)
		if err := a.writeZIP(g.Request.Context(), g.Writer, records); err != nil {
			a.Log.ErrorContext(ctx, "a batch's ZIP was cut off", "tenant", c.Tenant, "batch", b.ID, "err", err)
			panic(http.ErrAbortHandler) // the caller must not take it for whole
		}
	}}, nil
}

// writeZIP writes the index, then each document. PDFs are packed already.
func (a *API) writeZIP(ctx context.Context, w io.Writer, records []queue.Record) error {
	z := zip.NewWriter(w)
	index := make([]indexEntry, len(records))
	for i, r := range records {
		index[i] = indexEntry{ID: r.ID, State: r.State}
		if r.State == queue.Done {
			index[i].File, index[i].SHA256 = fmt.Sprintf("%05d-%s.pdf", i+1, r.ID), r.Document.SHA256
		} else if p := view(r).Problem; p != nil {
			index[i].Error = p.Detail
		}
	}
	f, err := z.Create("index.json")
	if err != nil {
		return err
	}
	out := json.NewEncoder(f)
	out.SetIndent("", "  ")
	if err := out.Encode(index); err != nil {
		return err
	}
	for i, r := range records {
		if r.State != queue.Done {
			continue
		}
		doc, err := a.finished(ctx, r)
		if err != nil {
			return err
		}
		f, err := z.CreateHeader(&zip.FileHeader{Name: index[i].File, Method: zip.Store, Modified: r.Ended})
		if err != nil {
			return err
		}
		if _, err := f.Write(doc.PDF); err != nil {
			return err
		}
	}
	return z.Close()
}
