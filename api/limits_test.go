package api_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/tenant"
)

// listAs lists the documents of a tenant as somebody of it, and returns the answer.
func (s *server) listAs(t *testing.T, tenant, subject string) reply {
	t.Helper()
	r := s.request(t, "GET", "/v1/documents?limit=1", "")
	r.Header.Set("Authorization", "Bearer "+tokenOf(t, tenant, subject, api.ReadDocuments))
	return send(t, r)
}

// putLimits has the settings of acme ask for these limits.
func (s *server) putLimits(t *testing.T, limits string) reply {
	t.Helper()
	r := s.request(t, "PUT", "/v1/tenant/settings", `{"settings":{"limits":`+limits+`}}`, "Content-Type", "application/json", "If-Match", "*")
	r.Header.Set("Authorization", "Bearer "+tokenOf(t, "acme", "admin", api.WriteSettings))
	return send(t, r)
}

func TestRequestsPerMinute(t *testing.T) {
	for name, test := range map[string]struct {
		settings string
		bounds   tenant.Limits
		first    []string // those who ask, of acme, and are answered
		refused  string   // and then is not
		policy   string
		another  string // and still is
	}{
		"of a tenant":             {`{"requestsPerMinute":2}`, tenant.Limits{}, []string{"ann", "bob"}, "carl", `"tenant";q=2;w=60`, ""},
		"of a credential":         {`{"requestsPerMinuteEach":2}`, tenant.Limits{}, []string{"ann", "ann"}, "ann", `"credential";q=2;w=60`, "bob"},
		"of the installation":     {`{"requestsPerMinute":1000}`, tenant.Limits{RequestsPerMinute: 4}, []string{"ann", "bob", "carl"}, "ann", `"tenant";q=4;w=60`, ""},
		"of any credential":       {`{}`, tenant.Limits{RequestsPerMinuteEach: 2}, []string{"ann", "ann"}, "ann", `"credential";q=2;w=60`, "bob"},
		"of a strict tenant":      {`{"requestsPerMinute":2}`, tenant.Limits{RequestsPerMinute: 1000}, []string{"ann", "bob"}, "ann", `"tenant";q=2;w=60`, ""},
		"what is refused is free": {`{"requestsPerMinute":4,"requestsPerMinuteEach":1}`, tenant.Limits{}, []string{"ann", "bob", "carl"}, "ann", `"credential";q=1;w=60`, "dora"},
	} {
		t.Run(name, func(t *testing.T) {
			s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.Limits = test.bounds }})
			if r := s.putLimits(t, test.settings); r.status != http.StatusOK {
				t.Fatalf("got %d: %s", r.status, r.body)
			}
			for _, who := range test.first {
				if r := s.listAs(t, "acme", who); r.status != http.StatusOK {
					t.Fatalf("%s: got %d: %s", who, r.status, r.body)
				}
			}
			r := s.listAs(t, "acme", test.refused)
			r.problem(t, http.StatusTooManyRequests)
			if got := r.header.Get("RateLimit-Policy"); got != test.policy {
				t.Errorf("RateLimit-Policy is %s, want %s", got, test.policy)
			}
			name, _, _ := strings.Cut(test.policy, ";")
			if wait, got := r.header.Get("Retry-After"), r.header.Get("RateLimit"); got != name+";r=0;t="+wait || wait < "1" {
				t.Errorf("RateLimit is %s, Retry-After %s", got, wait)
			}
			if test.another != "" {
				if r := s.listAs(t, "acme", test.another); r.status != http.StatusOK {
					t.Errorf("another credential: got %d: %s", r.status, r.body)
				}
			}
			if r := s.listAs(t, "globex", "ann"); r.status != http.StatusOK {
				t.Errorf("another tenant: got %d: %s", r.status, r.body)
			}
		})
	}
}

// Bodies are cut off at the tenant's limit, whether they tell their size or not; the
// settings can be written all the same.
func TestRequestBytes(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	if r := s.putLimits(t, `{"requestBytes":1000}`); r.status != http.StatusOK {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	large := `{"template":"baseline/batch-record","data":"` + strings.Repeat("x", 2000) + `"}`
	for name, body := range map[string]io.Reader{
		"that tells its size":  strings.NewReader(large),
		"that does not":        io.MultiReader(strings.NewReader(large)),
		"that is barely above": io.MultiReader(bytes.NewReader([]byte(large)[:1001])),
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v1/documents", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.WriteDocuments))
		t.Run(name, func(t *testing.T) { send(t, r).problem(t, http.StatusRequestEntityTooLarge) })
	}
	if r := s.do(t, "POST", "/v1/documents", large[:1000]); r.status == http.StatusRequestEntityTooLarge {
		t.Errorf("a body of as many bytes as may be: got %d: %s", r.status, r.body)
	}
	if r := s.putLimits(t, fmt.Sprintf(`{"requestBytes":%d%s}`, 5000, strings.Repeat(" ", 2000))); r.status != http.StatusOK {
		t.Errorf("settings: got %d: %s", r.status, r.body)
	}
}

// Processes that share a Redis count together; without it each counts alone.
func TestRedisMeter(t *testing.T) {
	address := queuetest.Redis(t)
	open := func() (api.Meter, *redis.Client) {
		client := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
		return api.NewRedisMeter(client, slog.New(slog.DiscardHandler)), client
	}
	here, ofHere := open()
	there, ofThere := open()
	key := fmt.Sprint("acme", queues.Add(1))
	take := func(m api.Meter, want bool) {
		t.Helper()
		if wait := m.Take(t.Context(), key, 2); wait == 0 != want || wait > time.Minute {
			t.Errorf("Take returns %v", wait)
		}
	}
	take(here, true)
	take(there, true)
	take(here, false)
	take(there, false)
	ofHere.Close()
	ofThere.Close()
	for _, m := range []api.Meter{here, there} {
		take(m, true)
		take(m, true)
		take(m, false)
	}
}
