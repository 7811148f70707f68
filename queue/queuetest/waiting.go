package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen/queue"
)

func waitsForPush(t *testing.T, open Open) {
	d := open(t, equal)
	got := []<-chan queue.Lease{claiming(t, d), claiming(t, d), claiming(t, d)}
	nothing(t, d)
	fill(t, d, acme, len(got))
	for _, c := range got {
		within(t, soon, c)
	}
}

func waitsForTime(t *testing.T, open Open) {
	d := open(t, equal)
	got := claiming(t, d)
	nothing(t, d)
	due := time.Now().Add(200 * time.Millisecond)
	push(t, d, queue.Ticket{Tenant: acme, Job: "1", NotBefore: due})
	within(t, 200*time.Millisecond+soon, got)
	wantDue(t, due)
}

// wantDue checks that a ticket did not come before its time, but for the grain of clocks.
func wantDue(t *testing.T, due time.Time) {
	t.Helper()
	if early := time.Until(due); early > time.Millisecond {
		t.Errorf("the ticket came %v before its time", early)
	}
}

func waitsForNext(t *testing.T, open Open) {
	d := open(t, equal)
	push(t, d, queue.Ticket{Tenant: acme, Job: "far", NotBefore: time.Now().Add(time.Hour)})
	got := claiming(t, d)
	nothing(t, d)
	due := time.Now().Add(100 * time.Millisecond)
	push(t, d, queue.Ticket{Tenant: acme, Job: "near", NotBefore: due})
	wantJob(t, within(t, 100*time.Millisecond+soon, got).Ticket(), acme, "near")
	wantDue(t, due)
}

func waitsForContext(t *testing.T, open Open) {
	d := open(t, equal)
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error)
	go func() {
		_, err := d.Claim(ctx, "")
		ended <- err
	}()
	nothing(t, d)
	cause := errors.New("the cause")
	cancel(cause)
	select {
	case err := <-ended:
		if !errors.Is(err, cause) {
			t.Errorf("Claim: %v, want the cause", err)
		}
	case <-time.After(soon):
		t.Fatal("Claim does not end with its context")
	}
	fill(t, d, acme, 1)
	wantJob(t, claimDone(t, d), acme, "0")
}

// A ticket that is not due neither runs nor keeps anybody from running.
func delayed(t *testing.T, open Open) {
	d := open(t, equal)
	due := time.Now().Add(250 * time.Millisecond)
	push(t, d,
		queue.Ticket{Tenant: acme, Job: "first", NotBefore: due},
		queue.Ticket{Tenant: acme, Job: "second", NotBefore: due.Add(200 * time.Millisecond)},
		queue.Ticket{Tenant: acme, Job: "past", NotBefore: time.Now().Add(-time.Hour)},
	)
	fill(t, d, globex, 1)
	wantJob(t, claimDone(t, d), acme, "past")
	wantJob(t, claimDone(t, d), globex, "0")
	nothing(t, d)
	wantDepth(t, d, acme, 2, 0)
	wantJob(t, within(t, 250*time.Millisecond+soon, claiming(t, d)).Ticket(), acme, "first")
	wantDue(t, due)
	wantJob(t, within(t, 200*time.Millisecond+soon, claiming(t, d)).Ticket(), acme, "second")
}

func release(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 1)
	l := claim(t, d)
	got := claiming(t, d)
	nothing(t, d)
	giveBack(t, l, time.Time{})
	again := within(t, soon, got)
	wantJob(t, again.Ticket(), acme, "0")
	wantLost(t, l)
	done(t, again)
	nothing(t, d)
}

func releaseDelayed(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 1)
	due := time.Now().Add(150 * time.Millisecond)
	giveBack(t, claim(t, d), due)
	wantDepth(t, d, acme, 1, 0)
	nothing(t, d)
	fill(t, d, acme, 1) // it is queued already
	within(t, 150*time.Millisecond+soon, claiming(t, d))
	wantDue(t, due)
	nothing(t, d)
}
