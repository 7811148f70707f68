package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A page is one of a document, read as far as was needed.
type page struct {
	number int // from 1
	dict   types.Dict
	ref    types.IndirectRef
	view   pdf.View
	stream string     // digest of its content; pages with another one are not equal
	print  string     // fingerprint: equal ones are drawn alike
	drawn  *drawn     // see document.draw; nil: it is not read, or was let go
	read   bool       // it was read once
	flow   []fragment // what blocks take of it
	twin   *page      // page of the other document with the same fingerprint
}

// contents returns the streams of a page's content.
func (p *page) contents(f *pdf.File) (list []types.StreamDict, err error) {
	r := reader{file: f}
	for _, o := range r.list(p.dict["Contents"]) {
		s, err := f.Stream(o)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, r.err
}

// content returns the decoded content of a page. A line ends between its streams (§7.8.2).
func (p *page) content(f *pdf.File) ([]byte, error) {
	streams, err := p.contents(f)
	if err != nil {
		return nil, err
	}
	var parts [][]byte
	left := maxStream
	for _, s := range streams {
		part, err := f.DecodeWithin(s, left)
		if err != nil {
			return nil, err
		}
		parts, left = append(parts, part), left-len(part)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return bytes.Join(parts, []byte("\n")), nil
}

// print sets the fingerprints of all pages: their size and content streams as they are packed,
// their resources with whole fonts, and their annotations.
func (d *document) print() error {
	for _, p := range d.pages {
		h := sha256.New()
		fmt.Fprint(h, p.view)
		streams, err := p.contents(d.file)
		if err != nil {
			return err
		}
		for _, s := range streams {
			packed, err := d.digests.of(without(s.Dict, "Length"))
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%d%s", len(s.Raw), packed)
			h.Write(s.Raw)
		}
		looks, err := d.annotationLooks(p)
		if err != nil {
			return err
		}
		io.WriteString(h, looks)
		p.stream = hex.EncodeToString(h.Sum(nil))
		resources, err := d.digests.of(p.dict["Resources"])
		if err != nil {
			return err
		}
		p.print = p.stream + resources
	}
	return nil
}

// printGlyphs replaces the fingerprint of a page by one that knows of each font the glyphs in
// use. So a glyph that a subset gained for another page changes nothing here.
func (d *document) printGlyphs(p *page) error {
	h := sha256.New()
	io.WriteString(h, p.stream)
	if err := d.printResources(h, p); err != nil {
		return err
	}
	p.print = hex.EncodeToString(h.Sum(nil))
	return nil
}

// printResources writes what the page's resources are, each font by the glyphs in use.
func (d *document) printResources(h io.Writer, p *page) error {
	r := reader{file: d.file}
	resources := r.dict(p.dict["Resources"])
	for _, kind := range slices.Sorted(maps.Keys(resources)) {
		if kind == "Font" || kind == "ProcSet" {
			continue
		}
		sum, err := d.digests.of(resources[kind])
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "/%s %s", kind, sum)
	}
	fonts := r.dict(resources["Font"])
	used, err := d.usedCodes(p, fonts)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(fonts)) {
		f, err := d.font(fonts[name])
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "/%s %s", name, f.digest(used[name]))
		if err := f.check(); err != nil {
			return err
		}
	}
	return r.err
}

// usedCodes returns which codes of which font the page shows.
func (d *document) usedCodes(p *page, fonts types.Dict) (map[string]map[int]bool, error) {
	content, err := p.content(d.file)
	if err != nil {
		return nil, err
	}
	used := map[string]map[int]bool{}
	var f *font
	var codes map[int]bool
	var operands []types.Object
	note := func(o types.Object) {
		if b, ok := pdf.Bytes(o); ok && f != nil {
			f.codes(b, func(code int) { codes[code] = true })
		}
	}
	for op := range pdf.Operations(content) {
		switch op.Operator {
		case "Tf":
			operands = pdf.Operands(operands[:0], content, op)
			name, _ := first(operands).(types.Name)
			if codes = used[string(name)]; codes == nil {
				codes = map[int]bool{}
				used[string(name)] = codes
			}
			if f, err = d.font(fonts[string(name)]); err != nil {
				return nil, err
			}
		case "Tj", "TJ", "'", `"`:
			operands = pdf.Operands(operands[:0], content, op)
			for _, o := range operands {
				note(o)
				if list, ok := o.(types.Array); ok {
					for _, v := range list {
						note(v)
					}
				}
			}
		}
	}
	return used, nil
}

func first(list []types.Object) types.Object {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
