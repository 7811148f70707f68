package queuetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// testPasses tests claims that leave the tickets of acme there, where a tenant is about for a short time.
func testPasses(t *testing.T, open Open, about time.Duration) {
	t.Run("tickets of a tenant are left there while another one is about", func(t *testing.T) {
		d := open(t, equal)
		fill(t, d, acme, 5)
		wantJob(t, within(t, soon, claimingBut(t, d, acme)).Ticket(), acme, "0") // nobody else is about
		fill(t, d, globex, 2)
		for i := range 2 {
			l := within(t, soon, claimingBut(t, d, acme))
			wantJob(t, l.Ticket(), globex, fmt.Sprint(i))
			done(t, l)
		}
		began, got := time.Now(), claimingBut(t, d, acme)
		wantJob(t, claim(t, d).Ticket(), acme, "1") // others are not kept from it
		wantJob(t, within(t, about+2*time.Second, got).Ticket(), acme, "2")
		if waited := time.Since(began); waited < about*3/4 {
			t.Errorf("acme was passed over for %v, and globex is about for %v", waited, about)
		}
	})
	t.Run("a tenant is about while its ticket is claimed", func(t *testing.T) {
		d := open(t, equal)
		fill(t, d, globex, 1)
		held := claim(t, d)
		fill(t, d, acme, 1)
		for ends := time.Now().Add(2 * about); time.Now().Before(ends); {
			attempt, stop := context.WithTimeout(t.Context(), about/4)
			if l, err := d.Claim(attempt, acme); err == nil {
				t.Fatalf("claimed %v", l.Ticket())
			}
			stop()
			if err := held.Extend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		done(t, held)
		wantJob(t, within(t, about+2*time.Second, claimingBut(t, d, acme)).Ticket(), acme, "0")
	})
	t.Run("where others wait, turns decide", func(t *testing.T) {
		d := open(t, equal)
		for _, tenant := range []platen.TenantID{acme, globex, "initech"} {
			fill(t, d, tenant, 30)
		}
		n := 0
		for range 15 {
			l := within(t, soon, claimingBut(t, d, acme))
			done(t, l)
			if l.Ticket().Tenant == acme {
				n++
			}
		}
		if n != 5 {
			t.Errorf("acme was served %d times of 15, want a third of them", n)
		}
	})
	t.Run("a tenant is about for a while after its ticket was claimed", func(t *testing.T) {
		d := open(t, equal)
		fill(t, d, globex, 1)
		l := claim(t, d)
		for range 6 {
			time.Sleep(about / 4)
			if err := l.Extend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		giveBack(t, l, time.Now().Add(time.Hour))
		fill(t, d, acme, 1)
		began, got := time.Now(), claimingBut(t, d, acme)
		wantJob(t, within(t, about+2*time.Second, got).Ticket(), acme, "0")
		if waited := time.Since(began); waited < about*3/4 {
			t.Errorf("acme was passed over for %v, and globex is about for %v", waited, about)
		}
	})
}

// claimingBut claims in the background, but not of a tenant while others are about.
func claimingBut(t *testing.T, d queue.Dispatcher, tenant platen.TenantID) <-chan queue.Lease {
	got := make(chan queue.Lease, 1)
	go func() {
		if l, err := d.Claim(t.Context(), tenant); err == nil {
			got <- l
		} else if t.Context().Err() == nil {
			t.Errorf("Claim: %v", err)
		}
	}()
	return got
}
