package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// Limits of one page.
const (
	maxForms      = 20        // nested
	maxOperations = 5_000_000 // with those of forms
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
	faint     map[[2]string]string // of colours: why text in one is not seen on the other
	resources types.Dict
	names     map[string]string // digests of resources of this content, by kind and name
	state     state
	stack     []state
	marks     []mark
	path      path
	clipping  bool   // the path becomes a clip
	inline    string // digest of the inline image at hand
	left      int    // operations
	depth     int    // forms that may still be nested
	err       error
}

// A mark is a marked-content sequence (§14.6).
type mark struct {
	mcid     int
	artifact bool
	actual   string // replacement of the glyphs in it
	replaces bool
	replaced bool // the first glyph has it
}

// draw reads what a page shows.
func (d *document) draw(p *page) error {
	if p.drawn != nil {
		return nil
	}
	content, err := p.content(d.file)
	if err != nil {
		return err
	}
	v := p.view
	flip := pdf.Matrix{1, 0, 0, -1, 0, v.Height}
	in := &interpreter{doc: d, toView: v.ToPage.Inverse().Then(flip), shown: Box{0, 0, v.Width, v.Height}, canon: sha256.New(),
		used: map[*font]map[int]bool{}, styles: map[Font]*Font{}, faint: map[[2]string]string{}, left: maxOperations, depth: maxForms}
	in.state = state{ctm: in.toView, clip: in.shown, fill: black, stroke: black, alpha: 1, strokeAlpha: 1, width: 1, scale: 1, tm: unit, line: unit}
	in.run(content, p.dict["Resources"])
	if in.err != nil {
		return fmt.Errorf("page %d: %w", p.number, in.err)
	}
	if in.out.looks, err = d.annotationLooks(p); err != nil {
		return fmt.Errorf("page %d: %w", p.number, err)
	}
	in.finish()
	in.out.glyphs = slices.Clone(in.out.glyphs) // without the room to grow
	p.drawn = &in.out
	return nil
}

// finish says which glyphs are covered, and closes the digest.
func (in *interpreter) finish() {
	for i := range in.out.glyphs {
		in.out.glyphs[i].hidden = in.hidden(&in.out.glyphs[i])
	}
	var sums []string
	for f, codes := range in.used {
		sums = append(sums, f.digest(codes))
	}
	slices.Sort(sums)
	fmt.Fprint(in.canon, sums, in.shown, in.out.looks)
	in.out.canon = hex.EncodeToString(in.canon.Sum(nil)[:16])
}

// run follows one content stream with its resources.
func (in *interpreter) run(content []byte, resources types.Object) {
	r := reader{file: in.doc.file}
	outer, names := in.resources, in.names
	in.resources, in.names = r.dict(resources), map[string]string{}
	if in.keep(r.err) {
		return
	}
	var operands []types.Object
	for op := range pdf.Operations(content) {
		if in.left--; in.left < 0 {
			in.keep(fmt.Errorf("the content has more than %d operations: split the page", maxOperations))
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
			in.inline = platen.Digest(content[op.Start:op.End])
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

// mark begins marked content.
func (in *interpreter) mark(operands []types.Object) {
	m := mark{mcid: -1}
	if n := len(in.marks); n > 0 {
		m = in.marks[n-1]
		m.replaces = false
	}
	if name, _ := first(operands).(types.Name); name == "Artifact" {
		m.mcid, m.artifact = -1, true
	}
	if len(operands) > 1 {
		r := reader{file: in.doc.file}
		props := operands[1]
		if name, ok := props.(types.Name); ok {
			props = in.resource("Properties", string(name))
		}
		d := r.dict(props)
		if id, ok := d["MCID"].(types.Integer); ok {
			m.mcid = int(id)
		}
		if actual, ok := d["ActualText"]; ok {
			m.actual, m.replaces = r.text(actual), true
		}
		in.keep(r.err)
	}
	in.marks = append(in.marks, m)
}

// form follows a form XObject, or notes an image.
func (in *interpreter) form(name string) {
	o := in.resource("XObject", name)
	s, err := in.doc.file.Stream(o)
	if in.keep(err) {
		return
	}
	if s.Dict["Subtype"] != types.Name("Form") {
		in.paint(shape{kind: "image", colour: in.digest("XObject", name), alpha: in.state.alpha, box: mapBox(in.state.ctm, 0, 0, 1, 1), solid: true})
		return
	}
	if in.depth--; in.depth < 0 {
		in.keep(fmt.Errorf("forms are nested deeper than %d: flatten them", maxForms))
		return
	}
	defer func() { in.depth++ }()
	r := reader{file: in.doc.file}
	outer, stack, marks := in.state, in.stack, in.marks
	if m := r.numbers(s.Dict["Matrix"]); len(m) == 6 {
		in.state.ctm = pdf.Matrix(m).Then(in.state.ctm)
	}
	if b := r.numbers(s.Dict["BBox"]); len(b) == 4 {
		in.state.clip = in.state.clip.meet(mapBox(in.state.ctm, b[0], b[1], b[2], b[3]))
	}
	resources := s.Dict["Resources"]
	if resources == nil {
		resources = maps.Clone(in.resources)
	}
	content, err := in.doc.file.Decode(s)
	if !in.keep(err) && !in.keep(r.err) {
		in.run(content, resources)
	}
	in.state, in.stack, in.marks = outer, stack, marks
}
