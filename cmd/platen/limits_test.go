package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// What a tenant's settings say of its jobs counts, up to what the flags say.
func TestLimitsOfJobs(t *testing.T) {
	for name, test := range map[string]struct {
		settings tenant.Limits
		flags    serviceFlags
		want     queue.Share
	}{
		"settings below the flags": {tenant.Limits{Queued: 2, Running: 1}, serviceFlags{MaxQueued: 100, MaxRunning: 3}, queue.Share{Queued: 2, Running: 1}},
		"settings above the flags": {tenant.Limits{Queued: 100, Running: 10}, serviceFlags{MaxQueued: 2, MaxRunning: 3}, queue.Share{Queued: 2, Running: 3}},
		"no settings":              {tenant.Limits{}, serviceFlags{MaxQueued: 2, MaxRunning: 3}, queue.Share{Queued: 2, Running: 3}},
		"no limit of running jobs": {tenant.Limits{Queued: 2, Running: 1}, serviceFlags{MaxQueued: 100}, queue.Share{Queued: 2, Running: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			test.flags.MaxBody, test.flags.Store = 1, storeFlags{Bucket: t.TempDir(), Keys: testKeys()}
			s, err := test.flags.open(t.Context(), 0, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.close)
			own, err := storage.ForTenant(s.renderer.Bucket, "default")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tenant.Put(t.Context(), own, tenant.Settings{Limits: test.settings}, tenant.Change{At: time.Now()}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.renderer.Settings.Current(t.Context(), "default"); err != nil { // as a request does
				t.Fatal(err)
			}
			if got := test.flags.share(s.renderer.Settings, "default"); got != test.want {
				t.Errorf("the share is %+v, want %+v", got, test.want)
			}
			for n := range test.want.Queued + 1 {
				want := http.StatusAccepted
				if n == test.want.Queued {
					want = http.StatusTooManyRequests
				}
				if status := s.ask(t); status != want {
					t.Errorf("job %d: got %d, want %d", n+1, status, want)
				}
			}
		})
	}
}

// ask asks the API of a service for a document, as the tenant default.
func (s *service) ask(t *testing.T) (status int) {
	t.Helper()
	a := api.New(api.Config{
		Queue: s.queue, Renderer: s.renderer, Webhooks: s.webhooks, Library: s.library, Authenticate: api.Open{}, Log: slog.New(slog.DiscardHandler),
	})
	data, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost/v1/documents", strings.NewReader(`{"template":"baseline/batch-record","data":`+string(data)+`}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Code
}
