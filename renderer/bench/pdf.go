package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// A volume is a printed document that is finished by itself, and its bars.
type volume struct {
	name    string
	records []string // whose bodies follow each other
	rounds  int
	seconds bar
	peak    bar // MB
	faster  bar // times, than pdfcpu
}

var volumes = []volume{
	{name: "100", records: []string{"tablet-100p"}, rounds: 5},
	{"1000", []string{"tablet-500p", "tablet-500p", "tablet-20p"}, 3, atMost(1.5), atMost(300), atLeast(10)},
}

// stampHTML prints the watermark. Finishing draws a PDF's page as it is, without a
// browser.
const stampHTML = `<!DOCTYPE html><html lang="en"><title>DRAFT</title><style>@page { size: 120mm 40mm; margin: 0 } p { font: bold 80pt sans-serif; margin: 0; text-align: center }</style><p>DRAFT</p>`

// attachedBytes is the size of the attachment.
const attachedBytes = 100 << 10

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
			func() error { return ours.run(ctx, b, "finish", b.file(v.name), b.file("stamp"), b.file("attachment")) },
			func() error { return theirs.run(ctx, b, "pdfcpu", b.file(v.name), b.file("attachment")) })
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
		b.against(v.faster, pages+" pages: times faster than pdfcpu", "%.1f", median(ratios(theirs.seconds, ours.seconds))))
	return nil
}

// efforts are those of one side.
type efforts struct {
	seconds, cpu []float64
	peak         float64 // the largest, MB
	last         effort
}

func (e *efforts) run(ctx context.Context, b *bench, task string, args ...string) error {
	if err := b.child(ctx, &e.last, task, args...); err != nil {
		return err
	}
	e.seconds, e.cpu = append(e.seconds, e.last.Seconds), append(e.cpu, e.last.CPU)
	e.peak = max(e.peak, float64(e.last.Peak)/megabyte)
	progress("%d pages, %s: %.2f s, %d MB", e.last.Pages, task, e.last.Seconds, e.last.Peak/megabyte)
	return nil
}

// file is where a file of this part stands.
func (b *bench) file(name string) string { return filepath.Join(b.folder, name) }

// printVolumes writes what this part works on into the temporary folder. Bare
// Chrome prints it: it has no limits of memory and time.
func (b *bench) printVolumes(ctx context.Context) error {
	m, err := b.open(ctx, 1)
	if err != nil {
		return err
	}
	defer m.close()
	write := func(name string, html []byte) error {
		printed, err := m.bare.tabs[0].print(ctx, html)
		if err != nil {
			return fmt.Errorf("print %s: %w", name, err)
		}
		return os.WriteFile(b.file(name), printed, 0o600)
	}
	for _, v := range volumes {
		progress("print the PDF of %s pages", v.name)
		html, err := b.volume(ctx, m.whole, v)
		if err != nil {
			return err
		}
		if err := write(v.name, html); err != nil {
			return err
		}
	}
	if err := write("stamp", []byte(stampHTML)); err != nil {
		return err
	}
	record, err := b.record(volumes[0].records[0])
	if err != nil {
		return err
	}
	return os.WriteFile(b.file("attachment"), record[:attachedBytes], 0o600)
}

// volume fills the template with each record and joins the documents.
func (b *bench) volume(ctx context.Context, whole *pipeline, v volume) ([]byte, error) {
	var docs [][]byte
	for _, name := range v.records {
		record, err := b.record(name)
		if err != nil {
			return nil, err
		}
		html, err := whole.html(ctx, record)
		if err != nil {
			return nil, err
		}
		docs = append(docs, html)
	}
	return join(docs)
}

var (
	body = regexp.MustCompile(`(?s)^(.*<body\b[^>]*>)(.*)(</body>.*)$`)
	ids  = regexp.MustCompile(`\sid="[^"]*"`)
)

// join returns the first document with the bodies of all. The others lose their
// ids, which may not stand in a document twice.
func join(docs [][]byte) ([]byte, error) {
	var bodies [][]byte
	for i, doc := range docs {
		parts := body.FindSubmatch(doc)
		if parts == nil {
			return nil, fmt.Errorf("the document has no body")
		}
		inner := parts[2]
		if i > 0 {
			inner = ids.ReplaceAll(inner, nil)
		}
		bodies = append(bodies, inner)
	}
	parts := body.FindSubmatch(docs[0])
	return bytes.Join([][]byte{parts[1], bytes.Join(bodies, []byte("\n")), parts[3]}, nil), nil
}
