package finish

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// Flags of a field's widget: printed, as PDF/A demands, and locked (ISO 32000-2 §12.5.3).
const widgetFlags = 1<<2 | 1<<7

// reserve makes an empty signature field of each link that reserves the place of one
// (ISO 32000-2 §12.7.5.5), at that place and with the link's tag. Two with the same name
// are Invalid.
func (d *draft) reserve(catalog types.Dict) error {
	r := reserver{draft: d, names: map[string]bool{}}
	for _, p := range d.pages {
		annotations, err := d.file.Array(p.Dict["Annots"])
		if err != nil {
			return err
		}
		for _, o := range annotations {
			if err := r.link(p, catalog, o); err != nil {
				return err
			}
		}
	}
	if r.fields != nil {
		catalog["AcroForm"] = d.update.Add(types.Dict{"Fields": r.fields})
	}
	return nil
}

type reserver struct {
	*draft
	names  map[string]bool
	fields types.Array
	empty  types.IndirectRef // appearance of all fields; the zero value while there is none
}

// link makes a field of one annotation, if it reserves the place of one.
func (r *reserver) link(p *page, catalog types.Dict, o types.Object) error {
	ref, isRef := o.(types.IndirectRef)
	link, err := r.file.Dict(o)
	if err != nil || !isRef || link["Subtype"] != types.Name("Link") {
		return err
	}
	action, err := r.file.Dict(link["A"])
	if err != nil {
		return err
	}
	target, err := r.file.Resolve(action["URI"])
	if err != nil {
		return err
	}
	name, ok := platen.FieldOf(pdf.Text(target))
	if !ok {
		return nil
	}
	if r.names[name] {
		return fmt.Errorf("the signature field %q stands in the document twice: give each its own name: %w", name, platen.Invalid)
	}
	r.names[name] = true
	r.fields = append(r.fields, ref)
	r.update.Set(ref, types.Dict{
		"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": types.Name("Sig"),
		"T": pdf.TextString(name), "TU": pdf.TextString(name), "F": types.Integer(widgetFlags),
		"P": p.Ref, "Rect": link["Rect"], "StructParent": link["StructParent"], "AP": types.Dict{"N": r.nothing()},
	})
	return r.tag(catalog, name, link["StructParent"])
}

// nothing is an appearance that shows nothing: PDF/A asks for one (ISO 19005-3 §6.3.3).
func (r *reserver) nothing() types.IndirectRef {
	if r.empty == (types.IndirectRef{}) {
		zero := types.Integer(0)
		r.empty = r.update.Add(types.StreamDict{Dict: types.Dict{
			"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "BBox": types.Array{zero, zero, types.Integer(1), types.Integer(1)}, "Resources": types.Dict{},
		}})
	}
	return r.empty
}

// tag makes a Form of the link's element, which may hold nothing but the field
// (ISO 14289-1 §7.18.4).
func (r *reserver) tag(catalog types.Dict, name string, key types.Object) error {
	tree, err := r.file.Dict(catalog["StructTreeRoot"])
	if err != nil || tree == nil {
		return err
	}
	o, err := r.parent(tree["ParentTree"], key, maxParents)
	if err != nil {
		return err
	}
	ref, isRef := o.(types.IndirectRef)
	element, err := r.file.Dict(o)
	if err != nil {
		return err
	}
	kid, err := r.file.Resolve(element["K"])
	if err != nil {
		return err
	}
	if object, alone := kid.(types.Dict); !isRef || !alone || object["Type"] != types.Name("OBJR") {
		return fmt.Errorf("the place of the signature field %q is not empty, or stands on several pages: put content and background around it, and let no page repeat it: %w", name, platen.Invalid)
	}
	element["S"] = types.Name("Form")
	r.update.Set(ref, element)
	return r.list(element["P"])
}

// list has the elements above a field hold what they hold as a list, also where that is
// one thing: there are verifiers that find a field in no other way, and take its
// signature for a change of the structure.
func (r *reserver) list(above types.Object) error {
	for range pdf.DefaultLimits.Depth {
		ref, isRef := above.(types.IndirectRef)
		element, err := r.file.Dict(above)
		if err != nil || !isRef || element["S"] == nil {
			return err
		}
		kid, err := r.file.Resolve(element["K"])
		if err != nil {
			return err
		}
		if _, alone := kid.(types.Dict); alone {
			element["K"] = types.Array{element["K"]}
			r.update.Set(ref, element)
		}
		above = element["P"]
	}
	return nil
}

// maxParents is how deep a parent tree may be.
const maxParents = 32

// parent returns what a parent tree has under a key, nil for nothing (ISO 32000-2 §7.9.7).
func (r *reserver) parent(o, key types.Object, depth int) (types.Object, error) {
	node, err := r.file.Dict(o)
	if err != nil || depth == 0 {
		return nil, err
	}
	pairs, err := r.file.Array(node["Nums"])
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == key {
			return pairs[i+1], nil
		}
	}
	kids, err := r.file.Array(node["Kids"])
	if err != nil {
		return nil, err
	}
	for _, kid := range kids {
		if found, err := r.parent(kid, key, depth-1); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}
