package queue_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// ears hear notices.
type ears struct {
	mu    sync.Mutex
	heard []platen.Notice
	f     func(ctx context.Context, n int) error // n is from 1; may be nil
}

func (e *ears) deliver(ctx context.Context, n platen.Notice) error {
	e.mu.Lock()
	e.heard = append(e.heard, n)
	times := len(e.heard)
	e.mu.Unlock()
	if e.f == nil {
		return nil
	}
	return e.f(ctx, times)
}

func (e *ears) all() []platen.Notice {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

func (e *ears) wait(t *testing.T, n int) []platen.Notice {
	t.Helper()
	eventually(t, 10*time.Second, fmt.Sprintf("%d notices were heard", n), func() bool { return len(e.all()) >= n })
	return e.all()
}

func told(tenant platen.TenantID, webhooks ...string) platen.Job {
	j := job(tenant, "{}")
	j.Delivery.Webhooks = webhooks
	return j
}

// notices waits until there are n deliveries about a job, and returns them.
func notices(t *testing.T, q *queue.Queue, r queue.Record, n int) (list []queue.Record) {
	t.Helper()
	eventually(t, 10*time.Second, fmt.Sprintf("there are %d notices of job %s", n, r.ID), func() bool {
		list = nil
		all, _, err := q.Notices(t.Context(), r.Tenant, queue.Filter{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range all {
			if n.Notice.Document == r.ID {
				list = append(list, n)
			}
		}
		return len(list) >= n
	})
	return list
}

// wantTold waits until each webhook was told of a job once.
func wantTold(t *testing.T, q *queue.Queue, r queue.Record, webhooks []string) {
	t.Helper()
	var names []string
	for _, n := range notices(t, q, r, len(webhooks)) {
		if n = ended(t, q, n); n.State != queue.Done {
			t.Errorf("a notice ended as %+v", n)
		}
		names = append(names, n.Notice.Webhook)
	}
	if slices.Sort(names); !slices.Equal(names, webhooks) {
		t.Errorf("told of job %s were %q, want %q", r.ID, names, webhooks)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, e := b.queue(tries(1)), &ears{}
		refused := told("acme", "lims")
		refused.Data = []byte(`"refused"`)
		p := &press{f: func(_ context.Context, j platen.Job, _ int) error {
			if string(j.Data) == `"refused"` {
				return platen.Invalid
			}
			return nil
		}}
		cancelled := accept(t, q, told("acme", "lims"))
		if _, err := q.Cancel(t.Context(), "acme", cancelled.ID); err != nil {
			t.Fatal(err)
		}
		work(t, q, 2, p.render)
		notify(t, q, 2, e.deliver)
		done, failed, silent := accept(t, q, told("acme", "lims", "mes")), accept(t, q, refused), accept(t, q, job("acme", "{}"))
		for _, r := range []queue.Record{done, failed, silent} {
			ended(t, q, r)
		}
		e.wait(t, 4)
		wantTold(t, q, done, []string{"lims", "mes"})
		wantTold(t, q, failed, []string{"lims"})
		wantTold(t, q, cancelled, []string{"lims"})
		wantTold(t, q, silent, nil)
		types := map[string]string{done.ID: "document.done", failed.ID: "document.failed", cancelled.ID: "document.cancelled"}
		for _, n := range e.all() {
			of, err := q.Job(t.Context(), "acme", n.Document)
			if err != nil || n.Type != types[n.Document] || n.Tenant != "acme" || !n.At.Equal(of.Ended) {
				t.Errorf("heard %+v of %+v, %v", n, of, err)
			}
		}
		wantLedger(t, b, done, failed, silent, cancelled)
	})
}

func TestNoticeIsNoJob(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, e := b.queue(), &ears{}
		work(t, q, 1, (&press{}).render)
		r := ended(t, q, accept(t, q, told("acme", "lims", "mes")))
		n := notices(t, q, r, 2)[0]
		for what, call := range map[string]func() error{
			"Job":         func() error { _, err := q.Job(t.Context(), "acme", n.ID); return err },
			"Cancel":      func() error { _, err := q.Cancel(t.Context(), "acme", n.ID); return err },
			"Again":       func() error { _, err := q.Again(t.Context(), "acme", n.ID); return err },
			"Notice":      func() error { _, err := q.Notice(t.Context(), "acme", r.ID); return err },
			"NoticeAgain": func() error { _, err := q.NoticeAgain(t.Context(), "acme", r.ID); return err },
			"other":       func() error { _, err := q.Notice(t.Context(), "globex", n.ID); return err },
		} {
			wantErr(t, what, call(), platen.NotFound)
		}
		wantJobs := func() {
			t.Helper()
			jobs, _, err := q.Jobs(t.Context(), "acme", queue.Filter{})
			if err != nil || len(jobs) != 1 || jobs[0].ID != r.ID {
				t.Errorf("Jobs returns %+v, %v", jobs, err)
			}
		}
		wantJobs() // while the notices are pending
		notify(t, q, 1, e.deliver)
		ended(t, q, n)
		wantJobs()
		list, _, err := q.Notices(t.Context(), "acme", queue.Filter{Webhook: "mes"})
		if err != nil || len(list) != 1 || list[0].Notice.Webhook != "mes" {
			t.Errorf("Notices returns %+v, %v", list, err)
		}
	})
}

