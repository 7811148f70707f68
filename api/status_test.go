package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

// together makes the processes of an installation tell each other that they are
// there, and share the notices.
func together(t *testing.T, m mode) func(*queue.Config) {
	if m.workers == 0 {
		return nil
	}
	address, prefix := queuetest.Redis(t), fmt.Sprintf("platen-%d", queues.Add(1))
	return func(c *queue.Config) {
		conn := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
		t.Cleanup(func() { conn.Close() })
		news, err := queue.NewNews(t.Context(), conn, prefix)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { news.Close() })
		notices, err := queue.NewRedis(t.Context(), conn, c.Shares, queue.RedisOptions{Prefix: prefix})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { notices.Close() })
		c.News, c.Notices = news, notices
	}
}

// An administrator sees the queue of every tenant, and who works; nobody delivers here.
func TestStatus(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{
			render: g.render, queue: together(t, m),
			shares: func(platen.TenantID) queue.Share { return queue.Share{Running: 1} },
		})
		admin := s.as(t, "operations", api.Admin)
		status := func() client.Status {
			t.Helper()
			res := must(admin.GetStatusWithResponse(t.Context()))(t)
			if res.JSON200 == nil {
				t.Fatalf("got %s: %s", res.Status(), res.Body)
			}
			return *res.JSON200
		}
		if got := status(); got.Version != platen.Version || time.Since(got.Time).Abs() > time.Minute || len(got.Documents.Tenants) != 0 {
			t.Errorf("while nothing waits: got %+v", got)
		}

		s.putWebhook(t, "https://receiver.example")
		told := request(t, "told")
		told.Delivery.Webhooks = []string{"lims"}
		first := s.create(t, told)
		g.pass <- struct{}{}
		s.until(t, first.Id, client.DocumentStateDone)
		s.create(t, request(t, "running"))
		for range 2 { // told is one
			<-g.begun
		}
		waits := s.create(t, request(t, "waits"))
		s.create(t, request(t, "waits, too"))

		got := status()
		line := client.Line{Tenant: "acme", Queued: 2, Claimed: 1, Oldest: time.Unix(uuid.MustParse(waits.Id).Time().UnixTime()).UTC()}
		if d := got.Documents; d.Queued != 2 || d.Claimed != 1 || len(d.Tenants) != 1 || d.Tenants[0] != line {
			t.Errorf("documents are %+v, want %+v", d, line)
		}
		if d := got.Deliveries; d.Queued != 1 || d.Claimed != 0 || len(d.Tenants) != 1 || d.Tenants[0].Tenant != "acme" {
			t.Errorf("deliveries are %+v", d)
		}
		wantWorkers(t, status, max(m.workers, 1), 1)
		close(g.pass)
	})
}

// wantWorkers waits until so many workers have been heard of, which have so many jobs.
func wantWorkers(t *testing.T, status func() client.Status, workers, running int) {
	t.Helper()
	var got []client.Worker
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-time.After(10 * time.Millisecond) {
		got = status().Workers
		sum := 0
		for _, w := range got {
			if sum += int(w.Running); w.Slots != 1 || w.Name == "" || time.Since(w.Started) > time.Hour {
				t.Fatalf("got %+v", w)
			}
		}
		if len(got) == workers && sum == running {
			return
		}
	}
	t.Fatalf("workers are %+v, want %d with %d jobs", got, workers, running)
}

// It names tenants, so nobody else sees it.
func TestStatusIsForAdministrators(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	s.do(t, "GET", "/v1/status", "").problem(t, http.StatusForbidden)
	r := s.request(t, "GET", "/v1/status", "")
	r.Header.Del("Authorization")
	send(t, r).problem(t, http.StatusUnauthorized)
}
