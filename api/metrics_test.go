package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
)

// Metrics name tenants, so only an administrator sees them; they count jobs,
// stages and requests, and never hold data.
func TestMetrics(t *testing.T) {
	metrics := api.NewMetrics()
	metrics.Stage("print", 30*time.Millisecond)
	metrics.Cache(func() (hits, misses int64) { return 7, 3 })
	counted := make(chan queue.State, 10)
	s := modes[0].serve(t, options{
		config: func(c *api.Config) { c.Metrics = metrics },
		queue: func(c *queue.Config) {
			c.Observe = func(r queue.Record) {
				metrics.Job(r)
				counted <- r.State
			}
		},
	})
	s.create(t, request(t, "a reason nobody may read"))
	for state := queue.Queued; !state.Ended(); {
		state = <-counted
	}
	s.do(t, "GET", "/metrics", "").problem(t, http.StatusForbidden)
	req := s.request(t, "GET", "/metrics", "")
	req.Header.Del("Authorization")
	send(t, req).problem(t, http.StatusUnauthorized)

	req = s.request(t, "GET", "/metrics", "")
	req.Header.Set("Authorization", "Bearer "+token(t, "acme", api.Admin))
	r := send(t, req)
	for _, want := range []string{
		`platen_jobs_total{kind="",state="done",tenant="acme"} 1`,
		`platen_job_seconds_count{tenant="acme"} 1`,
		`platen_job_wait_seconds_count{tenant="acme"} 1`,
		`platen_stage_seconds_count{stage="print"} 1`,
		`platen_request_seconds_count{method="POST",route="/v1/documents",status="202"} 1`,
		"platen_cache_hits_total 7", "platen_cache_misses_total 3",
	} {
		if r.status != http.StatusOK || !strings.Contains(string(r.body), want+"\n") {
			t.Errorf("%d: no %s", r.status, want)
		}
	}
	if strings.Contains(string(r.body), "nobody may read") {
		t.Error("the metrics hold data")
	}
}

// Thousands of tenants do not become thousands of labels.
func TestMetricsBoundTheirLabels(t *testing.T) {
	metrics := api.NewMetrics()
	for i := range 2000 {
		metrics.Job(queue.Record{Tenant: platen.TenantID(fmt.Sprintf("lab-%d", i)), State: queue.Done})
	}
	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if n := strings.Count(w.Body.String(), "platen_jobs_total{"); n != 501 {
		t.Errorf("%d tenants have a label, want 500 and one for all others", n)
	}
	if want := `platen_jobs_total{kind="",state="done",tenant="other"} 1500`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("no %s", want)
	}
}
