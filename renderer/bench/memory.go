package main

import (
	"context"
	"fmt"
	"time"
)

const (
	megabyte     = 1e6
	memoryRounds = 3
	sampleEvery  = 20 * time.Millisecond
)

// growth is how much more memory a page may take in the longest record than in
// the one before.
const growth = 1.1

// A footprint is the most memory that it took to render a record, in bytes.
type footprint struct {
	Pages  int
	Platen int64 // resident
	Chrome int64 // private, of all its processes
}

// memory renders each record in a process of its own, since the high-water mark of
// a process never falls.
func (b *bench) memory(ctx context.Context) error {
	b.table("Peak memory", "record", "pages", "Platen, MB", "a page, MB / bar", "Chrome, MB", "a page, MB / bar")
	var platenBar, chromeBar bar
	for i, s := range sizes {
		var f footprint
		if err := b.child(ctx, &f, "memory", s.record, fmt.Sprint(b.times(memoryRounds))); err != nil {
			return fmt.Errorf("%s: %w", s.record, err)
		}
		platen, chrome := float64(f.Platen)/megabyte, float64(f.Chrome)/megabyte
		ofPlaten, ofChrome := platen/float64(f.Pages), chrome/float64(f.Pages)
		b.row(s.record, fmt.Sprint(f.Pages),
			one(platen), b.against(platenBar, s.record+": Platen's memory for a page, MB", "%.2f", ofPlaten),
			one(chrome), b.against(chromeBar, s.record+": Chrome's memory for a page, MB", "%.2f", ofChrome))
		if i == len(sizes)-2 {
			platenBar, chromeBar = atMost(growth*ofPlaten), atMost(growth*ofChrome)
		}
		progress("%s: Platen %.0f MB, Chrome %.0f MB", s.record, platen, chrome)
	}
	return nil
}

// memoryChild renders a record some times and returns what that took.
func (b *bench) memoryChild(ctx context.Context, args []string) (any, error) {
	record, err := b.record(args[0])
	if err != nil {
		return nil, err
	}
	var rounds int
	if _, err := fmt.Sscan(args[1], &rounds); err != nil {
		return nil, err
	}
	whole, err := b.openPipeline(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer whole.close()
	var f footprint
	stop := samplePeak(&f.Chrome, startedMemory)
	for range rounds {
		document, err := whole.render(ctx, record)
		if err != nil {
			return nil, err
		}
		f.Pages = document.Pages
	}
	stop()
	f.Platen, err = peakMemory()
	return f, err
}

// samplePeak keeps the largest value that read returns in peak, until it is
// stopped. A peak between two samples is missed.
func samplePeak(peak *int64, read func() int64) (stop func()) {
	stopped, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-tick.C:
				*peak = max(*peak, read())
			}
		}
	}()
	return func() { close(stopped); <-done }
}
