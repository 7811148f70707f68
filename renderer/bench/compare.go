package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// workers is how many documents are made at once in the throughput measurement.
const workers = 2

type row struct {
	pages              int
	bare, whole, ratio float64 // medians, ms; ratio of each pair of rounds
}

// compare measures one record, bare Chrome and pipeline in turn.
func compare(ctx context.Context, whole *pipeline, bare *bareChrome, file string, s size) (r row, err error) {
	record, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	html, err := whole.html(ctx, record)
	if err != nil {
		return r, err
	}
	if r.pages, err = whole.render(ctx, record); err != nil { // warm-up
		return r, err
	}
	if err := bare.tabs[0].print(ctx, html); err != nil {
		return r, err
	}
	var a, b, ratios []float64
	for range s.rounds {
		start := time.Now()
		if err := bare.tabs[0].print(ctx, html); err != nil {
			return r, err
		}
		middle := time.Now()
		if _, err := whole.render(ctx, record); err != nil {
			return r, err
		}
		x, y := ms(middle.Sub(start)), ms(time.Since(middle))
		a, b, ratios = append(a, x), append(b, y), append(ratios, y/x)
		fmt.Fprintf(os.Stderr, "\r%s: round %d of %d ", s.record, len(a), s.rounds)
	}
	fmt.Fprintln(os.Stderr)
	r.bare, r.whole, r.ratio = median(a), median(b), median(ratios)
	return r, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A rate is documents a second, in the median turn, and the median share of the
// pipeline in what bare Chrome did right before.
type rate struct{ bare, whole, share float64 }

// turnLength is how long bare Chrome and the pipeline run in turn.
const turnLength = 3 * time.Second

// throughput measures documents a second with all workers busy.
func throughput(ctx context.Context, whole *pipeline, bare *bareChrome, file string, length time.Duration) (r rate, err error) {
	record, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	html, err := whole.html(ctx, record)
	if err != nil {
		return r, err
	}
	var a, b, shares []float64
	for start := time.Now(); time.Since(start) < 2*length; {
		x, err := count(ctx, turnLength, func(worker int) error { return bare.tabs[worker].print(ctx, html) })
		if err != nil {
			return r, err
		}
		y, err := count(ctx, turnLength, func(int) error { _, err := whole.render(ctx, record); return err })
		if err != nil {
			return r, err
		}
		a, b, shares = append(a, x), append(b, y), append(shares, y/x)
	}
	return rate{median(a), median(b), median(shares)}, nil
}

// count runs f on every worker for a while and returns how often a second it ran.
func count(ctx context.Context, length time.Duration, f func(worker int) error) (float64, error) {
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
			return nil
		})
	}
	err := group.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), err
}
