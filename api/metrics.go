package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// Metrics counts what happens, for Prometheus. Labels are routes, states, kinds and
// names; of tenants no more than maxTenants have their own. The file metrics_scrape.go
// has what is asked for only when somebody looks.
type Metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.HistogramVec
	answers    *prometheus.CounterVec
	jobs       *prometheus.CounterVec
	attempts   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	waited     *prometheus.HistogramVec
	took       *prometheus.HistogramVec
	stages     *prometheus.HistogramVec
	rendered   *prometheus.CounterVec

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
	m.answers = count("requests_total", "Requests whose credential was accepted.", "tenant", "class")
	m.jobs = count("jobs_total", "Jobs that have ended.", "tenant", "state", "kind")
	m.attempts = count("failed_attempts_total", "Attempts at jobs that failed and will be repeated.", "tenant", "kind")
	m.deliveries = count("deliveries_total", "Notices to webhooks that were delivered, or given up.", "tenant", "state")
	m.waited = times("job_wait_seconds", "From acceptance to the first attempt.", "tenant")
	m.took = times("job_seconds", "From acceptance to the end of a job.", "tenant")
	m.stages = times("stage_seconds", "Time of the stages of rendering.", "stage")
	m.rendered = count("render_seconds_total", "Time that was spent on jobs, also on those that failed.", "tenant")
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

// Stage counts a stage of rendering.
func (m *Metrics) Stage(stage string, took time.Duration) {
	m.stages.WithLabelValues(stage).Observe(took.Seconds())
}

// Rendered counts the time that was spent on a job, whether it worked or not.
func (m *Metrics) Rendered(tenant platen.TenantID, took time.Duration) {
	m.rendered.WithLabelValues(m.tenant(tenant)).Add(took.Seconds())
}

// Job counts a change of a job or of a notice; it is a queue's Observe.
func (m *Metrics) Job(r queue.Record) {
	tenant := m.tenant(r.Tenant)
	switch n := len(r.Attempts); {
	case r.Notice != nil:
		if r.State.Ended() {
			m.deliveries.WithLabelValues(tenant, string(r.State)).Inc()
		}
	case r.State == queue.Running && n == 1:
		m.waited.WithLabelValues(tenant).Observe(r.Attempts[0].Started.Sub(r.Accepted).Seconds())
	case r.State == queue.Queued && n > 0:
		m.attempts.WithLabelValues(tenant, string(r.Attempts[n-1].Kind)).Inc()
	case r.State.Ended():
		m.jobs.WithLabelValues(tenant, string(r.State), string(r.Kind)).Inc()
		m.took.WithLabelValues(tenant).Observe(r.Ended.Sub(r.Accepted).Seconds())
	}
}

// request counts a request. Who sends it is known once its credential was accepted.
func (m *Metrics) request(method, route string, status int, tenant platen.TenantID, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	if tenant != "" {
		m.answers.WithLabelValues(m.tenant(tenant), strconv.Itoa(status/100)+"xx").Inc()
	}
}

// Handler answers with all metrics in Prometheus' format. They name tenants, so it
// belongs on an address of its own, or behind a credential.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
