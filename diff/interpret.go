package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// Limits of one page.
const (
	maxForms      = 20        // nested
	maxOperations = 5_000_000 // with those of forms
	perOperation  = 32        // bytes of a form that count as an operation, whatever is in them
	maxRoom       = 64 << 20  // bytes that its glyphs and shapes may take
)

// An interpreter follows the content of a page.
type interpreter struct {
	doc       *document
	toView    pdf.Matrix
	shown     Box
	out       drawn
	canon     hash.Hash
	used      map[*font]map[int]bool
	styles    map[Font]*Font
	faint     map[faint]string // of colours: why text in one is not seen on the other
	resources types.Dict
	names     map[string]string // digests of resources of this content, by kind and name
	state     state
	stack     []state
	marks     []mark
	stream    types.IndirectRef // of the form at hand; none: the page's own content
	path      path
	clipping  bool   // the path becomes a clip
	inline    string // digest of the inline image at hand
	masks     bool   // it may be one that lets through what is behind it
	left      int    // operations that may still be done
	room      int    // bytes that may still be taken
	depth     int    // forms that may still be nested
	err       error
}

// A mark is a marked-content sequence (§14.6).
type mark struct {
	mcid     int
	artifact bool
	actual   string // replacement of the glyphs in it
	replaces bool
	replaced bool   // the first glyph has it
	layer    string // digest of the optional content that it is in (§8.11.3.2); "" is none
}

// interpret reads what a page shows.
func (d *document) interpret(p *page) (*drawn, error) {
	content, err := p.content(d.file)
	if err != nil {
		return nil, err
	}
	v := p.view
	in := &interpreter{doc: d, toView: p.toView(), shown: Box{0, 0, v.Width, v.Height}, canon: sha256.New(),
		used: map[*font]map[int]bool{}, styles: map[Font]*Font{}, faint: map[faint]string{}, left: maxOperations, room: maxRoom, depth: maxForms}
	in.state = state{ctm: in.toView, clip: in.shown, fill: black, stroke: black, alpha: 1, strokeAlpha: 1, within: 1, width: 1, scale: 1, tm: unit, line: unit, settings: &settings{}}
	in.run(content, p.dict["Resources"])
	if in.err != nil {
		return nil, in.err
	}
	if in.finish(); in.err != nil {
		return nil, in.err
	}
	annotations, err := d.annotations(p)
	if err != nil {
		return nil, err
	}
	in.out.shapes = append(in.out.shapes, annotations...)
	for _, s := range annotations {
		fmt.Fprint(in.canon, s.box, s.colour)
	}
	in.out.canon = hex.EncodeToString(in.canon.Sum(nil)[:16])
	in.out.glyphs = slices.Clone(in.out.glyphs) // without the room to grow
	return &in.out, nil
}

// finish says which glyphs are covered, and adds the fonts to the digest.
func (in *interpreter) finish() {
	c := newCovers(in.out.shapes, in.shown.Y1)
	for i := range in.out.glyphs {
		in.out.glyphs[i].hidden = in.hidden(&in.out.glyphs[i], c)
	}
	in.keep(c.err())
	var sums []string
	for f, codes := range in.used {
		sums = append(sums, f.digest(codes))
		in.keep(f.check())
	}
	slices.Sort(sums)
	fmt.Fprint(in.canon, sums, in.shown)
}

// run follows one content stream with its resources.
func (in *interpreter) run(content []byte, resources types.Object) {
	r := reader{file: in.doc.file}
	outer, names := in.resources, in.names
	in.resources, in.names = r.dict(resources), map[string]string{}
	if in.keep(r.err) {
		return
	}
	in.defaults(&r)
	var operands []types.Object
	for op := range pdf.Operations(content) {
		if in.left--; in.left < 0 || in.room < 0 {
			in.keep(fmt.Errorf("the content has more than %d operations, or draws more than %d MB: split the page: %w", maxOperations, maxRoom>>20, platen.Invalid))
		}
		if in.left%1024 == 0 && in.doc.ctx.Err() != nil {
			in.keep(fmt.Errorf("%w: %w", in.doc.ctx.Err(), platen.Busy))
		}
		if in.err != nil {
			return
		}
		operands = pdf.Operands(operands[:0], content, op)
		if !in.named(op.Operator, operands) {
			in.canon.Write(content[op.Start:op.End])
			io.WriteString(in.canon, "\n")
		}
		if op.Operator == "BI" {
			in.inline = platen.Digest(content[op.Start:op.End]) + in.spaces()
			io.WriteString(in.canon, in.inline)
			in.masks = bytes.Contains(content[op.Start:op.End], []byte("/IM"))
		}
		in.do(op.Operator, operands)
	}
	in.resources, in.names = outer, names
}

// named adds an operation that names a resource or marks content to the digest, and reports
// whether it is one.
func (in *interpreter) named(op string, operands []types.Object) bool {
	kind := ""
	switch op {
	case "BDC", "BMC", "EMC", "DP", "MP":
		return true
	case "Tf":
		kind = "Font"
	case "gs":
		kind = "ExtGState"
	case "Do":
		kind = "XObject"
	case "cs", "CS":
		kind = "ColorSpace"
	case "scn", "SCN":
		kind = "Pattern"
	case "sh":
		kind = "Shading"
	default:
		return false
	}
	for _, o := range operands {
		if name, ok := o.(types.Name); ok {
			fmt.Fprint(in.canon, in.digest(kind, string(name)), " ")
		} else {
			fmt.Fprint(in.canon, o, " ")
		}
	}
	io.WriteString(in.canon, op+"\n")
	return true
}

// digest says what a resource is. A font is known by its name here, and by its glyphs in the end.
func (in *interpreter) digest(kind, name string) string {
	key := kind + "/" + name
	if sum, ok := in.names[key]; ok {
		return sum
	}
	sum := name
	if kind == "Font" {
		if f, err := in.doc.font(in.resource(kind, name)); !in.keep(err) {
			sum = f.name
		}
	} else if o := in.resource(kind, name); o != nil {
		var err error
		sum, err = in.doc.digests.of(o)
		in.keep(err)
	}
	in.names[key] = sum
	return sum
}

// resource returns a resource by name; nil for none.
func (in *interpreter) resource(kind, name string) types.Object {
	r := reader{file: in.doc.file}
	o := r.dict(in.resources[kind])[name]
	in.keep(r.err)
	return o
}

// keep keeps the first error, and reports whether there is one.
func (in *interpreter) keep(err error) bool {
	if in.err == nil {
		in.err = err
	}
	return in.err != nil
}
