package queue_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// A process traces what it does; spans are those of all processes.
func process(spans sdk.SpanExporter, name string) func(*queue.Config) {
	return func(cfg *queue.Config) {
		cfg.Name = name
		cfg.Tracer = sdk.NewTracerProvider(sdk.WithSyncer(spans)).Tracer("test")
	}
}

// named returns the spans of a trace in the order in which they began.
func named(spans *tracetest.InMemoryExporter, id trace.TraceID) (names []string, byName map[string]tracetest.SpanStub) {
	all := spans.GetSpans()
	slices.SortStableFunc(all, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	byName = map[string]tracetest.SpanStub{}
	for _, s := range all {
		if s.SpanContext.TraceID() == id {
			names, byName[s.Name] = append(names, s.Name), s
		}
	}
	return names, byName
}

// A job stays in the trace of its request, in whichever process it is worked on, with
// each attempt and with its notices. A failure is told by its kind, never by its text.
func TestTrace(t *testing.T) {
	eachBase(t, func(t *testing.T, b *base) {
		spans := tracetest.NewInMemoryExporter()
		api, worker := b.queue(process(spans, "api")), b.queue(process(spans, "worker"))
		p := &press{f: func(_ context.Context, _ platen.Job, n int) error {
			if n == 1 {
				return errors.New("a secret")
			}
			return nil
		}}
		ctx, request := sdk.NewTracerProvider(sdk.WithSyncer(spans)).Tracer("test").Start(t.Context(), "request")
		r, _, err := api.Accept(ctx, told("acme", "one"), "")
		if err != nil {
			t.Fatal(err)
		}
		request.End()
		notify(t, worker, 1, (&ears{}).deliver)
		work(t, worker, 1, p.render)
		ended(t, api, r)
		ended(t, api, notices(t, api, r, 1)[0])

		want := []string{"request", "accept", "wait", "attempt", "wait", "attempt", "wait", "deliver"}
		id := request.SpanContext().TraceID()
		eventually(t, 10*time.Second, "all spans are there", func() bool { names, _ := named(spans, id); return len(names) >= len(want) })
		names, byName := named(spans, id)
		slices.Sort(names) // clocks are coarse
		if slices.Sort(want); !slices.Equal(names, want) {
			t.Errorf("spans are %q, want %q", names, want)
		}
		if parent := byName["accept"].Parent.SpanID(); parent != request.SpanContext().SpanID() {
			t.Error("a job is not accepted in the span of its request")
		}
		failed := 0
		for _, s := range spans.GetSpans() {
			if s.Status.Code == codes.Error {
				failed++
				if s.Name != "attempt" || s.Status.Description != string(platen.Internal) {
					t.Errorf("%s has the status %+v", s.Name, s.Status)
				}
			}
			if s.Name != "request" && s.Name != "accept" && s.Parent.SpanID() != byName["accept"].SpanContext.SpanID() {
				t.Errorf("%s is not in the span in which its job was accepted", s.Name)
			}
			for _, a := range s.Attributes {
				if strings.Contains(a.Value.String(), "secret") {
					t.Errorf("%s holds data: %v", s.Name, a)
				}
			}
		}
		if failed != 1 {
			t.Errorf("%d spans have failed, want the first attempt", failed)
		}
	})
}

// Each job of a batch has a trace of its own, which says where it comes from.
func TestTraceOfBatch(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	b := &base{bucket: openBucket(t), dispatch: queue.NewMemory(equalShares, time.Now), shares: equalShares}
	q := b.queue(process(spans, "api"))
	ctx, request := sdk.NewTracerProvider(sdk.WithSyncer(spans)).Tracer("test").Start(t.Context(), "request")
	if _, err := q.AcceptBatch(ctx, "acme", []platen.Job{job("acme", "1"), job("acme", "2")}, ""); err != nil {
		t.Fatal(err)
	}
	traces := map[trace.TraceID]bool{request.SpanContext().TraceID(): true}
	for _, s := range spans.GetSpans() {
		traces[s.SpanContext.TraceID()] = true
		if len(s.Links) != 1 || s.Links[0].SpanContext.SpanID() != request.SpanContext().SpanID() {
			t.Errorf("%s has the links %v, want one to the request", s.Name, s.Links)
		}
	}
	if len(traces) != 3 {
		t.Errorf("a request for two jobs has %d traces, want its own and those of the jobs", len(traces))
	}
}
