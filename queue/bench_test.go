package queue_test

import (
	"slices"
	"testing"
	"time"

	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

func BenchmarkMemory(b *testing.B) { benchmark(b, queue.NewMemory(equalShares, time.Now)) }

func BenchmarkRedis(b *testing.B) {
	benchmark(b, openRedis(b, connect(b, queuetest.Redis(b)), equalShares))
}

// benchmark measures a ticket's way through the queue, and how long a worker that
// is idle takes to get it.
func benchmark(b *testing.B, d queue.Dispatcher) {
	ticket := queue.Ticket{Tenant: "acme", Job: "1"}
	push := func(b *testing.B) {
		if err := d.Push(b.Context(), ticket); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("PushClaimDone", func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			push(b)
			l, err := d.Claim(b.Context(), "")
			if err != nil {
				b.Fatal(err)
			}
			if err := l.Done(b.Context()); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		report(b, took)
	})
	b.Run("IdlePickUp", func(b *testing.B) {
		claimed := make(chan queue.Lease)
		go func() {
			for {
				l, err := d.Claim(b.Context(), "")
				if err != nil {
					return
				}
				claimed <- l
			}
		}()
		var took []time.Duration
		for b.Loop() {
			<-time.After(2 * time.Millisecond) // until it is idle
			began := time.Now()
			push(b)
			l := <-claimed
			took = append(took, time.Since(began))
			if err := l.Done(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		report(b, took)
	})
}

// report reports the median and the 99th percentile.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
}
