package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
)

func TestCancel(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{render: g.render, shares: func(platen.TenantID) queue.Share { return queue.Share{Running: 1} }})
		cancel := func(id string, want client.DocumentState) {
			t.Helper()
			res := must(s.CancelDocumentWithResponse(t.Context(), id))(t)
			if res.JSON200 == nil || res.JSON200.State != want {
				t.Errorf("got %s: %s", res.Status(), res.Body)
			}
		}
		running := s.create(t, request(t, "running")).Id
		<-g.begun
		queued := s.create(t, request(t, "queued")).Id
		last := s.create(t, request(t, "last")).Id
		cancel(queued, client.DocumentStateCancelled)
		cancel(queued, client.DocumentStateCancelled)
		cancel(running, client.DocumentStateCancelled)
		if reason := <-g.begun; reason != "last" { // the worker is free, and the queued one is gone
			t.Errorf("%s is rendered", reason)
		}
		close(g.pass)
		s.until(t, last, client.DocumentStateDone)
		cancel(last, client.DocumentStateDone)
		for _, id := range []string{running, queued} {
			if d := s.until(t, id, client.DocumentStateCancelled); d.Ended.IsZero() || d.Problem.Status != 0 {
				t.Errorf("got %+v", d)
			}
		}
	})
}

func TestCancelWhileItIsWaitedFor(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{render: g.render})
		answers := make(chan *client.RenderResponse, 1)
		go func() {
			res, _ := s.RenderWithResponse(t.Context(), nil, request(t, "given up"))
			answers <- res
		}()
		<-g.begun
		list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200
		must(s.CancelDocumentWithResponse(t.Context(), list.Documents[0].Id))(t)
		if res := <-answers; res == nil || res.ApplicationproblemJSON409 == nil {
			t.Errorf("got %+v", res)
		}
	})
}

func TestRetry(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		fail := make(chan error, 1)
		fail <- platen.Invalid
		s := m.serve(t, options{render: func(next queue.Render) queue.Render {
			return func(ctx context.Context, job platen.Job) (platen.Document, error) {
				select {
				case err := <-fail:
					return platen.Document{}, err
				default:
					return next(ctx, job)
				}
			}
		}})
		failed := s.create(t, request(t, "again"))
		if d := s.until(t, failed.Id, client.DocumentStateFailed); d.Dead || d.Problem.Status != http.StatusUnprocessableEntity {
			t.Errorf("got %+v", d)
		}
		res := must(s.RetryDocumentWithResponse(t.Context(), failed.Id))(t)
		if res.JSON202 == nil || res.JSON202.Id == failed.Id || res.Headers202.Location != res.JSON202.Links.Self || res.Headers202.RetryAfter == "" {
			t.Fatalf("got %s: %s", res.Status(), res.Body)
		}
		again := s.until(t, res.JSON202.Id, client.DocumentStateDone)
		if res := must(s.RetryDocumentWithResponse(t.Context(), again.Id))(t); res.ApplicationproblemJSON409 == nil {
			t.Errorf("retry of what is done: got %s: %s", res.Status(), res.Body)
		}
	})
}

func TestRenderThatFails(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		secret := "the disk at /var/lib is full"
		s := m.serve(t, options{render: func(queue.Render) queue.Render {
			return func(_ context.Context, job platen.Job) (platen.Document, error) {
				if job.Issue.Reason == "invalid" {
					return platen.Document{}, platen.WithKind(platen.Invalid, context.DeadlineExceeded)
				}
				return platen.Document{}, &leak{secret}
			}
		}})
		p := s.do(t, "POST", "/v1/render", text(t, request(t, "internal"))).problem(t, http.StatusInternalServerError)
		if strings.Contains(p.Detail, secret) {
			t.Errorf("the caller gets to know: %s", p.Detail)
		}
		s.do(t, "POST", "/v1/render", text(t, request(t, "invalid"))).problem(t, http.StatusUnprocessableEntity)
	})
}

type leak struct{ text string }

func (l *leak) Error() string { return l.text }

