package queue_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
)

// waits returns a press that waits for its context the first time, and says when it does.
func waits() (*press, <-chan platen.Job) {
	begun := make(chan platen.Job, 10)
	return &press{f: func(ctx context.Context, j platen.Job, n int) error {
		if n > 1 {
			return nil
		}
		begun <- j
		<-ctx.Done()
		return context.Cause(ctx)
	}}, begun
}

func TestCancel(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		p, begun := waits()
		queued := accept(t, q, job("acme", "1"))
		cancel := func(r queue.Record, want queue.State) queue.Record {
			got, err := q.Cancel(t.Context(), r.Tenant, r.ID)
			if err != nil || got.State != want || got.Ended.IsZero() {
				t.Errorf("Cancel returns %+v, %v, want %s", got, err, want)
			}
			if got := ended(t, q, r); got.State != want {
				t.Errorf("it ended as %+v", got)
			}
			return got
		}
		cancel(queued, queue.Cancelled)
		wantLedger(t, b, queued)

		work(t, q, 1, p.render)
		running := accept(t, q, job("acme", "2"))
		<-begun
		cancel(running, queue.Cancelled)
		done := accept(t, q, job("acme", "3"))
		<-begun // so the one before was stopped
		cancel(done, queue.Cancelled)
		cancel(running, queue.Cancelled) // again
		wantLedger(t, b, queued, running, done)
		if p.rendered(queued.ID) != 0 || p.rendered(running.ID) != 1 {
			t.Errorf("%d and %d renders, want none of the queued job, and one of the other", p.rendered(queued.ID), p.rendered(running.ID))
		}
	})
}

// A job that is cancelled while an attempt is being written down leaves nothing.
func TestCancelRaced(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		starting, listed, begun := make(chan struct{}), make(chan struct{}), make(chan struct{})
		q := b.queue(func(cfg *queue.Config) {
			cfg.Bucket = hookedBucket{cfg.Bucket, func(op, key string) {
				switch {
				case op == "put" && strings.HasSuffix(key, ".started-1.json"):
					close(starting)
					<-listed // by Cancel, which does not see the attempt
				case op == "delete" && strings.Count(key, ".") == 1:
					select {
					case <-listed: // the attempt forgets it too
					default:
						close(listed)
						<-begun
					}
				}
			}}
		})
		r := accept(t, q, job("acme", "1"))
		work(t, q, 1, (&press{f: func(ctx context.Context, _ platen.Job, _ int) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		}}).render)
		<-starting
		if got, err := q.Cancel(t.Context(), "acme", r.ID); err != nil || got.State != queue.Cancelled {
			t.Errorf("Cancel returns %+v, %v", got, err)
		}
		wantLedger(t, b, r)
	})
}

// A hookedBucket says what it is about to change.
type hookedBucket struct {
	storage.Bucket
	before func(op, key string)
}

func (b hookedBucket) Put(ctx context.Context, key string, value []byte) error {
	b.before("put", key)
	return b.Bucket.Put(ctx, key, value)
}

func (b hookedBucket) Delete(ctx context.Context, key string) error {
	b.before("delete", key)
	return b.Bucket.Delete(ctx, key)
}

func TestCancelEnded(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		work(t, q, 1, (&press{}).render)
		r := ended(t, q, accept(t, q, job("acme", "1")))
		got, err := q.Cancel(t.Context(), "acme", r.ID)
		if err != nil || got.State != queue.Done || !got.Ended.Equal(r.Ended) {
			t.Errorf("Cancel returns %+v, %v, want what it ended as", got, err)
		}
		wantLedger(t, b, r)
	})
}

// A job that another process cancels ends as cancelled, whatever its render does.
func TestCancelElsewhere(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		here, elsewhere := b.queue(), b.queue()
		begun, cancelled := make(chan struct{}), make(chan struct{})
		work(t, here, 1, (&press{f: func(context.Context, platen.Job, int) error {
			close(begun)
			<-cancelled
			return platen.Busy
		}}).render)
		r := accept(t, here, job("acme", "1"))
		<-begun
		if got, err := elsewhere.Cancel(t.Context(), "acme", r.ID); err != nil || got.State != queue.Cancelled {
			t.Errorf("Cancel returns %+v, %v", got, err)
		}
		close(cancelled)
		wantLedger(t, b, r)
		if got := ended(t, here, r); got.State != queue.Cancelled {
			t.Errorf("it ended as %+v", got)
		}
	})
}

