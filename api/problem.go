package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/queue"
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
		p := newProblem(status, message)
		for _, err := range errs {
			p.Errors = append(p.Errors, faultOf(err))
		}
		return p
	}
})

// faultOf describes what huma found wrong. The value is left out: it is data.
func faultOf(err error) Fault {
	var detailer huma.ErrorDetailer
	if !errors.As(err, &detailer) {
		return Fault{Detail: err.Error()}
	}
	d := detailer.ErrorDetail()
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

// statuses are those of the kinds of errors.
var statuses = map[platen.Kind]int{
	platen.NotFound: http.StatusNotFound,
	platen.Invalid:  http.StatusUnprocessableEntity,
	platen.Denied:   http.StatusForbidden,
	platen.Conflict: http.StatusConflict,
	platen.Busy:     http.StatusTooManyRequests,
	platen.Internal: http.StatusInternalServerError,
}

// broken is what callers get to know of what is broken inside.
const broken = "something is broken here, and it is not your request: try again, and tell who runs this server when it stays"

// problem turns an error into what the caller gets. What is broken inside goes to
// the log and not to the caller.
func (a *API) problem(ctx context.Context, err error) error {
	var known *Problem
	if errors.As(err, &known) {
		return err // with its headers
	}
	if ctx.Err() != nil {
		return newProblem(http.StatusServiceUnavailable, "the request was given up") // nobody reads it
	}
	kind := platen.KindOf(err)
	p := newProblem(statuses[kind], strings.TrimSuffix(err.Error(), ": "+string(kind)))
	var violations *contract.Error
	var data *platen.DataError
	switch {
	case errors.Is(err, queue.ErrKeyReused):
		p.Status = http.StatusUnprocessableEntity
		p.Title = http.StatusText(p.Status)
	case errors.As(err, &violations):
		p.Detail = "the data does not satisfy its contract"
		for _, v := range violations.Violations {
			p.Errors = append(p.Errors, Fault{Pointer: "/data" + v.Pointer, Detail: "want " + v.Expected + ", found " + v.Found})
		}
	case errors.As(err, &data):
		p.Detail = "the data cannot be read"
		p.Errors = []Fault{{Pointer: "/data" + data.Pointer, Detail: data.Reason}}
	case kind == platen.Internal:
		a.Log.Error("a request failed", "tenant", callerOf(ctx).Tenant, "err", err)
		p.Detail = broken
	case kind == platen.Busy:
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"1"}})
	}
	return p
}

// writeProblem answers a request outside huma.
func writeProblem(c *gin.Context, p *Problem) {
	c.Header("Content-Type", "application/problem+json")
	c.Status(p.Status)
	json.NewEncoder(c.Writer).Encode(p)
	c.Abort()
}
