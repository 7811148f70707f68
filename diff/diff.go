package diff

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
)

// Options are what a comparison needs beside the two files.
type Options struct {
	NameA, NameB string
	Policy       *Policy            // nil: nothing may differ
	Raster       *raster.Rasteriser // draws pages; nil: pixels are not compared, and the report says so
}

// Compare compares two PDFs. An error is Invalid when one of them cannot be read, and has its name.
func Compare(ctx context.Context, a, b []byte, o Options) (*Report, error) {
	r := &Report{A: File{Name: o.NameA, SHA256: platen.Digest(a), Bytes: len(a)}, B: File{Name: o.NameB, SHA256: platen.Digest(b), Bytes: len(b)}, Findings: []Finding{}}
	if o.Policy != nil {
		r.Policy = o.Policy.sum
	}
	if bytes.Equal(a, b) {
		r.Verdict = Identical
		return r, nil
	}
	c := &comparison{ctx: ctx, report: r, options: o, groups: map[string]int{}, known: map[int][]Box{}, work: maxWork}
	if err := c.open(a, b); err != nil {
		return nil, err
	}
	for _, step := range []func() error{c.facts, c.catalogs, c.pages, c.entriesOfPages, c.blocks, c.flow, c.drawings, c.targets} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("compare %s and %s: %w", o.NameA, o.NameB, err)
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("compare: %w: %w", err, platen.Busy)
		}
	}
	c.conclude()
	return r, nil
}

// A comparison is one that is under way.
type comparison struct {
	ctx      context.Context
	options  Options
	report   *Report
	a, b     *document
	pairs    []pair         // of blocks, in the order of a
	groups   map[string]int // findings that are at several places
	added    int            // calls of add
	more     int            // findings that are not listed
	unlisted bool           // one of them is not what the policy expects
	known    map[int][]Box  // by page: where words differ, in one of the two
	work     int            // comparisons of shapes and glyphs that may still be made
}

// A pair is the same block in both documents.
type pair struct {
	a, b    int  // index; -1: it is in one of them only
	changed bool // in words or style: what follows may stand elsewhere
	free    bool // it stands elsewhere in one of them, or is of another height
	moved   bool // to another place in the order
}

// open opens both files at once.
func (c *comparison) open(a, b []byte) error {
	group, _ := errgroup.WithContext(c.ctx)
	for _, side := range []struct {
		to   **document
		src  []byte
		name string
		file *File
	}{{&c.a, a, c.options.NameA, &c.report.A}, {&c.b, b, c.options.NameB, &c.report.B}} {
		group.Go(func() (err error) {
			defer platen.Recover(&err)
			if *side.to, err = open(c.ctx, side.src); err != nil {
				return fmt.Errorf("%s: %w", cmp.Or(side.name, "a file"), err)
			}
			side.file.Pages = len((*side.to).pages)
			(*side.to).masks = newMasks(c.options.Policy, side.file.Pages)
			return nil
		})
	}
	return group.Wait()
}

// both does something with both documents at once.
func (c *comparison) both(do func(*document) error) error {
	var group errgroup.Group
	group.Go(func() (err error) { defer platen.Recover(&err); return do(c.a) })
	group.Go(func() (err error) { defer platen.Recover(&err); return do(c.b) })
	return group.Wait()
}

// pages finds the pages that are drawn alike: what stands on them is equal.
func (c *comparison) pages() error {
	if err := c.both((*document).print); err != nil {
		return err
	}
	print := func(p *page) string { return p.print }
	stream := func(p *page) string { return p.stream }
	known, open := common(c.a, c.b, print), common(c.a, c.b, stream)
	glyphs := func(d *document) error {
		for _, p := range d.pages {
			if known[p.print] || !open[p.stream] {
				continue
			}
			if err := d.printGlyphs(p); err != nil {
				return fmt.Errorf("page %d: %w", p.number, err)
			}
		}
		return nil
	}
	if err := c.both(glyphs); err != nil {
		return err
	}
	of := func(d *document) (list []string) {
		for _, p := range d.pages {
			list = append(list, p.print)
		}
		return list
	}
	for _, m := range align(of(c.a), of(c.b)) {
		c.a.pages[m.a].twin, c.b.pages[m.b].twin = c.b.pages[m.b], c.a.pages[m.a]
		c.report.Pages.Equal++
	}
	return nil
}

// common returns what pages of both documents have.
func common(a, b *document, of func(*page) string) map[string]bool {
	inA, both := map[string]bool{}, map[string]bool{}
	for _, p := range a.pages {
		inA[of(p)] = true
	}
	for _, p := range b.pages {
		if inA[of(p)] {
			both[of(p)] = true
		}
	}
	return both
}
