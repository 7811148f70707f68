package queuetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

func push(t *testing.T, d queue.Dispatcher, tickets ...queue.Ticket) {
	t.Helper()
	for _, ticket := range tickets {
		if err := d.Push(t.Context(), ticket); err != nil {
			t.Fatalf("Push(%v): %v", ticket, err)
		}
	}
}

// fill pushes n tickets of a tenant, named by their number.
func fill(t *testing.T, d queue.Dispatcher, tenant platen.TenantID, n int) {
	t.Helper()
	for i := range n {
		push(t, d, queue.Ticket{Tenant: tenant, Job: fmt.Sprint(i)})
	}
}

// claim returns a ticket that is there.
func claim(t *testing.T, d queue.Dispatcher) queue.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	l, err := d.Claim(ctx, "")
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return l
}

// claimDone claims a ticket and is done with it.
func claimDone(t *testing.T, d queue.Dispatcher) queue.Ticket {
	t.Helper()
	l := claim(t, d)
	done(t, l)
	return l.Ticket()
}

func done(t *testing.T, l queue.Lease) {
	t.Helper()
	if err := l.Done(t.Context()); err != nil {
		t.Fatalf("Done: %v", err)
	}
}

func giveBack(t *testing.T, l queue.Lease, notBefore time.Time) {
	t.Helper()
	if err := l.Release(t.Context(), notBefore); err != nil {
		t.Fatalf("Release: %v", err)
	}
}

// claiming claims in the background.
func claiming(t *testing.T, d queue.Dispatcher) <-chan queue.Lease { return claimingBut(t, d, "") }

// within returns what is claimed soon.
func within(t *testing.T, d time.Duration, got <-chan queue.Lease) queue.Lease {
	t.Helper()
	select {
	case l := <-got:
		return l
	case <-time.After(d):
		t.Fatalf("nothing was claimed within %v", d)
		return nil
	}
}

// nothing fails if there is a ticket to claim.
func nothing(t *testing.T, d queue.Dispatcher) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	l, err := d.Claim(ctx, "")
	if err == nil {
		t.Fatalf("Claim returns %v, want nothing", l.Ticket())
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Claim: %v, want context.DeadlineExceeded", err)
	}
}

func wantJob(t *testing.T, got queue.Ticket, tenant platen.TenantID, job string) {
	t.Helper()
	if got.Tenant != tenant || got.Job != job {
		t.Fatalf("claimed %s/%s, want %s/%s", got.Tenant, got.Job, tenant, job)
	}
}

func wantDepth(t *testing.T, d queue.Dispatcher, tenant platen.TenantID, queued, claimed int) {
	t.Helper()
	q, c, err := d.Depth(t.Context(), tenant)
	if err != nil {
		t.Fatalf("Depth: %v", err)
	}
	if q != queued || c != claimed {
		t.Fatalf("Depth(%s) is %d queued and %d claimed, want %d and %d", tenant, q, c, queued, claimed)
	}
}

// wantLost checks that a lease has ended.
func wantLost(t *testing.T, l queue.Lease) {
	t.Helper()
	for what, err := range map[string]error{
		"Extend":  l.Extend(t.Context()),
		"Done":    l.Done(t.Context()),
		"Release": l.Release(t.Context(), time.Time{}),
	} {
		if !errors.Is(err, platen.NotFound) {
			t.Errorf("%s of a lease that has ended: %v, want not found", what, err)
		}
	}
}