func noticeWaits(d ...time.Duration) func(*queue.Config) {
	return func(cfg *queue.Config) { cfg.Waits = d }
}

func TestNoticeIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		errs  []error // of the attempts; then none
		state queue.State
		dead  bool
		tries int
	}{
		"in the end":    {[]error{platen.Busy, platen.Internal, platen.Busy}, queue.Done, false, 4},
		"in vain":       {[]error{platen.Busy, platen.Busy, platen.Busy, platen.Busy, platen.Busy}, queue.Failed, true, 4},
		"not when gone": {[]error{platen.Busy, platen.Conflict}, queue.Failed, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				q := b.queue(noticeWaits(time.Millisecond, 2*time.Millisecond, time.Millisecond))
				e := &ears{f: func(_ context.Context, n int) error {
					if n <= len(story.errs) {
						return story.errs[n-1]
					}
					return nil
				}}
				work(t, q, 1, (&press{}).render)
				notify(t, q, 2, e.deliver)
				r := ended(t, q, accept(t, q, told("acme", "lims")))
				n := ended(t, q, notices(t, q, r, 1)[0])
				if n.State != story.state || n.Dead != story.dead || n.Tries() != story.tries || len(e.all()) != story.tries {
					t.Errorf("it ended as %+v after %d attempts", n, len(e.all()))
				}
				wantLedger(t, b, r)
			})
		})
	}
}

func TestNoticeAgain(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, e := b.queue(), &ears{}
		work(t, q, 1, (&press{}).render)
		r := ended(t, q, accept(t, q, told("acme", "lims")))
		first := notices(t, q, r, 1)[0]
		_, err := q.NoticeAgain(t.Context(), "acme", first.ID)
		wantErr(t, "NoticeAgain of a notice that is tried", err, platen.Conflict)
		notify(t, q, 1, e.deliver)
		ended(t, q, first)
		again, err := q.NoticeAgain(t.Context(), "acme", first.ID)
		if err != nil || again.ID == first.ID {
			t.Fatalf("NoticeAgain: %+v, %v", again, err)
		}
		if again = ended(t, q, again); again.State != queue.Done {
			t.Errorf("it ended as %+v", again)
		}
		if heard := e.all(); len(heard) != 2 || heard[0] != heard[1] {
			t.Errorf("heard %+v, want the same twice", heard)
		}
	})
}

// A receiver that never answers keeps no document waiting.
func TestSlowReceiver(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		e := &ears{f: func(ctx context.Context, _ int) error { <-ctx.Done(); return platen.Busy }}
		work(t, q, 1, (&press{}).render)
		stop := notify(t, q, 2, e.deliver)
		for range 10 {
			ended(t, q, accept(t, q, told("acme", "lims")))
		}
		e.wait(t, 2)
		eventually(t, 10*time.Second, "each document has its notice", func() bool {
			list, _, err := q.Notices(t.Context(), "acme", queue.Filter{})
			return err == nil && len(list) == 10
		})
		stop() // nothing is lost, and no attempt is counted
		for range 2 {
			if err := q.ReconcileOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		list, _, err := q.Notices(t.Context(), "acme", queue.Filter{State: queue.Queued})
		if err != nil || len(list) != 10 || list[9].Tries() > 0 {
			t.Errorf("there are %d notices: %+v, %v", len(list), list, err)
		}
	})
}
