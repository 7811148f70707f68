package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// otherForms lists the streams that embedded files have beside the one that is a fact, such as one
// for another system (§7.11.4.2), each with the digest of its content.
func (d *document) otherForms() (out []string, err error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	named, err := d.file.NameTree(r.dict(catalog["Names"])["EmbeddedFiles"])
	if err != nil {
		return nil, err
	}
	specs := r.list(catalog["AF"])
	for _, e := range named {
		specs = append(specs, e.Value)
	}
	seen := map[types.Object]bool{}
	for _, o := range specs {
		spec := r.dict(o)
		files := r.dict(spec["EF"])
		for _, key := range slices.Sorted(maps.Keys(files)) {
			ref, isRef := files[key].(types.IndirectRef)
			if !isRef || key == "F" || ref == files["F"] || seen[ref] {
				continue
			}
			seen[ref] = true
			out = append(out, fmt.Sprintf("%s (%s): sha256 %.12s…", r.text(spec["F"]), key, platen.Digest(r.stream(ref))))
		}
	}
	return out, r.err
}
