package diff

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A document is one of the two that are compared.
type document struct {
	src     []byte
	file    *pdf.File
	facts   pdf.Facts
	pages   []*page
	numbers map[types.IndirectRef]int // of pages, from 1
	digests *digester
	fonts   map[types.IndirectRef]*font
	blocks  []*block
	tagged  map[[2]int]bool // page and mark of what the blocks hold
}

// open reads facts and pages of a PDF. An error is platen.Invalid.
func open(src []byte) (*document, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	d := &document{src: src, file: f, numbers: map[types.IndirectRef]int{}, fonts: map[types.IndirectRef]*font{}}
	if d.facts, err = f.Facts(); err != nil {
		return nil, err
	}
	for p, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
		view, err := f.View(p)
		if err != nil {
			return nil, err
		}
		d.pages = append(d.pages, &page{number: p.Number, dict: p.Dict, ref: p.Ref, view: view})
		d.numbers[p.Ref] = p.Number
	}
	d.digests = newDigester(f, d.numbers)
	return d, nil
}

// font returns the font of a resource, read once.
func (d *document) font(o types.Object) (*font, error) {
	ref, isRef := o.(types.IndirectRef)
	if f := d.fonts[ref]; isRef && f != nil {
		return f, nil
	}
	f, err := newFont(d.digests, o)
	if err != nil {
		return nil, fmt.Errorf("read a font: %w", err)
	}
	if isRef {
		d.fonts[ref] = f
	}
	return f, nil
}
