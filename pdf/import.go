package pdf

import (
	"bytes"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// An Importer copies objects of another file into an update. What several
// imported objects refer to is copied once.
type Importer struct {
	update *Update
	source *File
	copied map[types.IndirectRef]types.IndirectRef
	left   int // bytes of content that may still be decoded
}

// Importer begins copying from source, within that file's limits.
func (u *Update) Importer(source *File) *Importer {
	return &Importer{
		update: u, source: source.view(source.limits.Decoded), copied: map[types.IndirectRef]types.IndirectRef{}, left: source.limits.Decoded,
	}
}

// leftOut are the entries that lead from what a page shows back to its
// document: pages, structure, marked content, layers, and other programs' data.
var leftOut = []string{"Parent", "P", "StructParent", "StructParents", "Properties", "Metadata", "PieceInfo", "OC", "AF", "OPI"}

// named are the entries that hold dictionaries whose keys are names of the file's
// own, as of a resource or a glyph: all are copied.
var named = []string{"ColorSpace", "ExtGState", "Font", "Pattern", "Shading", "XObject", "CharProcs", "Colorants"}

// object returns a copy of o for use in the update.
func (i *Importer) object(o types.Object, without []string, depth int) (_ types.Object, err error) {
	if depth <= 0 {
		return nil, wrong(number(o), -1, "the objects of the page are nested too deep: flatten them or raise the limit")
	}
	switch o := o.(type) {
	case types.IndirectRef:
		return i.reference(o, without, depth)
	case types.Array:
		list := make(types.Array, len(o))
		for n, v := range o {
			if list[n], err = i.object(v, leftOut, depth-1); err != nil {
				return nil, err
			}
		}
		return list, nil
	case types.Dict:
		return i.dict(o, without, depth)
	case types.StreamDict:
		return i.stream(o, depth)
	}
	return o, nil
}

// stream copies a stream as it is, but content that could hold marks without them.
func (i *Importer) stream(o types.StreamDict, depth int) (types.StreamDict, error) {
	d, err := i.dict(o.Dict, leftOut, depth)
	if err != nil || d["Subtype"] != types.Name("Form") && d["PatternType"] == nil {
		return types.StreamDict{Dict: d, Raw: o.Raw}, err
	}
	content, err := i.source.decode(o, 0, i.left)
	if err != nil {
		return o, err
	}
	i.left -= len(content)
	delete(d, "DecodeParms")
	return Compress(d, withoutMarks(content)), nil
}

func (i *Importer) dict(o types.Dict, without []string, depth int) (types.Dict, error) {
	d := make(types.Dict, len(o))
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if slices.Contains(without, key) {
			continue
		}
		within := leftOut
		if slices.Contains(named, key) {
			within = nil
		}
		v, err := i.object(o[key], within, depth-1)
		if err != nil {
			return nil, err
		}
		d[key] = v
	}
	return d, nil
}

func (i *Importer) reference(ref types.IndirectRef, without []string, depth int) (types.Object, error) {
	if there, ok := i.copied[ref]; ok {
		return there, nil
	}
	v, err := i.source.Object(ref)
	if err != nil || v == nil {
		return nil, err
	}
	here := i.update.Add(nil) // first, since what it holds may refer back to it
	i.copied[ref] = here
	v, err = i.object(v, without, depth-1)
	if err != nil {
		return nil, err
	}
	i.update.Set(here, v)
	return here, nil
}

// Form copies a page as a form XObject that is a transparency group (§8.10,
// §11.6.6), and returns how large it is. It is drawn as a viewer shows the page,
// upright, its lower left corner in the origin. It has no tags of its own:
// annotations, marked content and whatever else makes the page part of its
// document stay behind.
func (i *Importer) Form(p Page) (ref types.IndirectRef, view View, err error) {
	if view, err = i.source.View(p); err != nil {
		return ref, view, err
	}
	box, err := i.source.Box(p)
	if err != nil {
		return ref, view, err
	}
	content, err := i.source.content(p, i.left)
	if err != nil {
		return ref, view, err
	}
	i.left -= len(content)
	resources, err := i.source.Dict(p.Dict["Resources"])
	if err != nil {
		return ref, view, err
	}
	copied, err := i.dict(resources, leftOut, i.source.limits.Depth)
	if err != nil {
		return ref, view, err
	}
	return i.update.Add(Compress(types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Form"),
		"BBox":      types.Array{types.Float(box.X0), types.Float(box.Y0), types.Float(box.X1), types.Float(box.Y1)},
		"Matrix":    view.ToPage.Inverse().Array(),
		"Resources": copied,
		"Group":     types.Dict{"S": types.Name("Transparency")},
	}, withoutMarks(content))), view, nil
}

// withoutMarks drops the marked-content operators of a content stream (§14.6).
func withoutMarks(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for op := range Operations(content) {
		switch op.Operator {
		case "BMC", "BDC", "EMC", "MP", "DP":
		default:
			out = append(append(out, content[op.Start:op.End]...), '\n')
		}
	}
	return out
}

// Content returns the decoded content of a page. Where it has several streams,
// a line ends between them (§7.8.2).
func (f *File) Content(p Page) ([]byte, error) { return f.content(p, f.limits.Decoded) }

// content is Content with a limit of its own.
func (f *File) content(p Page, left int) ([]byte, error) {
	streams, err := f.list(p.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	if streams == nil {
		return nil, nil
	}
	var parts [][]byte
	for _, o := range streams {
		s, err := f.Stream(o)
		if err != nil {
			return nil, err
		}
		part, err := f.decode(s, number(o), left)
		if err != nil {
			return nil, err
		}
		left -= len(part)
		parts = append(parts, part)
	}
	return bytes.Join(parts, []byte("\n")), nil
}
