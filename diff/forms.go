package diff

import (
	"fmt"
	"maps"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

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
			m.mcid = in.doc.mark(in.stream, int(id))
		}
		if name, _ := operands[0].(types.Name); name == "OC" {
			m.layer = in.said(types.Array{types.StringLiteral(m.layer), props})[:16]
		}
		if actual, ok := d["ActualText"]; ok {
			m.actual, m.replaces = r.text(actual), true
		}
		in.keep(r.err)
	}
	if len(in.marks) >= maxStack {
		in.keep(fmt.Errorf("marked content is nested deeper than %d: export the file again: %w", maxStack, platen.Invalid))
		return
	}
	in.marks = append(in.marks, m)
	in.layered()
}

// layered sets the optional content that is at hand, of which marks tell and not the graphics state.
func (in *interpreter) layered() {
	layer := ""
	if n := len(in.marks); n > 0 {
		layer = in.marks[n-1].layer
	}
	if in.state.settings.all["layer"] == layer {
		return
	}
	fmt.Fprintf(in.canon, "layer %s\n", layer)
	in.change(map[string]string{"layer": layer})
}

// form follows a form XObject, or notes an image.
func (in *interpreter) form(name string) {
	o := in.resource("XObject", name)
	s, err := in.doc.file.Stream(o)
	if in.keep(err) {
		return
	}
	if s.Dict["Subtype"] != types.Name("Form") {
		in.image(in.digest("XObject", name), s.Dict["SMask"] == nil && s.Dict["Mask"] == nil && s.Dict["ImageMask"] == nil)
		return
	}
	if in.depth--; in.depth < 0 {
		in.keep(fmt.Errorf("forms are nested deeper than %d: flatten them: %w", maxForms, platen.Invalid))
		return
	}
	defer func() { in.depth++ }()
	r := reader{file: in.doc.file}
	outer, stack, marks, stream := in.state, in.stack, in.marks, in.stream
	in.stream, _ = o.(types.IndirectRef)
	if m := r.numbers(s.Dict["Matrix"]); len(m) == 6 {
		in.state.ctm = pdf.Matrix(m).Then(in.state.ctm)
	}
	if b := r.numbers(s.Dict["BBox"]); len(b) == 4 {
		in.state.clip = in.state.clip.meet(mapBox(in.state.ctm, b[0], b[1], b[2], b[3]))
	}
	if oc, ok := s.Dict["OC"]; ok {
		in.mark([]types.Object{types.Name("OC"), oc})
	}
	if group, ok := s.Dict["Group"]; ok {
		in.group(group)
	}
	resources := s.Dict["Resources"]
	if resources == nil {
		resources = maps.Clone(in.resources)
	}
	content, err := in.doc.file.DecodeWithin(s, maxStream)
	in.left -= len(content) / perOperation
	if !in.keep(err) && !in.keep(r.err) {
		in.run(content, resources)
	}
	in.state, in.stack, in.marks, in.stream = outer, stack, marks, stream
}
