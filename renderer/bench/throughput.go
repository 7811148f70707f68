package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// A load is how many documents are made at once, each with a browser of its own,
// and its bars.
type load struct {
	workers int
	rate    bar // documents a second
	share   bar // of bare Chrome's, in percent
}

var loads = []load{
	{workers: 1},
	{2, atLeast(15), atLeast(85)},
	{workers: 4},
}

const (
	turnLength  = 3 * time.Second // how long one side works at a stretch
	turnsOfLoad = 6
)

// throughput measures documents a second with all workers busy.
func (b *bench) throughput(ctx context.Context) error {
	record := sizes[0].record
	b.table("Documents a second, "+record, "workers", "bare Chrome", "pipeline / bar", "pipeline, % of bare Chrome / bar")
	for _, l := range loads {
		bare, whole, err := b.rates(ctx, record, l.workers)
		if err != nil {
			return fmt.Errorf("%d workers: %w", l.workers, err)
		}
		name := fmt.Sprintf("%d workers", l.workers)
		b.row(fmt.Sprint(l.workers), one(median(bare)),
			b.against(l.rate, name+": documents a second", "%.1f", median(whole)),
			b.against(l.share, name+": percent of bare Chrome's documents a second", "%.0f", 100*median(ratios(whole, bare))))
	}
	return nil
}

// rates returns the documents a second of both sides, turn by turn.
func (b *bench) rates(ctx context.Context, name string, workers int) (bare, whole []float64, err error) {
	record, err := b.record(name)
	if err != nil {
		return nil, nil, err
	}
	m, err := b.open(ctx, workers)
	if err != nil {
		return nil, nil, err
	}
	defer m.close()
	html, err := m.whole.html(ctx, record)
	if err != nil {
		return nil, nil, err
	}
	sideOf := func(rates *[]float64, f func(worker int) error) side {
		return func() error {
			n, err := count(ctx, workers, turnLength, f)
			*rates = append(*rates, n)
			progress("%d at once: %.1f documents a second", workers, n)
			return err
		}
	}
	a := sideOf(&bare, func(worker int) error { _, err := m.bare.tabs[worker].print(ctx, html); return err })
	z := sideOf(&whole, func(int) error { _, err := m.whole.render(ctx, record); return err })
	if err := turns(1, a, z); err != nil { // warm-up
		return nil, nil, err
	}
	bare, whole = nil, nil
	err = turns(b.times(turnsOfLoad), a, z)
	return bare, whole, err
}

// count runs f on every worker for a while and returns how often a second it ran.
func count(ctx context.Context, workers int, length time.Duration, f func(worker int) error) (float64, error) {
	var done atomic.Int64
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		group.Go(func() error {
			for time.Since(start) < length && ctx.Err() == nil {
				if err := f(worker); err != nil {
					return err
				}
				done.Add(1)
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), err
}
