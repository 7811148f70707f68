package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
)

// A witness sees all that a server tells whoever runs it.
type witness struct {
	spans   *tracetest.InMemoryExporter
	metrics *api.Metrics
	mu      sync.Mutex
	log     bytes.Buffer
}

func (w *witness) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

// logged returns the lines of the log so far.
func (w *witness) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// watch returns a witness, and options with which a server is seen by it.
func watch() (*witness, options) {
	w := &witness{spans: tracetest.NewInMemoryExporter(), metrics: api.NewMetrics()}
	tracer := sdk.NewTracerProvider(sdk.WithSyncer(w.spans)).Tracer("test")
	return w, options{
		log:    slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})),
		config: func(c *api.Config) { c.Metrics, c.Tracer = w.metrics, tracer },
		queue:  func(c *queue.Config) { c.Observe, c.Tracer = w.metrics.Job, tracer },
	}
}

// request waits for the span of a request, and returns it.
func (w *witness) request(t *testing.T, name string) tracetest.SpanStub {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, s := range w.spans.GetSpans() {
			if s.Name == name && s.SpanKind == trace.SpanKindServer {
				return s
			}
		}
	}
	t.Fatalf("there is no span %s", name)
	return tracetest.SpanStub{}
}

// A request has a span of the name of its route, in the trace of who sends it, and the
// answer says which trace that is.
func TestRequestsAreTraced(t *testing.T) {
	const caller = "4bf92f3577b34da6a3ce929d0e0e4736"
	w, o := watch()
	o.waiting = true
	s := modes[0].serve(t, o)
	for _, c := range []struct {
		method, path string
		status       int
		span         string
		traceparent  string
		tenant       string
	}{
		{"GET", "/v1/documents/11111111-1111-7111-8111-111111111111", 404, "GET /v1/documents/:id", "00-" + caller + "-00f067aa0ba902b7-01", "acme"},
		{"GET", "/v1/documents", 200, "GET /v1/documents", "nonsense", "acme"},
		{"DELETE", "/no/such/route", 404, "DELETE unknown", "", ""},
		{"BREW", "/v1/documents", 405, "other unknown", "", ""},
		{"GET", "/version", 200, "GET /version", "", ""},
	} {
		r := s.do(t, c.method, c.path, "", "traceparent", c.traceparent)
		span := w.request(t, c.span)
		if id := span.SpanContext.TraceID().String(); r.status != c.status || r.header.Get("X-Request-Id") != id || (id == caller) != strings.Contains(c.traceparent, caller) {
			t.Errorf("%s: %d with the id %q; its trace is %s", c.span, r.status, r.header.Get("X-Request-Id"), id)
		}
		for _, want := range []attribute.KeyValue{attribute.Int("http.response.status_code", c.status), attribute.String("platen.tenant", c.tenant)} {
			if !slices.Contains(span.Attributes, want) {
				t.Errorf("%s lacks %v: %v", c.span, want, span.Attributes)
			}
		}
		if span.Status.Code == codes.Error {
			t.Errorf("%s has failed: %v", c.span, span.Status)
		}
	}
	before := len(w.spans.GetSpans())
	if r := s.do(t, "GET", "/livez", ""); r.status != http.StatusOK || r.header.Get("X-Request-Id") != "" {
		t.Errorf("got %d with the id %q", r.status, r.header.Get("X-Request-Id"))
	}
	if after := len(w.spans.GetSpans()); after != before {
		t.Error("what a machine asks for every few seconds is traced")
	}
}

// A fragile Authenticator panics with what a request says.
type fragile struct{ api.Authenticator }

func (f fragile) Authenticate(r *http.Request) (api.Caller, error) {
	if text := r.Header.Get("Panic"); text != "" {
		panic(text)
	}
	return f.Authenticator.Authenticate(r)
}

// Whatever becomes of a request and its job, what was in it is told to nobody.
func TestNothingIsToldOfData(t *testing.T) {
	const secret = "Lot-4711-Secret"
	eachMode(t, func(t *testing.T, m mode) {
		w, o := watch()
		o.render = func(next queue.Render) queue.Render {
			return func(ctx context.Context, job platen.Job) (platen.Document, error) {
				switch job.Issue.Reason {
				case secret + " panic":
					panic("no place for " + secret)
				case secret + " refused":
					return platen.Document{}, fmt.Errorf("the value %s is wrong: %w", secret, platen.Invalid)
				}
				return next(ctx, job)
			}
		}
		configure := o.config
		o.config = func(c *api.Config) {
			configure(c)
			c.Authenticate = fragile{c.Authenticate}
		}
		s := m.serve(t, o)
		for reason, state := range map[string]client.DocumentState{
			secret: client.DocumentStateDone, secret + " panic": client.DocumentStateFailed, secret + " refused": client.DocumentStateFailed,
		} {
			s.until(t, s.create(t, request(t, reason)).Id, state)
		}
		wrong := request(t, "x")
		wrong.Template = secret
		s.do(t, "POST", "/v1/documents", text(t, wrong)).problem(t, http.StatusUnprocessableEntity)
		wrong.Template, wrong.Data = "baseline/batch-record", []byte(`{"`+secret+`": "`+secret+`"}`)
		s.do(t, "POST", "/v1/documents", text(t, wrong), "Idempotency-Key", secret).problem(t, http.StatusUnprocessableEntity)
		s.do(t, "POST", "/v1/documents", `{"template": "`+secret+`"`).problem(t, http.StatusBadRequest)
		s.do(t, "GET", "/v1/documents/"+secret+"?state="+secret, "").problem(t, http.StatusUnprocessableEntity)
		s.do(t, "GET", "/"+secret, "").problem(t, http.StatusNotFound)
		s.do(t, secret, "/v1/documents", "", "traceparent", secret, "tracestate", "a="+secret).problem(t, http.StatusMethodNotAllowed)
		s.do(t, "GET", "/v1/documents", "", "Authorization", "Bearer "+secret) // beside the one that is good
		s.do(t, "GET", "/v1/documents", "", "Panic", secret).problem(t, http.StatusInternalServerError)

		for name, told := range map[string]string{"log": w.logged(), "trace": text(t, w.spans.GetSpans()), "metrics": scrape(t, w.metrics)} {
			if at := strings.Index(told, secret); at >= 0 {
				t.Errorf("the %s holds data: …%s", name, told[max(0, at-200):at])
			}
			if !strings.Contains(told, "acme") {
				t.Errorf("the %s says nothing", name)
			}
		}
	})
}
