package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
)

// What the caller must mend is not tried again.
func TestFailsAtOnce(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		var mended atomic.Bool
		q, p := b.queue(), &press{f: func(_ context.Context, j platen.Job, _ int) error {
			if mended.Load() {
				return nil
			}
			return platen.WithKind(platen.Kind(strings.Trim(string(j.Data), `"`)), errors.New("why"))
		}}
		work(t, q, 2, p.render)
		var jobs []queue.Record
		for _, kind := range []platen.Kind{platen.Invalid, platen.NotFound, platen.Denied, platen.Conflict} {
			r := ended(t, q, accept(t, q, job("acme", fmt.Sprintf("%q", kind))))
			if r.State != queue.Failed || r.Kind != kind || r.Error != "why" || r.Dead || len(r.Attempts) != 1 {
				t.Errorf("%s: it ended as %+v", kind, r)
			}
			if r.Job == nil || string(r.Job.Data) != fmt.Sprintf("%q", kind) {
				t.Errorf("%s: the job is not kept: %+v", kind, r)
			}
			if n := p.rendered(r.ID); n != 1 {
				t.Errorf("%s: it was rendered %d times", kind, n)
			}
			jobs = append(jobs, r)
		}
		mended.Store(true)
		again, err := q.Again(t.Context(), "acme", jobs[0].ID)
		if err != nil || again.ID == jobs[0].ID {
			t.Fatalf("Again: %+v, %v", again, err)
		}
		if again = ended(t, q, again); again.State != queue.Done {
			t.Errorf("done again it ended as %+v", again)
		}
		_, err = q.Again(t.Context(), "acme", again.ID)
		wantErr(t, "Again of a job that is done", err, platen.Conflict)
		wantLedger(t, b, append(jobs, again)...)
	})
}

// What may go well the next time is tried again, later each time.
func TestRetries(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		const backoff = 40 * time.Millisecond
		slow := func(cfg *queue.Config) { cfg.Backoff = backoff }
		q, p := b.queue(slow), &press{f: func(_ context.Context, j platen.Job, n int) error {
			switch {
			case string(j.Data) == `"thrice"` && n == 3:
				return nil
			case string(j.Data) == `"no kind"`:
				return errors.New("why")
			default:
				return fmt.Errorf("why: %w", platen.Busy)
			}
		}}
		work(t, q, 3, p.render)
		dead, unknown, thrice := accept(t, q, job("acme", `"dead"`)), accept(t, q, job("acme", `"no kind"`)), accept(t, q, job("acme", `"thrice"`))
		if thrice = ended(t, q, thrice); thrice.State != queue.Done || len(thrice.Attempts) != 3 || thrice.Attempts[0].Error != "why: busy" {
			t.Errorf("it ended as %+v", thrice)
		}
		if unknown = ended(t, q, unknown); !unknown.Dead || unknown.Kind != platen.Internal {
			t.Errorf("it ended as %+v", unknown)
		}
		dead = ended(t, q, dead)
		if dead.State != queue.Failed || !dead.Dead || dead.Kind != platen.Busy || dead.Error != "why: busy" || dead.Job == nil || len(dead.Attempts) != 5 {
			t.Errorf("it ended as %+v", dead)
		}
		for i, a := range dead.Attempts {
			if a.Number != i+1 || a.Ended.IsZero() || a.Kind != platen.Busy || a.Worker == "" {
				t.Errorf("attempt %d is %+v", i+1, a)
			}
			if i == len(dead.Attempts)-1 {
				break
			}
			wait, longest := a.Next.Sub(a.Ended), backoff<<i
			if wait < longest/2 || wait > longest+5*time.Millisecond {
				t.Errorf("after attempt %d it waits for %v, want %v to %v", i+1, wait, longest/2, longest)
			}
			if early := a.Next.Sub(dead.Attempts[i+1].Started); early > time.Millisecond {
				t.Errorf("attempt %d came %v early", i+2, early)
			}
		}
		wantLedger(t, b, dead, unknown, thrice)
	})
}

// A render that panics has failed; other jobs do not notice.
func TestPanics(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, p := b.queue(tries(2)), &press{f: func(_ context.Context, j platen.Job, _ int) error {
			if string(j.Data) == `"panics"` {
				panic("at once")
			}
			return nil
		}}
		work(t, q, 1, p.render)
		bad, good := accept(t, q, job("acme", `"panics"`)), accept(t, q, job("acme", `"good"`))
		if good = ended(t, q, good); good.State != queue.Done {
			t.Errorf("the other job ended as %+v", good)
		}
		if bad = ended(t, q, bad); !bad.Dead || bad.Kind != platen.Internal || !strings.Contains(bad.Error, "the code panicked") {
			t.Errorf("it ended as %+v", bad)
		}
		wantLedger(t, b, good, bad)
	})
}

// A brittleBucket panics once when it is asked for what lies in a folder.
type brittleBucket struct {
	storage.Bucket
	folder string
	armed  atomic.Bool
}

func (b *brittleBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if strings.Contains(key, b.folder) && b.armed.CompareAndSwap(true, false) {
		panic("a defect")
	}
	return b.Bucket.Get(ctx, key)
}

// A panic around a render ends no process either: the job is tried again.
func TestPanicsOfTheLedger(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"/pending/", "/jobs/"} {
		t.Run(folder, func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				bucket := &brittleBucket{Bucket: b.bucket, folder: folder}
				r := accept(t, b.queue(), job("acme", "1"))
				b.forget()
				q := b.queue(func(cfg *queue.Config) { cfg.Bucket = bucket })
				bucket.armed.Store(true)
				for range 2 { // the first one may panic
					if err := q.ReconcileOnce(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				bucket.armed.Store(true) // before the render
				p := &press{f: func(ctx context.Context, _ platen.Job, n int) error {
					if n > 1 || folder != "/jobs/" {
						return nil
					}
					bucket.armed.Store(true) // where it is looked whether the job has ended meanwhile
					<-ctx.Done()
					return context.Cause(ctx)
				}}
				work(t, q, 1, p.render)
				if r = ended(t, b.queue(), r); r.State != queue.Done {
					t.Errorf("it ended as %+v", r)
				}
				wantLedger(t, b, r)
			})
		})
	}
}

// The ledger counts attempts, so that they survive a dispatcher that forgets.
func TestAttemptsSurvive(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		third := make(chan struct{})
		p := &press{f: func(ctx context.Context, _ platen.Job, n int) error {
			if n == 3 {
				close(third)
				<-ctx.Done()
			}
			return platen.Internal
		}}
		q := b.queue()
		stop := work(t, q, 1, p.render)
		r := accept(t, q, job("acme", "1"))
		<-third
		stop()
		b.forget()
		q = b.queue()
		if now, err := q.Job(t.Context(), "acme", r.ID); err != nil || now.Tries() != 2 || now.State != queue.Queued {
			t.Errorf("before it goes on it is %+v, %v", now, err)
		}
		if err := q.ReconcileOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		work(t, q, 1, p.render)
		if r = ended(t, q, r); !r.Dead || r.Tries() != 5 || p.rendered(r.ID) != 6 {
			t.Errorf("after %d renders it ended as %+v", p.rendered(r.ID), r)
		}
		wantLedger(t, b, r)
	})
}
