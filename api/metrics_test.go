package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

// Metrics name tenants, so only an administrator sees them; they count jobs,
// stages and requests, and never hold data.
func TestMetrics(t *testing.T) {
	metrics := api.NewMetrics()
	metrics.Stage("print", 30*time.Millisecond)
	metrics.Rendered("acme", 1500*time.Millisecond)
	metrics.Browsers(func() map[string]int64 { return map[string]int64{"first": 1, "age": 2} })
	metrics.Job(queue.Record{Tenant: "acme", State: queue.Done, Notice: &platen.Notice{}, Ended: time.Now()})
	metrics.Cache("memory", func() (hits, misses int64) { return 7, 3 })
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
	wantMetrics(t, string(r.body),
		`platen_jobs_total{kind="",state="done",tenant="acme"} 1`,
		`platen_job_seconds_count{tenant="acme"} 1`,
		`platen_job_wait_seconds_count{tenant="acme"} 1`,
		`platen_stage_seconds_count{stage="print"} 1`,
		`platen_request_seconds_count{method="POST",route="/v1/documents",status="202"} 1`,
		`platen_requests_total{class="2xx",tenant="acme"} 1`,
		`platen_requests_total{class="4xx",tenant="acme"} 1`,
		`platen_render_seconds_total{tenant="acme"} 1.5`,
		`platen_deliveries_total{state="done",tenant="acme"} 1`,
		`platen_browser_starts_total{reason="age"} 2`,
		`platen_cache_hits_total{cache="memory"} 7`, `platen_cache_misses_total{cache="memory"} 3`,
	)
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
	text := scrape(t, metrics)
	if n := strings.Count(text, "platen_jobs_total{"); n != 501 {
		t.Errorf("%d tenants have a label, want 500 and one for all others", n)
	}
	if want := `platen_jobs_total{kind="",state="done",tenant="other"} 1500`; !strings.Contains(text, want) {
		t.Errorf("no %s", want)
	}
}

// scrape returns the metrics as Prometheus reads them.
func scrape(t *testing.T, m *api.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Errorf("a scrape is answered with %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func wantMetrics(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, want := range lines {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
}

// lines is a Dispatcher that says what it is told to say.
type lines struct {
	queue.Dispatcher
	list []queue.Line
}

func (l lines) Lines(context.Context) ([]queue.Line, error) { return l.list, nil }

// What waits is told of each tenant, and of all that have no label together.
func TestMetricsOfQueue(t *testing.T) {
	metrics := api.NewMetrics()
	of := func(hours time.Duration) []queue.Line {
		list := []queue.Line{{Tenant: "acme", Queued: 2, Claimed: 1, Oldest: time.Now().Add(-hours * time.Hour)}, {Tenant: "idle", Claimed: 3}}
		for i := range 600 {
			list = append(list, queue.Line{Tenant: platen.TenantID(fmt.Sprintf("lab-%d", i)), Queued: 5, Oldest: time.Now().Add(-time.Duration(i) * time.Hour)})
		}
		return list
	}
	idle := queue.NewMemory(func(platen.TenantID) queue.Share { return queue.Share{} }, time.Now)
	q := queue.New(queue.Config{Dispatcher: lines{idle, of(1)}, Notices: lines{idle, of(2)}, Name: "worker-1", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	q.Work(ctx, 4, nil) // is told of, and takes nothing
	metrics.Queue(q)
	for len(q.Workers()) == 0 && t.Context().Err() == nil {
		runtime.Gosched()
	}
	text := scrape(t, metrics)
	wantMetrics(t, text, "platen_queue_up 1", `platen_worker_slots{worker="worker-1"} 4`, `platen_worker_running{worker="worker-1"} 0`,
		`platen_queue_jobs{state="queued",tenant="acme"} 2`, `platen_queue_jobs{state="running",tenant="acme"} 1`,
		`platen_queue_oldest_seconds{tenant="idle"} 0`, `platen_queue_deliveries{state="running",tenant="idle"} 3`,
		`platen_queue_jobs{state="queued",tenant="lab-497"} 5`, `platen_queue_jobs{state="queued",tenant="other"} 510`)
	for metric, hours := range map[string]float64{
		`platen_queue_oldest_seconds{tenant="acme"}`: 1, `platen_queue_oldest_delivery_seconds{tenant="acme"}`: 2, `platen_queue_oldest_seconds{tenant="other"}`: 599,
	} {
		_, rest, _ := strings.Cut(text, metric+" ")
		value, _, _ := strings.Cut(rest, "\n")
		if n, err := strconv.ParseFloat(value, 64); err != nil || n < hours*3600 || n > hours*3600+60 {
			t.Errorf("%s is %q, want %v hours", metric, value, hours)
		}
	}
}

// A dispatcher that does not answer is told of, and keeps the other metrics from nobody.
func TestMetricsWithoutDispatcher(t *testing.T) {
	server := queuetest.StartRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true})
	defer client.Close()
	d, err := queue.NewRedis(t.Context(), client, nil, queue.RedisOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	metrics := api.NewMetrics()
	metrics.Queue(queue.New(queue.Config{Dispatcher: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)}))
	metrics.Stage("print", time.Second)
	wantMetrics(t, scrape(t, metrics), "platen_queue_up 1")
	server.Kill()
	wantMetrics(t, scrape(t, metrics), "platen_queue_up 0", `platen_stage_seconds_count{stage="print"} 1`)
}
