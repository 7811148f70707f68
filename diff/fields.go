package diff

import (
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
	about      types.Dict // what else it says or does
}

// aboutField are the entries of a field that matter beside its name, kind and value.
var aboutField = []string{"Ff", "DV", "Opt", "MaxLen", "AA", "A", "TU", "TM", "Lock", "SV"}

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
			if _, ok := o.(types.IndirectRef); !ok || seen[o] || depth == maxDepth {
				continue
			}
			seen[o] = true
			dict := r.dict(o)
			f := field{above.name, above.kind, above.value, maps.Clone(above.about)}
			if own := r.text(dict["T"]); own != "" {
				f.name = strings.TrimPrefix(above.name+"."+own, ".")
			}
			if kind := r.text(dict["FT"]); kind != "" {
				f.kind = kind
			}
			if v, ok := dict["V"]; ok {
				f.value = v
			}
			for _, key := range aboutField {
				if v, ok := dict[key]; ok {
					f.about[key] = v
				}
			}
			kids := r.array(dict["Kids"])
			if slices.ContainsFunc(kids, func(k types.Object) bool { return r.dict(k)["T"] != nil }) {
				walk(kids, f, depth+1)
			} else if f.kind != "" {
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
		if f.kind == "Sig" && f.value != nil {
			return // see signatures
		}
		line := fmt.Sprintf("%s (%s): %s", f.name, f.kind, d.valueOf(r, f.value))
		if f.kind == "Sig" {
			line = f.name + " (Sig), not signed"
		}
		out = append(out, line+d.entries(r, f.about, aboutField...))
	})
	return out, err
}

// valueOf is the value of a field: a text, several, or the digest of a longer one.
func (d *document) valueOf(r *reader, o types.Object) string {
	switch v := r.resolve(o).(type) {
	case types.Array:
		var texts []string
		for _, t := range v {
			texts = append(texts, r.text(t))
		}
		return strings.Join(texts, ", ")
	case types.StreamDict:
		sum, err := d.digests.of(o)
		r.keep(err)
		return "sha256 " + sum
	default:
		return pdf.Text(v)
	}
}

// signatures lists the signatures: what they say, and the digest of all that they are made of but
// the place in the file.
func (d *document) signatures() (out []string, err error) {
	err = d.eachField(func(r *reader, f field) {
		v := maps.Clone(r.dict(f.value))
		if f.kind != "Sig" || v == nil {
			return
		}
		delete(v, "ByteRange")
		sum, err := d.digests.of(v)
		r.keep(err)
		parts := []string{}
		for _, key := range []string{"Name", "Reason", "Location", "M", "SubFilter"} {
			parts = append(parts, r.text(v[key]))
		}
		out = append(out, fmt.Sprintf("%s: %s, value %.16s", f.name, strings.Join(parts, ", "), sum))
	})
	return out, err
}
