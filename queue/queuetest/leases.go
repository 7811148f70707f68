package queuetest

import (
	"testing"
	"time"

	"github.com/dicode/platen/queue"
)

// testLeases tests a Dispatcher whose leases end by themselves.
func testLeases(t *testing.T, open Open, lease time.Duration) {
	t.Run("a lease that is not extended ends", func(t *testing.T) {
		d := open(t, atMost(1))
		fill(t, d, acme, 1)
		dead, got := claim(t, d), claiming(t, d)
		l := within(t, lease+2*time.Second, got)
		wantJob(t, l.Ticket(), acme, "0")
		wantLost(t, dead)
		wantDepth(t, d, acme, 0, 1)
		done(t, l)
		nothing(t, d)
	})
	t.Run("a lease that is extended lasts", func(t *testing.T) {
		d := open(t, equal)
		fill(t, d, acme, 1)
		l, got := claim(t, d), claiming(t, d)
		for ends := time.Now().Add(3 * lease); time.Now().Before(ends); {
			select {
			case other := <-got:
				t.Fatalf("%v was claimed by another one", other.Ticket())
			case <-time.After(lease / 4):
			}
			if err := l.Extend(t.Context()); err != nil {
				t.Fatalf("Extend: %v", err)
			}
		}
		done(t, l)
	})
	t.Run("many leases end at once", func(t *testing.T) {
		const tickets = 250
		d := open(t, equal)
		fill(t, d, acme, tickets)
		for range tickets {
			claim(t, d)
		}
		seen := map[queue.Ticket]bool{}
		for range tickets {
			seen[claimDone(t, d)] = true
		}
		if len(seen) != tickets {
			t.Errorf("%d tickets came again, want %d", len(seen), tickets)
		}
		wantDepth(t, d, acme, 0, 0)
	})
}
