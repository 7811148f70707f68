// Command bench compares Platen's pipeline with bare Chrome, in one run and turn
// by turn, since the machines it runs on are shared and drift.
//
// Both print the same HTML with the same browser and flags. Bare Chrome is a loop
// over one reused tab that sets the document and prints it. The pipeline checks
// the record against its contract, fills the template, prints, normalises and
// stores, every time under another record number, so that nothing is found stored.
//
// The result is a Markdown table on stdout, as it stands in docs/benchmarks.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"
)

// A size is one of the records, with the bar that the ratio must not pass.
type size struct {
	record string
	rounds int
	bar    float64
}

var sizes = []size{
	{"tablet-2p", 60, 1.5},
	{"tablet-20p", 24, 1.2},
	{"tablet-100p", 12, 1.1},
	{"tablet-500p", 5, 1.1},
}

const (
	minPerSecond = 15.0 // documents of the 2-page record with two workers
	minShare     = 0.85 // of bare Chrome's throughput
)

func main() {
	data := flag.String("data", "testdata/data", "folder of the records")
	noSandbox := flag.Bool("no-sandbox", os.Geteuid() == 0, "run the browser without its sandbox, as root must")
	seconds := flag.Int("seconds", 20, "length of each throughput measurement")
	only := flag.Bool("throughput", false, "measure the throughput only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *data, *noSandbox, *only, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, data string, noSandbox, only bool, length time.Duration) error {
	folder, err := os.MkdirTemp("", "platen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	whole, err := openPipeline(ctx, folder, noSandbox)
	if err != nil {
		return err
	}
	defer whole.close()
	bare, err := openBare(ctx, whole.config, workers)
	if err != nil {
		return err
	}
	defer bare.close()

	fmt.Fprintln(w, machine(whole))
	missed := false
	if !only {
		if missed, err = table(ctx, w, whole, bare, data); err != nil {
			return err
		}
	}
	rate, err := throughput(ctx, whole, bare, filepath.Join(data, sizes[0].record+".json"), length)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nThroughput, %s, %d workers: bare Chrome %.1f documents a second, pipeline %.1f (bar %.0f), share %.2f (bar %.2f).\n",
		sizes[0].record, workers, rate.bare, rate.whole, minPerSecond, rate.share, minShare)
	if missed || rate.whole < minPerSecond || rate.share < minShare {
		return fmt.Errorf("a bar was missed")
	}
	return nil
}

// table compares every size and reports whether a bar was missed.
func table(ctx context.Context, w io.Writer, whole *pipeline, bare *bareChrome, data string) (missed bool, err error) {
	fmt.Fprintln(w, "\n| record | pages | bare Chrome, ms | pipeline, ms | ratio | bar |\n|---|--:|--:|--:|--:|--:|")
	for _, s := range sizes {
		row, err := compare(ctx, whole, bare, filepath.Join(data, s.record+".json"), s)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", s.record, err)
		}
		missed = missed || row.ratio > s.bar
		fmt.Fprintf(w, "| %s | %d | %.1f | %.1f | %.2f | %.2f |\n", s.record, row.pages, row.bare, row.whole, row.ratio, s.bar)
	}
	return missed, nil
}

func median(d []float64) float64 {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}
