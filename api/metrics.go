package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// Metrics counts what happens, for Prometheus. Its methods are what renderer and
// queue call.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	jobs     *prometheus.CounterVec
	attempts *prometheus.CounterVec
	waited   *prometheus.HistogramVec
	took     *prometheus.HistogramVec
	stages   *prometheus.HistogramVec

	mu      sync.Mutex
	tenants map[platen.TenantID]bool // that have a label of their own
}

// maxTenants is how many tenants have a label of their own; the others share one.
const maxTenants = 500

const otherTenants = "other"

// seconds are the bounds of the histograms of times.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// NewMetrics returns metrics of a process that has just begun.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), tenants: map[platen.TenantID]bool{}}
	times := func(name, help string, labels ...string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "platen", Name: name, Help: help, Buckets: seconds}, labels)
		m.registry.MustRegister(v)
		return v
	}
	count := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "platen", Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		return v
	}
	m.requests = times("request_seconds", "Time of requests.", "method", "route", "status")
	m.jobs = count("jobs_total", "Jobs that have ended.", "tenant", "state", "kind")
	m.attempts = count("failed_attempts_total", "Attempts that failed and will be repeated.", "tenant", "kind")
	m.waited = times("job_wait_seconds", "From acceptance to the first attempt.", "tenant")
	m.took = times("job_seconds", "From acceptance to the end of a job.", "tenant")
	m.stages = times("stage_seconds", "Time of the stages of rendering.", "stage")
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// tenant returns the label of a tenant.
func (m *Metrics) tenant(id platen.TenantID) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.tenants[id] {
		if len(m.tenants) >= maxTenants {
			return otherTenants
		}
		m.tenants[id] = true
	}
	return string(id)
}

// Stage counts a stage of rendering; it is a renderer's Observe.
func (m *Metrics) Stage(stage string, took time.Duration) {
	m.stages.WithLabelValues(stage).Observe(took.Seconds())
}

// Job counts a change of a job; it is a queue's Observe.
func (m *Metrics) Job(r queue.Record) {
	tenant := m.tenant(r.Tenant)
	switch n := len(r.Attempts); {
	case r.State == queue.Running && n == 1:
		m.waited.WithLabelValues(tenant).Observe(r.Attempts[0].Started.Sub(r.Accepted).Seconds())
	case r.State == queue.Queued && n > 0:
		m.attempts.WithLabelValues(tenant, string(r.Attempts[n-1].Kind)).Inc()
	case r.State.Ended():
		m.jobs.WithLabelValues(tenant, string(r.State), string(r.Kind)).Inc()
		m.took.WithLabelValues(tenant).Observe(r.Ended.Sub(r.Accepted).Seconds())
	}
}

// request counts a request.
func (m *Metrics) request(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "unknown"
	}
	m.requests.WithLabelValues(c.Request.Method, route, strconv.Itoa(c.Writer.Status())).Observe(time.Since(start).Seconds())
}

// Cache adds the counts of a cache: how often a value was there, and how often not.
func (m *Metrics) Cache(counts func() (hits, misses int64)) {
	for name, count := range map[string]func() float64{
		"cache_hits_total":   func() float64 { hits, _ := counts(); return float64(hits) },
		"cache_misses_total": func() float64 { _, misses := counts(); return float64(misses) },
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "platen", Name: name, Help: "Reads from the bucket that the cache of this process answered, and that it did not.",
		}, count))
	}
}

// Handler answers with all metrics in Prometheus' format. They name tenants, so it
// belongs on an address of its own, or behind a credential.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
