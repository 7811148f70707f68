package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

func pushClaim(t *testing.T, open Open) {
	d := open(t, equal)
	for _, want := range []queue.Ticket{
		{Tenant: acme, Job: "01a"},
		{Tenant: acme, Job: "01b", Priority: platen.Bulk},
		{Tenant: globex, Job: "01a/with:odd chars "},
	} {
		push(t, d, want)
		l := claim(t, d)
		if got := l.Ticket(); got != want {
			t.Errorf("Ticket() = %v, want %v", got, want)
		}
		if err := l.Extend(t.Context()); err != nil {
			t.Errorf("Extend: %v", err)
		}
		done(t, l)
	}
	nothing(t, d)
}

func once(t *testing.T, open Open) {
	d := open(t, equal)
	ticket := queue.Ticket{Tenant: acme, Job: "1"}
	later := queue.Ticket{Tenant: acme, Job: "1", NotBefore: time.Now().Add(time.Hour)}
	bulk := queue.Ticket{Tenant: acme, Job: "1", Priority: platen.Bulk}
	push(t, d, ticket, ticket, later, bulk)
	l := claim(t, d)
	push(t, d, ticket, later, bulk) // while it is claimed
	nothing(t, d)
	wantDepth(t, d, acme, 0, 1)
	done(t, l)
	nothing(t, d)

	push(t, d, later, ticket) // while it is delayed
	nothing(t, d)
	wantDepth(t, d, acme, 1, 0)
	push(t, d, queue.Ticket{Tenant: globex, Job: "1"}) // the job of another tenant
	wantJob(t, claimDone(t, d), globex, "1")
}

func doneIsForgotten(t *testing.T, open Open) {
	d := open(t, equal)
	for range 3 {
		fill(t, d, acme, 1)
		wantJob(t, claimDone(t, d), acme, "0")
		nothing(t, d)
		wantDepth(t, d, acme, 0, 0)
	}
}

func remove(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 4)
	push(t, d, queue.Ticket{Tenant: acme, Job: "delayed", NotBefore: time.Now().Add(50 * time.Millisecond)})
	l := claim(t, d) // 0
	for _, job := range []string{"0", "2", "delayed", "unknown"} {
		for range 2 {
			if err := d.Remove(t.Context(), acme, job); err != nil {
				t.Fatalf("Remove(%s): %v", job, err)
			}
		}
	}
	if err := d.Remove(t.Context(), globex, "1"); err != nil {
		t.Fatal(err)
	}
	wantDepth(t, d, acme, 2, 1)
	if err := l.Extend(t.Context()); err != nil {
		t.Errorf("Remove of a claimed ticket ended its lease: %v", err)
	}
	wantJob(t, claimDone(t, d), acme, "1")
	wantJob(t, claimDone(t, d), acme, "3")
	<-time.After(60 * time.Millisecond) // the delayed one would be due
	nothing(t, d)
	done(t, l)
	push(t, d, queue.Ticket{Tenant: acme, Job: "2"}) // it may come again
	wantJob(t, claimDone(t, d), acme, "2")
}

func depth(t *testing.T, open Open) {
	d := open(t, equal)
	wantDepth(t, d, acme, 0, 0)
	fill(t, d, acme, 3)
	push(t, d, queue.Ticket{Tenant: acme, Job: "later", NotBefore: time.Now().Add(time.Hour)})
	wantDepth(t, d, acme, 4, 0)
	a := claim(t, d)
	fill(t, d, globex, 1)
	wantDepth(t, d, acme, 3, 1)
	wantDepth(t, d, globex, 1, 0)
	giveBack(t, a, time.Now().Add(time.Hour))
	wantDepth(t, d, acme, 4, 0)
	for range 3 {
		claimDone(t, d)
	}
	wantDepth(t, d, acme, 2, 0)
	wantDepth(t, d, globex, 0, 0)
}

func endedContext(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Claim(ctx, "")
	if !errors.Is(err, context.Canceled) || platen.KindOf(err) != platen.Busy {
		t.Errorf("Claim: %v, want context.Canceled and busy", err)
	}
	wantDepth(t, d, acme, 1, 0)
}

// What was a lease does no harm to the next one of the same job.
func endsOnce(t *testing.T, open Open) {
	for name, end := range map[string]func(queue.Lease) error{
		"Done":    func(l queue.Lease) error { return l.Done(t.Context()) },
		"Release": func(l queue.Lease) error { return l.Release(t.Context(), time.Time{}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, equal)
			fill(t, d, acme, 1)
			old := claim(t, d)
			if err := end(old); err != nil {
				t.Fatal(err)
			}
			wantLost(t, old)
			fill(t, d, acme, 1)
			l := claim(t, d)
			wantLost(t, old)
			if err := l.Extend(t.Context()); err != nil {
				t.Errorf("Extend of the new lease: %v", err)
			}
			wantDepth(t, d, acme, 0, 1)
			done(t, l)
			wantDepth(t, d, acme, 0, 0)
		})
	}
}
