package diff

import (
	"fmt"
	"maps"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// Marked returns the second file with a frame around each place of a finding, as annotations
// that say what it is. The pages themselves stay as they are: it is an incremental update. What
// is only in the first file has no place here. An error is Invalid: b cannot be read.
func (r *Report) Marked(b []byte) ([]byte, error) {
	f, err := pdf.Open(b, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	notes := r.notes()
	u := f.Update()
	for p, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
		if len(notes[p.Number]) == 0 {
			continue
		}
		view, err := f.View(p)
		if err != nil {
			return nil, err
		}
		list, err := f.Array(p.Dict["Annots"])
		if err != nil {
			return nil, err
		}
		for _, n := range notes[p.Number] {
			list = append(list, u.Add(n.annotation(u, view)))
		}
		d := maps.Clone(p.Dict)
		d["Annots"] = list
		u.Set(p.Ref, d)
	}
	return u.Bytes()
}

// A note is one frame.
type note struct {
	box   Box
	words string
	red   bool // unexpected
}

// notes lists the frames of each page.
func (r *Report) notes() map[int][]note {
	out := map[int][]note{}
	for _, f := range r.Findings {
		words := fmt.Sprintf("%s: %s", f.Class, f.What)
		if f.Mask != "" {
			words = "expected (" + f.Mask + "): " + words
		}
		for _, p := range f.Places {
			for _, box := range p.B.Boxes {
				out[p.B.Page] = append(out[p.B.Page], note{box.grown(1.5), words, f.Mask == ""})
			}
		}
	}
	return out
}

// annotation is a square with a look of its own, so that all viewers show the same.
func (n note) annotation(u *pdf.Update, view pdf.View) types.Dict {
	flip := pdf.Matrix{1, 0, 0, -1, 0, view.Height}
	on := mapBox(flip.Then(view.ToPage), n.box.X0, n.box.Y0, n.box.X1, n.box.Y1)
	colour := types.Array{types.Float(0.1), types.Float(0.45), types.Float(0.25)}
	if n.red {
		colour = types.Array{types.Float(0.85), types.Float(0.25), types.Float(0.05)}
	}
	w, h := on.X1-on.X0, on.Y1-on.Y0
	look := pdf.Compress(types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "Resources": types.Dict{},
		"BBox": types.Array{types.Integer(0), types.Integer(0), types.Float(w), types.Float(h)},
	}, fmt.Appendf(nil, "%v %v %v RG 1 w 0.5 0.5 %.3f %.3f re S", float(colour[0]), float(colour[1]), float(colour[2]), max(w-1, 0), max(h-1, 0)))
	return types.Dict{
		"Type": types.Name("Annot"), "Subtype": types.Name("Square"), "F": types.Integer(4), // printed
		"Rect":     types.Array{types.Float(on.X0), types.Float(on.Y0), types.Float(on.X1), types.Float(on.Y1)},
		"C":        colour,
		"Contents": pdf.TextString(n.words),
		"AP":       types.Dict{"N": u.Add(look)},
	}
}
