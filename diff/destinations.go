package diff

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// outline lists the entries of the outline in their order.
func (d *document) outline() (out []target, err error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	named, err := d.named(catalog)
	if err != nil {
		return nil, err
	}
	seen := map[types.Object]bool{}
	var walk func(o types.Object, depth int)
	walk = func(o types.Object, depth int) {
		for ; o != nil && !seen[o] && depth < maxDepth && r.err == nil; o = r.dict(o)["Next"] {
			if _, ok := o.(types.IndirectRef); !ok {
				return
			}
			seen[o] = true
			e := r.dict(o)
			t := d.target(&r, r.text(e["Title"]), e, named)
			t.does = d.bookmarkDoes(&r, e)
			out = append(out, t)
			walk(e["First"], depth+1)
		}
	}
	walk(r.dict(catalog["Outlines"])["First"], 0)
	return out, r.err
}

// bookmarkDoes says what an entry of the outline does but for leading to a place, and how it looks.
func (d *document) bookmarkDoes(r *reader, e types.Dict) string {
	action := r.dict(e["A"])
	if r.text(action["S"]) == "GoTo" {
		action = without(action, "Type", "S", "D", "SD")
	}
	return d.entries(r, action) + d.entries(r, without(e, "Title", "Parent", "Prev", "Next", "First", "Last", "Count", "Dest", "A", "SE"))
}

// innerLinks lists the annotations that lead to a place in the document.
func (d *document) innerLinks() (out []target, err error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	named, err := d.named(catalog)
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	for _, p := range d.pages {
		for _, o := range r.array(p.dict["Annots"]) {
			a := r.dict(o)
			if r.text(a["Subtype"]) == "Link" && (a["Dest"] != nil || r.text(r.dict(a["A"])["S"]) == "GoTo") {
				out = append(out, d.target(&r, r.text(a["Contents"]), a, named))
			}
		}
	}
	return out, r.err
}

// named returns the destinations that have a name (§12.3.2.4).
func (d *document) named(catalog types.Dict) (map[string]types.Object, error) {
	r := reader{file: d.file}
	out := map[string]types.Object{}
	for name, dest := range r.dict(catalog["Dests"]) {
		out[name] = dest
	}
	entries, err := d.file.NameTree(r.dict(catalog["Names"])["Dests"])
	for _, e := range entries {
		out[e.Name] = e.Value
	}
	r.keep(err)
	return out, r.err
}

// target reads where an entry leads to: an array that begins with a page, a dictionary that has
// one, or the name of either.
func (d *document) target(r *reader, says string, entry types.Dict, named map[string]types.Object) target {
	t := target{says: says}
	dest := r.resolve(entry["Dest"])
	if action := r.dict(entry["A"]); dest == nil && r.text(action["S"]) == "GoTo" {
		dest = r.resolve(action["D"])
	}
	if name, ok := dest.(types.Name); ok {
		t.named, dest = true, r.resolve(named[string(name)])
	} else if b, ok := pdf.Bytes(dest); ok {
		t.named, dest = true, r.resolve(named[string(b)])
	}
	if dict, ok := dest.(types.Dict); ok {
		dest = r.resolve(dict["D"])
	}
	list, _ := dest.(types.Array)
	if len(list) < 2 {
		return t
	}
	ref, _ := list[0].(types.IndirectRef)
	if t.page = d.numbers[ref]; t.page == 0 {
		return t
	}
	t.way = r.text(list[1])
	view := d.pages[t.page-1].view
	if at := map[string]int{"XYZ": 3, "FitH": 2, "FitBH": 2, "FitR": 5}[t.way]; at > 0 && at < len(list) && list[at] != nil {
		to := view.ToPage.Inverse()
		t.y = view.Height - (to[3]*r.number(list[at]) + to[5])
	}
	if zoom := 4; t.way == "XYZ" && len(list) > zoom && r.number(list[zoom]) != 0 {
		t.way += fmt.Sprint(" at ", r.number(list[zoom]))
	}
	return t
}