// A worker that is stopped gives back what it has not finished, and that is no attempt.
func TestShutdown(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		p, begun := waits()
		stop := work(t, q, 2, p.render)
		jobs := []queue.Record{accept(t, q, job("acme", "1")), accept(t, q, job("acme", "2")), accept(t, q, job("acme", "3"))}
		<-begun
		<-begun
		stop()
		if queued, claimed, err := b.dispatch.Depth(t.Context(), "acme"); queued != 3 || claimed != 0 || err != nil {
			t.Errorf("%d queued, %d claimed, %v, want all three queued", queued, claimed, err)
		}
		for _, r := range jobs {
			if now, err := q.Job(t.Context(), "acme", r.ID); err != nil || now.State != queue.Queued || now.Tries() != 0 {
				t.Errorf("it is %+v, %v", now, err)
			}
		}
		next := b.queue()
		work(t, next, 1, (&press{}).render)
		for _, r := range jobs {
			if r = ended(t, next, r); r.State != queue.Done || r.Tries() != 1 {
				t.Errorf("it ended as %+v", r)
			}
		}
		wantLedger(t, b, jobs...)
	})
}

// A worker that finishes while it is stopped has finished.
func TestShutdownFinishes(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		begun := make(chan struct{})
		stop := work(t, q, 1, (&press{f: func(ctx context.Context, _ platen.Job, _ int) error {
			close(begun)
			<-ctx.Done()
			return nil
		}}).render)
		r := accept(t, q, job("acme", "1"))
		<-begun
		stop()
		if r = ended(t, q, r); r.State != queue.Done {
			t.Errorf("it ended as %+v", r)
		}
		wantLedger(t, b, r)
	})
}

// Those who search the ledger at once queue nothing twice, whatever is worked on meanwhile.
func TestReconcilers(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		var jobs []queue.Record
		for i := range 30 {
			jobs = append(jobs, accept(t, b.queue(), job([]platen.TenantID{"acme", "globex"}[i%2], "1")))
		}
		b.forget()
		p := &press{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 2 {
			q := b.queue()
			go func() {
				for ctx.Err() == nil {
					if err := q.ReconcileOnce(ctx); err != nil && ctx.Err() == nil {
						t.Errorf("Reconcile: %v", err)
					}
				}
			}()
		}
		q := b.queue()
		work(t, q, 2, p.render)
		for _, r := range jobs {
			if r = ended(t, q, r); r.State != queue.Done || p.rendered(r.ID) != 1 {
				t.Errorf("after %d renders it ended as %+v", p.rendered(r.ID), r)
			}
		}
		cancel()
		wantLedger(t, b, jobs...)
	})
}

// Reconcile searches at once, and ends with its context.
func TestReconcile(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		r := accept(t, q, job("acme", "1"))
		b.forget()
		q = b.queue()
		work(t, q, 1, (&press{}).render)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { result <- q.Reconcile(ctx) }()
		ended(t, q, r)
		cancel()
		select {
		case err := <-result:
			if err != nil {
				t.Errorf("Reconcile: %v", err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Reconcile does not end")
		}
	})
}

// A hanging bucket never lists what is below a prefix.
type hanging struct {
	storage.Bucket
	prefix string
}

func (b hanging) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if !strings.HasPrefix(prefix, b.prefix) {
		return b.Bucket.List(ctx, prefix)
	}
	return func(yield func(string, error) bool) {
		<-ctx.Done()
		yield("", ctx.Err())
	}
}

// A ledger that cannot be searched, since its bucket hangs, holds up none of the others.
func TestReconcileBesideOneThatHangs(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		accept(t, q, job("acme", "1")) // which is visited first
		r := accept(t, q, job("globex", "1"))
		b.forget()
		b.bucket = hanging{b.bucket, "tenants/acme/"}
		q = b.queue()
		work(t, q, 1, (&press{}).render)
		start(t, q.Reconcile)
		if r = ended(t, q, r); r.State != queue.Done {
			t.Errorf("it ended as %+v", r)
		}
	})
}
