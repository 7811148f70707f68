package main

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"os"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"golang.org/x/time/rate"

	"github.com/dicode/platen"
)

// lastSpans is how long the end of a process waits for its last spans to be sent.
const lastSpans = 3 * time.Second

// traces make spans, and send them.
type traces struct{ *sdk.TracerProvider }

// openTraces returns what makes spans. They are sent where the standard variables of
// OpenTelemetry say, which its own packages read from the environment of the process,
// beside the work: what cannot be sent is dropped. Without OTEL_EXPORTER_OTLP_ENDPOINT
// spans are sent nowhere, and have ids all the same, for log and callers.
func openTraces(ctx context.Context, log *slog.Logger) (t traces, err error) {
	wanted, err := wantTraces()
	if err != nil {
		return t, err
	}
	if !wanted {
		return traces{sdk.NewTracerProvider(sdk.WithSampler(sdk.NeverSample()))}, nil
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		semconv.ServiceName("platen"), semconv.ServiceVersion(platen.Version), semconv.ServiceInstanceID(processName())), resource.WithFromEnv())
	if err != nil {
		return t, usage("OTEL_RESOURCE_ATTRIBUTES: %v", err)
	}
	seldom := rate.Sometimes{Interval: time.Minute}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		seldom.Do(func() { log.Warn("traces are lost", "err", err) })
	}))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return t, usage("traces: %v", err)
	}
	return traces{sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))}, nil
}

// wantTraces reports whether there is somebody who wants traces.
func wantTraces() (bool, error) {
	name := "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	if os.Getenv(name) == "" {
		name = "OTEL_EXPORTER_OTLP_ENDPOINT"
	}
	endpoint := os.Getenv(name)
	if endpoint == "" {
		return false, nil
	}
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false, usage("%s is no URL of HTTP: want it as in http://collector:4318", name)
	}
	protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), "http/protobuf")
	if protocol != "http/protobuf" {
		return false, usage("OTEL_EXPORTER_OTLP_PROTOCOL is %q: want http/protobuf, and the endpoint for it, mostly port 4318", protocol)
	}
	return true, nil
}

// Close sends the spans that are left, if that does not take long.
func (t traces) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastSpans)
	defer cancel()
	return t.Shutdown(ctx)
}
