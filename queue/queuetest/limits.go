package queuetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// atMost lets n jobs of acme run at once.
func atMost(n int) queue.Shares {
	return func(tenant platen.TenantID) queue.Share {
		if tenant == acme {
			return queue.Share{Running: n}
		}
		return queue.Share{}
	}
}

func limit(t *testing.T, open Open) {
	d := open(t, atMost(2))
	fill(t, d, acme, 6)
	first, second := claim(t, d), claim(t, d)
	nothing(t, d)
	fill(t, d, globex, 2) // another tenant is not kept waiting
	wantJob(t, claim(t, d).Ticket(), globex, "0")
	wantJob(t, claim(t, d).Ticket(), globex, "1")
	nothing(t, d)

	got := claiming(t, d)
	nothing(t, d)
	done(t, first)
	wantJob(t, within(t, soon, got).Ticket(), acme, "2")
	got = claiming(t, d)
	nothing(t, d)
	giveBack(t, second, time.Time{})
	wantJob(t, within(t, soon, got).Ticket(), acme, "1")
	wantDepth(t, d, acme, 3, 2)
	nothing(t, d)
}

func limitRaced(t *testing.T, open Open) {
	const most, tickets = 3, 90
	d := open(t, atMost(most))
	fill(t, d, acme, tickets)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running, peak, ended atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				l, err := d.Claim(ctx, "")
				if err != nil {
					return
				}
				now := running.Add(1)
				for p := peak.Load(); now > p && !peak.CompareAndSwap(p, now); p = peak.Load() {
				}
				if err := l.Extend(t.Context()); err != nil {
					t.Errorf("Extend: %v", err)
				}
				running.Add(-1)
				if err := l.Done(t.Context()); err != nil {
					t.Errorf("Done: %v", err)
				}
				if ended.Add(1) == tickets {
					stop()
				}
			}
		})
	}
	wg.Wait()
	if ended.Load() != tickets {
		t.Errorf("%d tickets were done, want %d", ended.Load(), tickets)
	}
	if peak.Load() > most {
		t.Errorf("%d ran at once, want at most %d", peak.Load(), most)
	}
}

func limitSavesNothing(t *testing.T, open Open) {
	d := open(t, atMost(1))
	fill(t, d, acme, 50)
	fill(t, d, globex, 100)
	l := claim(t, d)
	for range 40 {
		wantJob(t, l.Ticket(), acme, "0")
		if got := claimDone(t, d); got.Tenant != globex {
			t.Fatalf("%s is over its limit", got.Tenant)
		}
	}
	done(t, l)
	n := 0
	for range 20 {
		if claimDone(t, d).Tenant == acme {
			n++
		}
	}
	if n > 11 {
		t.Errorf("acme was served %d times of 20, want half of them", n)
	}
}
