package queue

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/dicode/platen"
)

// All spans of a job are in the trace in which it was accepted, whichever processes work
// on it: accept, then wait and attempt for each attempt, and deliver for those of
// its notices. They hold ids, names and numbers, never data, and say of a failure its kind.

// accepting begins the span of accepting a job.
func (q *Queue) accepting(ctx context.Context, job platen.Job, options ...trace.SpanStartOption) (_ context.Context, done func(error)) {
	options = append(options, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(jobAttributes(job)...))
	ctx, span := q.tracer.Start(ctx, "accept", options...)
	return ctx, func(err error) { end(span, err) }
}

// apart has a span begin a trace of its own, with a link to the one of ctx. The jobs of
// a batch have one each: together they would be too many spans to look at.
func apart(ctx context.Context) []trace.SpanStartOption {
	return []trace.SpanStartOption{trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx))}
}

// attempting begins the span of the last attempt in a record, and adds the one of the
// time for which it has waited.
func (q *Queue) attempting(ctx context.Context, r Record, job platen.Job) (_ context.Context, done func(error)) {
	name, attributes := "attempt", jobAttributes(job)
	if r.Notice != nil {
		name = "deliver"
	}
	last := len(r.Attempts) - 1
	attributes = append(attributes, attribute.Int("platen.attempt", r.Attempts[last].Number), attribute.String("platen.worker", q.name))
	since := r.Accepted
	if last > 0 {
		since = r.Attempts[last-1].Ended
	}
	options := []trace.SpanStartOption{trace.WithAttributes(attributes...)}
	if !since.IsZero() { // the attempt before ended with its worker, nobody knows when
		_, wait := q.tracer.Start(ctx, "wait", append(options, trace.WithTimestamp(since))...)
		wait.End()
	}
	ctx, span := q.tracer.Start(ctx, name, append(options, trace.WithSpanKind(trace.SpanKindConsumer))...)
	return ctx, func(err error) { end(span, err) }
}

func jobAttributes(job platen.Job) []attribute.KeyValue {
	list := []attribute.KeyValue{attribute.String("platen.tenant", string(job.Tenant)), attribute.String("platen.job", job.ID)}
	if job.Template != "" {
		list = append(list, attribute.String("platen.template", job.Template))
	}
	return list
}

// end ends a span.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, string(platen.KindOf(err))) // the text may hold data
	}
	span.End()
}

// traceparent is the trace of a context as it is passed on (W3C Trace Context).
func traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}

// resume returns a context in the trace in which a job was accepted.
func (a Accepted) resume(ctx context.Context) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": a.Trace})
}
