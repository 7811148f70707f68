package main

import (
	"context"
	"fmt"
	"os"
)

// A volume is a printed document that is finished by itself, and its bars.
type volume struct {
	name    string
	records []string // whose bodies follow each other
	rounds  int      // in each, Platen works oursInTurn times and pdfcpu once
	seconds bar
	peak    bar // MB
	faster  bar // times, than pdfcpu
}

var volumes = []volume{
	{name: "100", records: []string{"tablet-100p"}, rounds: 4},
	{"1000", []string{"tablet-500p", "tablet-500p", "tablet-20p"}, 1, atMost(1.5), atMost(300), atLeast(10)},
}

// oursInTurn evens out what pdfcpu takes minutes for and Platen a second.
const oursInTurn = 5

// An effort is what it took to finish a PDF.
type effort struct {
	Seconds, CPU float64
	Stamp        float64 // seconds of the watermark alone; pdfcpu only
	Peak         int64   // bytes, resident, of a process that does nothing else
	Bytes, Pages int     // of the result
}

// pdf compares finishing with pdfcpu's own way, each time in a new process.
func (b *bench) pdf(ctx context.Context) error {
	if err := b.printVolumes(ctx); err != nil {
		return err
	}
	b.table("Watermark, metadata and attachment on a printed PDF, against pdfcpu", "pages", "printed, MB",
		"Platen, s / bar", "CPU, s", "peak, MB / bar", "written, MB",
		"pdfcpu, s", "CPU, s", "peak, MB", "written, MB", "its stamp alone, s", "Platen is faster, times / bar")
	for _, v := range volumes {
		var ours, theirs efforts
		err := turns(b.times(v.rounds),
			func() error { return ours.run(ctx, b, oursInTurn, "finish", v.name, "stamp", "attachment") },
			func() error { return theirs.run(ctx, b, 1, "pdfcpu", v.name, "attachment") })
		if err != nil {
			return fmt.Errorf("%s pages: %w", v.name, err)
		}
		if err := b.volumeRow(v, &ours, &theirs); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) volumeRow(v volume, ours, theirs *efforts) error {
	printed, err := os.Stat(b.file(v.name))
	if err != nil {
		return err
	}
	pages := fmt.Sprint(ours.last.Pages)
	b.row(pages, one(float64(printed.Size())/megabyte),
		b.against(v.seconds, pages+" pages: seconds to finish", "%.2f", median(ours.seconds)), two(median(ours.cpu)),
		b.against(v.peak, pages+" pages: peak memory of finishing, MB", "%.0f", ours.peak), one(float64(ours.last.Bytes)/megabyte),
		two(median(theirs.seconds)), two(median(theirs.cpu)), fmt.Sprintf("%.0f", theirs.peak), one(float64(theirs.last.Bytes)/megabyte), two(theirs.last.Stamp),
		b.against(v.faster, pages+" pages: times faster than pdfcpu", "%.1f", median(theirs.seconds)/median(ours.seconds)))
	return nil
}

// efforts are those of one side.
type efforts struct {
	seconds, cpu []float64
	peak         float64 // the largest, MB
	last         effort
}

// run does a child's task n times, on files of this part.
func (e *efforts) run(ctx context.Context, b *bench, n int, task string, files ...string) error {
	for i, name := range files {
		files[i] = b.file(name)
	}
	for range n {
		if err := b.child(ctx, &e.last, task, files...); err != nil {
			return err
		}
		e.seconds, e.cpu = append(e.seconds, e.last.Seconds), append(e.cpu, e.last.CPU)
		e.peak = max(e.peak, float64(e.last.Peak)/megabyte)
		progress("%d pages, %s: %.2f s, %.0f MB", e.last.Pages, task, e.last.Seconds, float64(e.last.Peak)/megabyte)
	}
	return nil
}
