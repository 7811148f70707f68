package diff

import (
	"context"
	"fmt"

	"github.com/dicode/platen"
)

// A Reading is what a document says: its words with their places, and whether a reader sees them.
type Reading struct {
	Pages  int
	Tagged []Word   // what the tags hold, in their order
	Margin [][]Word // by page: what no tag holds, as running heads and stamps
}

// Read reads a tagged document. One that cannot be read, or has text and no tags, is Invalid.
func Read(ctx context.Context, src []byte) (*Reading, error) {
	d, err := open(ctx, src)
	if err != nil {
		return nil, err
	}
	if err := d.gather(); err != nil {
		return nil, err
	}
	if !d.facts.Tagged && len(d.blocks) > 0 {
		return nil, fmt.Errorf("the document has no tags, which say in which order it is read: print it by Platen: %w", platen.Invalid)
	}
	r := &Reading{Pages: len(d.pages), Margin: make([][]Word, len(d.pages))}
	done := 0 // pages that no later block begins on, as a rule
	for _, b := range d.blocks {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("read the document: %w: %w", err, platen.Busy)
		}
		if err := d.readBlock(b); err != nil {
			return nil, err
		}
		r.Tagged = append(r.Tagged, b.words...)
		b.forget()
		for ; done < b.page-1; done++ {
			if err := d.readMargin(r, done); err != nil {
				return nil, err
			}
		}
	}
	for ; done < len(d.pages); done++ {
		if err := d.readMargin(r, done); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// readMargin reads the running text of page n, from 0.
func (d *document) readMargin(r *Reading, n int) error {
	lines, err := d.lines(d.pages[n])
	if err != nil {
		return err
	}
	for _, line := range lines {
		r.Margin[n] = append(r.Margin[n], line.words...)
	}
	return nil
}

// Align pairs equal elements of two lists in the order of both: for each of a its partner in b, or -1.
func Align(a, b []string) []int {
	partner := make([]int, len(a))
	for i := range partner {
		partner[i] = -1
	}
	for _, m := range align(a, b) {
		partner[m.a] = m.b
	}
	return partner
}
