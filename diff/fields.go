package diff

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A field is one of the form, with what it inherits (§12.7.4).
type field struct {
	name, kind string
	value      types.Object
	about      types.Dict   // what else it says or does
	object     types.Object // that it is
}

// aside are the entries of a field that are not about it: where it is in the tree, what each field
// has as its own, and those of its annotation.
var aside = []string{"T", "FT", "V", "Kids", "Parent", "Type", "Subtype", "Rect", "P", "AP", "AS", "F", "Border", "BS", "C", "MK", "H", "OC", "StructParent"}

// ofFields are the entries of an annotation that are those of its field.
var ofFields = []string{"T", "FT", "V", "DV", "Ff", "Opt", "MaxLen", "TU", "TM", "Lock", "SV", "DA", "DS", "RV", "Q", "TI", "I"}

// eachField yields the fields that have no others below them, in the order of the form.
func (d *document) eachField(yield func(r *reader, f field)) error {
	catalog, err := d.file.Catalog()
	if err != nil {
		return err
	}
	r := reader{file: d.file}
	seen := map[types.Object]bool{}
	var walk func(list types.Array, above field, depth int)
	walk = func(list types.Array, above field, depth int) {
		for _, o := range list {
			if ref, ok := o.(types.IndirectRef); ok {
				if seen[ref] {
					continue
				}
				seen[ref] = true
			}
			dict := r.dict(o)
			if dict == nil || depth == maxDepth {
				continue
			}
			f := field{above.name, above.kind, above.value, maps.Clone(above.about), o}
			if own := r.text(dict["T"]); own != "" {
				f.name = strings.TrimPrefix(above.name+"."+own, ".")
			}
			if kind := r.text(dict["FT"]); kind != "" {
				f.kind = kind
			}
			if v, ok := dict["V"]; ok {
				f.value = v
			}
			maps.Copy(f.about, without(dict, aside...))
			kids := r.array(dict["Kids"])
			if slices.ContainsFunc(kids, func(k types.Object) bool { return r.dict(k)["T"] != nil }) {
				walk(kids, f, depth+1)
			} else {
				yield(&r, f) // its kids are where it is drawn
			}
		}
	}
	walk(r.array(r.dict(catalog["AcroForm"])["Fields"]), field{about: types.Dict{}}, 0)
	return r.err
}

// fields lists the form fields with their values and what they do.
func (d *document) fields() (out []string, err error) {
	err = d.eachField(func(r *reader, f field) {
		if f.signed(r) {
			return // see signatures
		}
		line := fmt.Sprintf("%s (%s): %s", f.name, f.kind, d.valueOf(r, f.value))
		if f.kind == "Sig" {
			line = f.name + " (Sig), not signed"
		}
		out = append(out, line+d.entries(r, f.about))
	})
	return out, err
}

// signed reports whether a field holds a signature.
func (f *field) signed(r *reader) bool { return f.kind == "Sig" && r.dict(f.value) != nil }

// valueOf is the value of a field: a text, several texts, or the digest of anything else.
func (d *document) valueOf(r *reader, o types.Object) string {
	switch v := r.resolve(o).(type) {
	case nil:
		return ""
	case types.Name, types.StringLiteral, types.HexLiteral:
		return pdf.Text(v)
	case types.Array:
		var texts []string
		for _, t := range v {
			text, isText := pdf.Bytes(r.resolve(t))
			if !isText || bytes.Contains(text, []byte(",")) {
				return d.sum(r, o)
			}
			texts = append(texts, r.text(t))
		}
		return strings.Join(texts, ", ")
	}
	return d.sum(r, o)
}

func (d *document) sum(r *reader, o types.Object) string {
	sum, err := d.digests.of(o)
	r.keep(err)
	return "sha256 " + sum
}

// signatures lists the signatures: what they say, and the digest of all that they are made of but
// the place in the file.
func (d *document) signatures() (out []string, err error) {
	err = d.eachField(func(r *reader, f field) {
		if !f.signed(r) {
			return
		}
		v := without(r.dict(f.value), "ByteRange")
		sum, err := d.digests.of(v)
		r.keep(err)
		parts := []string{}
		for _, key := range []string{"Name", "Reason", "Location", "M", "SubFilter"} {
			parts = append(parts, r.text(v[key]))
		}
		out = append(out, fmt.Sprintf("%s: %s, value %.16s", f.name, strings.Join(parts, ", "), sum)+d.entries(r, f.about))
	})
	return out, err
}