func TestOthersDocumentsAreNotThere(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		mine := s.done(t, request(t, "mine")).Id
		globex := "Bearer " + token(t, "globex", api.WriteDocuments, api.ReadDocuments)
		// Ids that are none, that are nobody's, and another tenant's.
		for _, id := range []string{"x", "..", "%2e%2e%2f", "%00", "01a2142c-43db-790a-b0d9-7247562d1530", strings.ToUpper(mine), "{" + mine[1:35] + "}"} {
			for _, part := range []string{"", "/content", "/manifest", "/events"} {
				s.do(t, "GET", "/v1/documents/"+id+part, "").problem(t, http.StatusNotFound)
			}
		}
		for _, part := range []string{"", "/content", "/manifest", "/events"} {
			r := s.request(t, "GET", "/v1/documents/"+mine+part, "")
			r.Header.Set("Authorization", globex)
			send(t, r).problem(t, http.StatusNotFound)
		}
		for _, change := range []struct{ method, part string }{{"DELETE", ""}, {"POST", "/retry"}} {
			r := s.request(t, change.method, "/v1/documents/"+mine+change.part, "")
			r.Header.Set("Authorization", globex)
			send(t, r).problem(t, http.StatusNotFound)
			s.do(t, change.method, "/v1/documents/x"+change.part, "").problem(t, http.StatusNotFound)
		}
	})
}

func TestFullQueue(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{
			render: func(next queue.Render) queue.Render { return faulty(g.render(next)) },
			shares: func(platen.TenantID) queue.Share { return queue.Share{Queued: 1, Running: 1} },
		})
		failed := s.create(t, request(t, "refused"))
		s.until(t, failed.Id, client.DocumentStateFailed)
		s.create(t, request(t, "running"))
		<-g.begun
		s.create(t, request(t, "queued"))
		another := text(t, request(t, "too many"))
		for path, body := range map[string]string{"/v1/documents": another, "/v1/render": another, "/v1/batches": batchOf(t, "too many"), failed.Links.Self + "/retry": ""} {
			got := s.do(t, "POST", path, body)
			got.problem(t, http.StatusTooManyRequests)
			for name, want := range map[string]string{"Retry-After": "1", "RateLimit-Policy": `"queue";q=1`, "RateLimit": `"queue";r=0`} {
				if got := got.header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", path, name, got, want)
				}
			}
		}
		other := s.as(t, "globex", api.WriteDocuments)
		if res := must(other.CreateDocumentWithResponse(t.Context(), nil, request(t, "another tenant")))(t); res.JSON202 == nil {
			t.Errorf("another tenant: got %s: %s", res.Status(), res.Body)
		}
	})
}

func TestDraining(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true, config: func(c *api.Config) { c.MaxWait = time.Hour }})
		d := s.create(t, request(t, "before"))
		watched := make(chan reply, 2)
		for _, r := range []*http.Request{
			s.request(t, "GET", d.Links.Events, ""),
			s.request(t, "POST", "/v1/render", text(t, request(t, "waited for"))),
		} {
			go func() { watched <- send(t, r) }()
		}
		s.untilCount(t, 2)
		s.api.Drain()
		s.api.Drain()
		for range 2 {
			select {
			case got := <-watched:
				if got.status != http.StatusOK && got.status != http.StatusAccepted {
					t.Errorf("who waits gets %d: %s", got.status, got.body)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("who waits is not answered")
			}
		}
		for _, path := range []string{"/v1/documents", "/v1/render"} {
			got := s.do(t, "POST", path, text(t, request(t, "after")))
			if got.problem(t, http.StatusServiceUnavailable); got.header.Get("Retry-After") == "" {
				t.Errorf("got %v", got.header)
			}
		}
		s.do(t, "POST", d.Links.Self+"/retry", "").problem(t, http.StatusServiceUnavailable)
		s.do(t, "GET", "/readyz", "").problem(t, http.StatusServiceUnavailable)
		if res := must(s.GetDocumentWithResponse(t.Context(), d.Id))(t); res.JSON200 == nil || res.JSON200.State != client.DocumentStateQueued {
			t.Errorf("get: got %s: %s", res.Status(), res.Body)
		}
		if got := s.do(t, "GET", "/livez", ""); got.status != http.StatusOK {
			t.Errorf("/livez: got %d", got.status)
		}
	})
}

// untilCount waits for acme to have n documents.
func (s *server) untilCount(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if page := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(page.Documents) == n {
			return
		}
	}
	t.Fatalf("there are not %d documents", n)
}
