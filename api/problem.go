package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
)

// A Problem is an error as callers get it (RFC 9457).
type Problem struct {
	Type   string  `json:"type,omitempty" doc:"about:blank when it is left out"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty" doc:"what is wrong, and how to mend it"`
	Errors []Fault `json:"errors,omitempty"`
}

// A Fault is one thing that is wrong with a request.
type Fault struct {
	Pointer string `json:"pointer,omitempty" doc:"JSON Pointer into the body (RFC 6901)"`
	Place   string `json:"place,omitempty" doc:"parameter or header"`
	Detail  string `json:"detail"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(status int, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// useProblems makes huma's own errors problems, and fields of another case unknown.
// It has one place for that, for the whole process.
var useProblems = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		var cut *bodyError
		if errors.As(errors.Join(errs...), &cut) {
			return newProblem(http.StatusBadRequest, "the body did not arrive whole")
		}
		var known *Problem
		if errors.As(errors.Join(errs...), &known) {
			return known
		}
		p := newProblem(status, message)
		for _, err := range errs {
			if f := faultOf(err); len(p.Errors) < maxFaults {
				p.Errors = append(p.Errors, f)
			}
		}
		return p
	}
})

// faultOf describes what huma found wrong. The value is left out, and forgotten: it is
// data, and huma keeps its errors until another request has some.
func faultOf(err error) Fault {
	var detailer huma.ErrorDetailer
	if !errors.As(err, &detailer) {
		return Fault{Detail: err.Error()}
	}
	d := detailer.ErrorDetail()
	d.Value = nil
	if pointer, ok := strings.CutPrefix(d.Location, "body"); ok {
		return Fault{Pointer: pointerOf(pointer), Detail: d.Message}
	}
	return Fault{Place: d.Location, Detail: d.Message}
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// pointerOf turns .watermarks[0].text into /watermarks/0/text.
func pointerOf(path string) string {
	path = index.ReplaceAllString(path, ".$1")
	return strings.ReplaceAll(path, ".", "/")
}

// statuses are those of the kinds of errors. Busy is 503, since it is this server, or
// what it stands on, that has too much to do; a caller who asks for too much is told
// by a queue.FullError.
var statuses = map[platen.Kind]int{
	platen.NotFound: http.StatusNotFound,
	platen.Invalid:  http.StatusUnprocessableEntity,
	platen.Denied:   http.StatusForbidden,
	platen.Conflict: http.StatusConflict,
	platen.Busy:     http.StatusServiceUnavailable,
	platen.Internal: http.StatusInternalServerError,
}

// What callers get to know of what is broken inside, or has too much to do.
const (
	broken = "something is broken here, and it is not your request: try again, and tell who runs this server when it stays"
	busy   = "this server, or what it stands on, has too much to do or does not answer: try again"
)

// byStore is what callers get to know of an error of a tenant's store. It is Denied when
// the tenant's keys were destroyed.
var byStore = map[platen.Kind]string{
	platen.Busy:     busy,
	platen.Internal: broken,
	platen.NotFound: "what the request names, or what belongs to it, is not there",
	platen.Invalid:  "a name in the request can be none: want letters of a-z, digits, dots, _ and -, not starting with a dot, and not too many",
	platen.Denied:   "the keys of this tenant were destroyed: what it had stored cannot be read by anybody, and nothing new can be stored",
	platen.Conflict: "it is there already, or somebody else has changed it at the same time: look at it and try again",
}

// problem turns an error into what the caller gets. What is broken inside, and what the
// store said, goes to the log and not to the caller.
func (a *API) problem(ctx context.Context, err error) error {
	var known *Problem
	if errors.As(err, &known) {
		return err // with its headers
	}
	if ctx.Err() != nil {
		return newProblem(http.StatusServiceUnavailable, "the request was given up") // nobody reads it
	}
	var full *queue.FullError
	if errors.As(err, &full) {
		return tooMany(full)
	}
	switch kind := platen.KindOf(err); kind {
	case platen.Internal:
		a.Log.ErrorContext(ctx, "a request failed", "tenant", callerOf(ctx).Tenant, "err", err)
		return newProblem(statuses[kind], broken)
	case platen.Busy:
		a.Log.WarnContext(ctx, "a request could not be done now", "tenant", callerOf(ctx).Tenant, "err", err)
		return unavailable(busy)
	default:
		if errors.As(err, new(*storage.Error)) {
			a.Log.WarnContext(ctx, "the store refused a request", "tenant", callerOf(ctx).Tenant, "kind", kind, "err", err)
			return newProblem(statuses[kind], byStore[kind])
		}
		return refusal(kind, err)
	}
}

// told is what a caller gets to know of an error by its text, as a record has it.
func told(kind platen.Kind, text string) string {
	if kind == platen.Internal || storage.IsInside(text) {
		return byStore[kind]
	}
	return strings.TrimSuffix(text, ": "+string(kind))
}

// refusal is the problem of what the caller can mend. The places in the body are told
// where they are known.
func refusal(kind platen.Kind, err error) *Problem {
	p := newProblem(statuses[kind], told(kind, err.Error()))
	var violations *contract.Error
	var data *platen.DataError
	var field *platen.FieldError
	switch {
	case errors.Is(err, queue.ErrKeyReused):
		return newProblem(http.StatusUnprocessableEntity, p.Detail)
	case errors.As(err, &violations):
		p.Detail = "the data does not satisfy its contract"
		for _, v := range violations.Violations {
			p.Errors = append(p.Errors, Fault{Pointer: "/data" + v.Pointer, Detail: "want " + v.Expected + ", found " + v.Found})
		}
	case errors.As(err, &data):
		p.Detail = "the data cannot be read"
		p.Errors = []Fault{{Pointer: "/data" + data.Pointer, Detail: data.Reason}}
	case errors.As(err, &field):
		p.Errors = []Fault{{Pointer: pointerOf("." + field.Field), Detail: field.Error()}}
	}
	return p
}

// tooMany says that a tenant's queue is full, in the fields of
// draft-ietf-httpapi-ratelimit-headers-11, too: the policy "queue" is how many jobs
// may wait, not how many may come in some time.
func tooMany(full *queue.FullError) error {
	detail := fmt.Sprintf("%d of your documents wait, and no more than %d may: try again when some are done", full.Queued, full.Limit)
	if full.More > 1 {
		detail = fmt.Sprintf("%d of your documents wait, and no more than %d may, so there is no room for %d more: try again when some are done, or ask for fewer at once", full.Queued, full.Limit, full.More)
	}
	return huma.ErrorWithHeaders(newProblem(http.StatusTooManyRequests, detail), http.Header{
		"Retry-After":      {"1"},
		"RateLimit-Policy": {fmt.Sprintf(`"queue";q=%d`, full.Limit)},
		"RateLimit":        {fmt.Sprintf(`"queue";r=%d`, max(0, full.Limit-full.Queued))},
	})
}

// unavailable is a problem that will be over soon.
func unavailable(detail string) error {
	return huma.ErrorWithHeaders(newProblem(http.StatusServiceUnavailable, detail), http.Header{"Retry-After": {"5"}})
}

// fail answers a request outside huma, or in its place.
func (a *API) fail(ctx context.Context, c *gin.Context, err error) {
	err = a.problem(ctx, err)
	var with huma.HeadersError
	if errors.As(err, &with) {
		for name, values := range with.GetHeaders() {
			c.Header(name, values[0])
		}
	}
	var p *Problem
	errors.As(err, &p) // it is one
	writeProblem(c, p)
}

// writeProblem answers a request outside huma.
func writeProblem(c *gin.Context, p *Problem) {
	c.Header("Content-Type", "application/problem+json")
	c.Header("Cache-Control", "no-store")
	c.Status(p.Status)
	json.NewEncoder(c.Writer).Encode(p)
	c.Abort()
}
