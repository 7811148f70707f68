package api

import (
	"context"
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

// A visit is one request, as metrics, log and trace tell of it: what was asked for, by
// whom, and how it went; never what was in it.
type visit struct {
	start  time.Time
	method string
	route  string // as /v1/documents/:id
	ctx    context.Context
	span   trace.Span
}

// observe tells metrics, log and trace of a request. It goes on in the trace that the
// caller names (W3C Trace Context), and tells the caller its id.
func (a *API) observe(c *gin.Context) {
	v := visit{start: time.Now(), method: methodOf(c.Request), route: routeOf(c)}
	tracer := a.Tracer
	if isProbe(v.route) {
		tracer = noop.Tracer{}
	}
	caller := propagation.MapCarrier{"traceparent": c.GetHeader("traceparent")}
	v.ctx, v.span = tracer.Start(propagation.TraceContext{}.Extract(c.Request.Context(), caller), v.method+" "+v.route,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(semconv.HTTPRequestMethodKey.String(v.method), semconv.HTTPRoute(v.route)))
	if id := v.span.SpanContext().TraceID(); id.IsValid() {
		c.Header("X-Request-Id", id.String())
	}
	c.Request = c.Request.WithContext(v.ctx)
	defer a.ended(c, v) // also when the answer is cut off
	c.Next()
}

func (a *API) ended(c *gin.Context, v visit) {
	status, took := c.Writer.Status(), time.Since(v.start)
	tenant, _ := c.Value(tenantKey).(platen.TenantID)
	if a.Metrics != nil {
		a.Metrics.request(v.method, v.route, status, tenant, took)
	}
	v.span.SetAttributes(semconv.HTTPResponseStatusCode(status), attribute.String("platen.tenant", string(tenant)))
	if status >= http.StatusInternalServerError {
		v.span.SetStatus(codes.Error, "")
	}
	v.span.End()
	level := slog.LevelInfo
	if isProbe(v.route) {
		level = slog.LevelDebug
	}
	a.Log.Log(v.ctx, level, "request", "method", v.method, "route", v.route, "status", status, "took", took, "tenant", tenant)
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
