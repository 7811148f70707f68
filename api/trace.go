package api

import (
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/dicode/platen"
)

// observe tells metrics, log and trace of a request: what was asked for, by whom, and how
// it went, and never what was in it. It goes on in the trace that the caller names (W3C
// Trace Context), and tells the caller its id.
func (a *API) observe(c *gin.Context) {
	start, method, route := time.Now(), methodOf(c.Request), routeOf(c)
	tracer := a.Tracer
	if isProbe(route) {
		tracer = noop.Tracer{}
	}
	caller := propagation.MapCarrier{"traceparent": c.GetHeader("traceparent")}
	ctx, span := tracer.Start(propagation.TraceContext{}.Extract(c.Request.Context(), caller), method+" "+route,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route)))
	if id := span.SpanContext().TraceID(); id.IsValid() {
		c.Header("X-Request-Id", id.String())
	}
	c.Request = c.Request.WithContext(ctx)
	defer func() { a.ended(c, span, method, route, time.Since(start)) }() // also when the answer is cut off
	c.Next()
}

// ended tells how a request went.
func (a *API) ended(c *gin.Context, span trace.Span, method, route string, took time.Duration) {
	status := c.Writer.Status()
	tenant, _ := c.Value(tenantKey).(platen.TenantID)
	if a.Metrics != nil {
		a.Metrics.request(method, route, status, tenant, took)
	}
	span.SetAttributes(semconv.HTTPResponseStatusCode(status), attribute.String("platen.tenant", string(tenant)))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
	level := slog.LevelInfo
	if isProbe(route) {
		level = slog.LevelDebug
	}
	a.Log.Log(c.Request.Context(), level, "request", "method", method, "route", route, "status", status, "took", took, "tenant", tenant)
}

// tenantKey is that of a request's tenant in its gin.Context, once it is known.
const tenantKey = "tenant"

// routeOf returns the route of a request, and unknown if there is none: what a caller
// writes into the path may be anything.
func routeOf(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "unknown"
}

// methodOf returns the method of a request, and other if it is none that routes have.
func methodOf(r *http.Request) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, r.Method) {
		return r.Method
	}
	return "other"
}

// isProbe reports whether a route is asked for by machines every few seconds.
func isProbe(route string) bool {
	return route == "/livez" || route == "/readyz" || route == "/metrics"
}
