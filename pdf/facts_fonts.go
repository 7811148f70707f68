package pdf

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A Font is one that the resources of pages, or of forms and patterns on them, name.
type Font struct {
	Name     string `json:"name"` // with the tag of a subset: "ABCDEF+NotoSans-Regular"
	Type     string `json:"type"` // Type0 with its descendant: "Type0 CIDFontType2"
	Embedded bool   `json:"embedded"`
	Subset   bool   `json:"subset"`
}

// A fontWalk calls met for each font object that it comes upon. holder is the
// dictionary that has the font descriptor: that of the font or its descendant's.
type fontWalk struct {
	file *File
	seen refSet
	met  func(font Font, d, holder types.Dict)
}

// A refSet holds the objects that a walk has seen.
type refSet map[types.IndirectRef]bool

// once reports whether o is met for the first time. A direct object always is.
func (s refSet) once(o types.Object) bool {
	ref, ok := o.(types.IndirectRef)
	if !ok {
		return true
	}
	if s[ref] {
		return false
	}
	s[ref] = true
	return true
}

// inOrder returns the values of a dictionary in the order of their keys.
func inOrder(d types.Dict) []types.Object {
	out := make([]types.Object, 0, len(d))
	for _, key := range slices.Sorted(maps.Keys(d)) {
		out = append(out, d[key])
	}
	return out
}

// page visits the resources of a page and of what its annotations look like.
func (w *fontWalk) page(p Page) error {
	if err := w.resources(p.Dict["Resources"], w.file.limits.Depth); err != nil {
		return err
	}
	annotations, err := w.file.Array(p.Dict["Annots"])
	if err != nil {
		return err
	}
	if err := w.file.spend(visit * len(annotations)); err != nil {
		return err
	}
	for _, o := range annotations {
		d, err := w.file.Dict(o)
		if err != nil {
			return err
		}
		looks, err := w.file.Dict(d["AP"])
		if err != nil {
			return err
		}
		for _, look := range inOrder(looks) {
			if err := w.look(look); err != nil {
				return err
			}
		}
	}
	return nil
}

// look visits an appearance: a form, or forms by state.
func (w *fontWalk) look(o types.Object) error {
	v, err := w.file.Resolve(o)
	if err != nil {
		return err
	}
	states, ok := v.(types.Dict)
	if !ok {
		return w.form(o, w.file.limits.Depth)
	}
	for _, state := range inOrder(states) {
		if err := w.form(state, w.file.limits.Depth); err != nil {
			return err
		}
	}
	return nil
}

// form visits the resources of a form, a pattern or a Type 3 font.
func (w *fontWalk) form(o types.Object, depth int) error {
	if !w.seen.once(o) {
		return nil
	}
	d, err := w.file.Dict(o)
	if err != nil {
		return err
	}
	return w.resources(d["Resources"], depth)
}

func (w *fontWalk) resources(o types.Object, depth int) error {
	if o == nil || !w.seen.once(o) {
		return nil
	}
	if depth == 0 {
		return wrong(number(o), -1, "forms are nested too deep: flatten them or raise the limit")
	}
	d, err := w.file.Dict(o)
	if err != nil {
		return err
	}
	fonts, err := w.file.Dict(d["Font"])
	if err != nil {
		return err
	}
	if err := w.file.spend(visit * len(fonts)); err != nil {
		return err
	}
	for _, font := range inOrder(fonts) {
		if err := w.font(font, depth-1); err != nil {
			return err
		}
	}
	for _, kind := range []string{"XObject", "Pattern"} {
		forms, err := w.file.Dict(d[kind])
		if err != nil {
			return err
		}
		if err := w.file.spend(visit * len(forms)); err != nil {
			return err
		}
		for _, form := range inOrder(forms) {
			if err := w.form(form, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *fontWalk) font(o types.Object, depth int) error {
	if !w.seen.once(o) {
		return nil
	}
	d, err := w.file.Dict(o)
	if err != nil {
		return err
	}
	font := Font{Name: Text(d["BaseFont"]), Type: Text(d["Subtype"])}
	holder := d // of the font descriptor
	switch font.Type {
	case "Type3":
		font.Embedded = true
		if font.Name == "" {
			font.Name = Text(d["Name"])
		}
		if err := w.resources(d["Resources"], depth); err != nil {
			return err
		}
	case "Type0":
		if holder, err = w.descendant(d); err != nil {
			return err
		}
		font.Type += " " + Text(holder["Subtype"])
	}
	descriptor, err := w.file.Dict(holder["FontDescriptor"])
	if err != nil {
		return err
	}
	for _, key := range []string{"FontFile", "FontFile2", "FontFile3"} {
		font.Embedded = font.Embedded || descriptor[key] != nil
	}
	font.Subset = strings.IndexByte(font.Name, '+') == 6
	w.met(font, d, holder)
	return nil
}

func (w *fontWalk) descendant(d types.Dict) (types.Dict, error) {
	list, err := w.file.Array(d["DescendantFonts"])
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return w.file.Dict(list[0])
}

// sortFonts returns each font once, by name.
func sortFonts(fonts []Font) []Font {
	slices.SortFunc(fonts, func(a, b Font) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type), compareBool(a.Embedded, b.Embedded))
	})
	return slices.Compact(fonts)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
