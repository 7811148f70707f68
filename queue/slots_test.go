package queue_test

import (
	"context"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// A tenant that has all slots of a process but one gets the last one only while nobody
// else is about.
func TestOneSlotIsKept(t *testing.T) {
	eachBase(t, func(t *testing.T, b *base) {
		begun, pass := make(chan platen.TenantID, 100), make(chan struct{})
		p := &press{f: func(ctx context.Context, job platen.Job, _ int) error {
			begun <- job.Tenant
			select {
			case <-pass:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}}
		next := func(want platen.TenantID) {
			t.Helper()
			select {
			case got := <-begun:
				if got != want {
					t.Fatalf("a job of %s begins, want %s", got, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("no job of %s begins", want)
			}
		}
		none := func() {
			t.Helper()
			select {
			case got := <-begun:
				t.Fatalf("a job of %s begins", got)
			case <-time.After(100 * time.Millisecond):
			}
		}
		q := b.queue()
		work(t, q, 3, p.render)
		for range 9 {
			accept(t, q, job("acme", "{}"))
		}
		for range 3 { // nobody else is about
			next("acme")
		}
		accept(t, q, job("globex", "{}"))
		pass <- struct{}{}
		next("globex")
		for range 3 { // all that run end, globex among them
			pass <- struct{}{}
		}
		next("acme")
		next("acme")
		none() // the third slot is kept
		accept(t, q, job("globex", "{}"))
		next("globex") // at once
		for range 3 {
			pass <- struct{}{}
		}
		next("acme")
		next("acme")
		none()
		pass <- struct{}{} // one job of acme ends, and another one has its slot
		next("acme")
		none()
		close(pass)
	})
}

// The last place is kept for who comes, and not given out of turn where several wait.
func TestWeightsInFewSlots(t *testing.T) {
	eachBase(t, func(t *testing.T, b *base) {
		b.shares = func(tenant platen.TenantID) queue.Share {
			return queue.Share{Weight: map[platen.TenantID]float64{"acme": 4, "globex": 1}[tenant]}
		}
		const all, counted = 140, 100
		begun := make(chan platen.TenantID, all)
		p := &press{f: func(_ context.Context, job platen.Job, _ int) error {
			begun <- job.Tenant
			return nil
		}}
		q := b.queue()
		for range all / 2 {
			accept(t, q, job("globex", "{}"))
		}
		for range all {
			accept(t, q, job("acme", "{}"))
		}
		stop := work(t, q, 2, p.render)
		n := 0
		for range counted {
			if <-begun == "acme" {
				n++
			}
		}
		stop()
		if n < 75 || n > 85 {
			t.Errorf("acme, which has four times the weight of globex, was served %d times of %d", n, counted)
		}
	})
}
