package queuetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// A book notes who has which ticket.
type book struct {
	mu    sync.Mutex
	held  map[queue.Ticket]bool
	ended map[queue.Ticket]int
}

func newBook() *book {
	return &book{held: map[queue.Ticket]bool{}, ended: map[queue.Ticket]int{}}
}

// take fails if somebody has the ticket.
func (b *book) take(t *testing.T, ticket queue.Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held[ticket] || b.ended[ticket] > 0 {
		t.Errorf("%v is claimed twice", ticket)
	}
	b.held[ticket] = true
}

func (b *book) drop(ticket queue.Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, ticket)
}

// end returns how many tickets have ended.
func (b *book) end(ticket queue.Ticket) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended[ticket]++
	return len(b.ended)
}

func exactlyOnce(t *testing.T, open Open) {
	const workers, tenants, each = 16, 8, 250
	d := open(t, func(tenant platen.TenantID) queue.Share {
		return queue.Share{Running: 3 * int(tenant[1]-'0')} // t0 has no limit
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	b := newBook()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				l, err := d.Claim(ctx, "")
				if err != nil {
					return
				}
				ticket := l.Ticket()
				b.take(t, ticket)
				if rand.N(10) == 0 {
					b.drop(ticket)
					err = l.Release(t.Context(), time.Now().Add(rand.N(5*time.Millisecond)))
				} else if err = l.Done(t.Context()); err == nil && b.end(ticket) == tenants*each {
					stop()
				}
				if err != nil {
					t.Errorf("end of %v: %v", ticket, err)
				}
			}
		})
	}
	for i := range tenants {
		wg.Go(func() { fill(t, d, platen.TenantID(fmt.Sprintf("t%d", i)), each) })
	}
	wg.Wait()
	if len(b.ended) != tenants*each {
		t.Errorf("%d tickets were done, want %d", len(b.ended), tenants*each)
	}
	nothing(t, d)
}

func endingContexts(t *testing.T, open Open) {
	const tickets = 300
	d := open(t, equal)
	fill(t, d, acme, tickets)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	b := newBook()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				short, cancel := context.WithTimeout(ctx, rand.N(time.Millisecond))
				l, err := d.Claim(short, "")
				cancel()
				if err != nil {
					continue
				}
				b.take(t, l.Ticket())
				if err := l.Done(t.Context()); err != nil {
					t.Errorf("Done: %v", err)
				}
				if b.end(l.Ticket()) == tickets {
					stop()
				}
			}
		})
	}
	wg.Wait()
	if len(b.ended) != tickets {
		t.Errorf("%d tickets were done, want %d: the others were lost", len(b.ended), tickets)
	}
}
