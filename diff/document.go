package diff

import (
	"context"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A document is one of the two that are compared.
type document struct {
	ctx     context.Context // of the comparison: reading a page ends with it
	src     []byte
	file    *pdf.File
	facts   pdf.Facts
	pages   []*page
	numbers map[types.IndirectRef]int // of pages, from 1
	digests *digester
	fonts   map[types.IndirectRef]*font
	codes   int // that those tell of
	masks   *masks
	inForms map[formMark]int // numbers of marks that are not in a page's own content
	blocks  []*block
	tagged  map[[2]int]bool // page and mark of what the blocks hold
	tops    map[int][]top   // blocks by page; nil until they were asked for
	recent  []*page         // whose drawn is there, that of the last use last
	weight  int             // of those
}

// open reads facts and pages of a PDF. An error is platen.Invalid.
func open(ctx context.Context, src []byte) (*document, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	d := &document{ctx: ctx, src: src, file: f, masks: newMasks(nil, 0), numbers: map[types.IndirectRef]int{}, fonts: map[types.IndirectRef]*font{}, inForms: map[formMark]int{}}
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
	d.digests = newDigester(f)
	return d, d.nameKnown()
}

// nameKnown names what is compared entry by entry, and so is not followed where something refers
// to it: the catalog, pages and form fields.
func (d *document) nameKnown() error {
	err := d.digests.name(d.file.Trailer()["Root"], "catalog")
	if err != nil {
		return err
	}
	for _, p := range d.pages {
		if err := d.digests.name(p.ref, fmt.Sprint("page ", p.number)); err != nil {
			return err
		}
	}
	return d.eachField(func(r *reader, f field) { r.keep(d.digests.name(f.object, "field "+f.name)) })
}

// reopen lets go of what the file keeps unpacked. Most of that are the tags, of which a page has
// hundreds, and nobody reads them twice.
func (d *document) reopen() (err error) {
	if d.file, err = pdf.Open(d.src, pdf.DefaultLimits); err == nil {
		d.digests.file = d.file
	}
	return err
}

// A formMark is a mark in a form, which numbers its own (§14.7.5.2).
type formMark struct {
	form types.IndirectRef
	mcid int
}

// firstInForm is the number of the first mark that is met in a form.
const firstInForm = 1 << 30

// mark is the number of a mark, of which a page has no other like it.
func (d *document) mark(form types.IndirectRef, mcid int) int {
	if form == (types.IndirectRef{}) {
		return max(min(mcid, firstInForm-1), -1)
	}
	m := formMark{form, mcid}
	n, ok := d.inForms[m]
	if !ok {
		n = firstInForm + len(d.inForms)
		d.inForms[m] = n
	}
	return n
}

// maxAllCodes is how many codes all fonts together may tell of: each takes some 100 bytes.
const maxAllCodes = 2_000_000

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
	if d.codes += len(f.unicode) + len(f.widths); d.codes > maxAllCodes {
		return nil, fmt.Errorf("the fonts tell of more than %d codes: export the file with subsets of them: %w", maxAllCodes, platen.Invalid)
	}
	if isRef {
		d.fonts[ref] = f
	}
	return f, nil
}
