package queue_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// A job that is done once more is so once, however often that is asked for, and is no
// dead letter any more; what it has become may be one.
func TestAgainIsOneJob(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		var full, mended atomic.Bool
		b.shares = func(platen.TenantID) queue.Share {
			if full.Load() {
				return queue.Share{Queued: 1}
			}
			return queue.Share{}
		}
		q, p := b.queue(tries(1)), &press{f: func(context.Context, platen.Job, int) error {
			if mended.Load() {
				return nil
			}
			return platen.Internal
		}}
		stop := work(t, q, 2, p.render)
		first := ended(t, q, accept(t, q, job("acme", `"first"`)))
		other := ended(t, q, accept(t, q, job("acme", `"other"`)))
		wantDead(t, q, other, first)

		again := make([]queue.Record, 20)
		var group errgroup.Group
		for i := range again {
			group.Go(func() (err error) {
				again[i], err = q.Again(t.Context(), "acme", first.ID)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, r := range again {
			if r.ID != again[0].ID || r.ID == first.ID {
				t.Fatalf("it has become %s and %s", again[0].ID, r.ID)
			}
		}
		second := ended(t, q, again[0])
		wantDead(t, q, second, other)

		// Those who asked late have queued it once more: a ticket that workers throw away.
		eventually(t, 10*time.Second, "the queue is empty", func() bool {
			queued, claimed, err := b.dispatch.Depth(t.Context(), "acme")
			return err == nil && queued+claimed == 0
		})

		// One for which there was no room is still to be done.
		stop()
		full.Store(true)
		waits := accept(t, q, job("acme", `"waits"`))
		_, err := q.Again(t.Context(), "acme", second.ID)
		wantErr(t, "Again while the queue is full", err, platen.Busy)
		wantDead(t, q, second, other)
		full.Store(false)
		mended.Store(true)
		third, err := q.Again(t.Context(), "acme", second.ID)
		if err != nil {
			t.Fatal(err)
		}
		work(t, q, 2, p.render)
		ended(t, q, waits)
		if third = ended(t, q, third); third.State != queue.Done || third.ID == second.ID {
			t.Errorf("it ended as %+v", third)
		}
		wantDead(t, q, other)
	})
}

// wantDead checks which dead letters acme has.
func wantDead(t *testing.T, q *queue.Queue, want ...queue.Record) {
	t.Helper()
	list, _, err := q.Jobs(t.Context(), "acme", queue.Filter{Dead: true})
	if err != nil || len(list) != len(want) {
		t.Fatalf("dead letters are %+v, %v; want %d", list, err, len(want))
	}
	for i, r := range list {
		if r.ID != want[i].ID {
			t.Errorf("dead letter %d is %s, want %s", i, r.ID, want[i].ID)
		}
	}
}
