package pdf

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// standardTypes are the structure types of ISO 32000-1 §14.8.4.
var standardTypes = strings.Fields(`Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private
	H H1 H2 H3 H4 H5 H6 P L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot
	Ruby RB RT RP Warichu WT WP Figure Formula Form`)

// maxRoles is the longest chain of mappings that is followed.
const maxRoles = 100

// A roles maps structure types to standard ones by the role map.
type roles struct {
	to   map[string]string
	memo map[string]role
}

// A role is what the role map makes of a structure type.
type role struct {
	standard string // type that it stands for; "" for none
	circular bool   // the map leads back to a type on the way, or without end
	remapped bool   // the map gives a standard type another meaning
}

// standard returns the standard type that a structure type stands for, or "".
func (r *roles) standard(name string) string { return r.role(name).standard }

// role follows the role map to the first standard type. A standard type that is
// mapped itself has the meaning that the map gives it.
func (r *roles) role(name string) role {
	out, ok := r.memo[name]
	if ok {
		return out
	}
	seen := map[string]bool{}
	for next := name; next != "" && !out.circular; next = r.to[next] {
		seen[next] = true
		to := r.to[next]
		mapped := to != "" && to != next
		if isStandard(next) && out.standard == "" && (next != name || !mapped) {
			out.standard = next
		}
		out.remapped = out.remapped || isStandard(next) && mapped
		out.circular = seen[to] || len(seen) > maxRoles
	}
	r.memo[name] = out
	return out
}

func isStandard(name string) bool { return slices.Contains(standardTypes, name) }

// An element is one of the structure tree, with what the checks need of it.
type element struct {
	num     int    // of the object; 0 for a direct one
	page    int    // it begins on; 0 for none
	raw     string // structure type as the file has it
	kind    string // standard type; "" for none
	kids    []*element
	orphan  bool // has no /P
	alt     bool // has an alternate description that is not empty
	actual  bool // has a replacement text
	badLang bool
	id      string
	cell    *cell // of TH and TD
}

// parents reads the role map, and which element each annotation belongs to
// (ISO 32000-1 §14.7.4.4).
func (c *checker) parents() {
	root := c.dict(c.catalog["StructTreeRoot"])
	c.roles = &roles{to: map[string]string{}, memo: map[string]role{}}
	for from, to := range c.dict(root["RoleMap"]) {
		c.roles.to[from] = c.name(to)
	}
	seen := refSet{}
	for todo := []types.Object{root["ParentTree"]}; len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		d := c.dict(o)
		if d == nil || !seen.once(o) {
			continue
		}
		for pairs := range slices.Chunk(c.array(d["Nums"]), 2) {
			if n, ok := c.integer(pairs[0]); ok && len(pairs) == 2 {
				c.byParent[n] = pairs[1]
			}
		}
		todo = append(todo, c.array(d["Kids"])...)
	}
}

// A treeReader reads the structure tree.
type treeReader struct {
	*checker
	classes types.Dict
	seen    refSet
}

// tree returns the root of the structure tree; nil where there is none.
func (c *checker) tree() *element {
	d := c.dict(c.catalog["StructTreeRoot"])
	if d == nil {
		return nil
	}
	root := &element{raw: "StructTreeRoot", kind: "StructTreeRoot"}
	r := treeReader{checker: c, classes: c.dict(d["ClassMap"]), seen: refSet{}}
	r.kids(root, d["K"], c.file.limits.Depth)
	return root
}

// kids reads the elements below one. What else stands there is content.
func (r *treeReader) kids(parent *element, o types.Object, depth int) {
	for _, k := range r.items(o) {
		d := r.dict(k)
		if d == nil {
			continue
		}
		if kind := r.name(d["Type"]); kind == "MCR" || kind == "OBJR" {
			parent.page = cmp.Or(parent.page, r.page(d))
			continue
		}
		if !r.seen.once(k) {
			r.pdfua("7.1", "an element stands in the structure tree twice: export the file again", objectAt(number(k)))
			continue
		}
		if depth == 0 {
			r.stop(wrong(number(k), -1, "the structure tree is too deep: flatten it or raise the limit"))
			return
		}
		e := r.element(d, number(k))
		parent.kids = append(parent.kids, e)
		r.kids(e, d["K"], depth-1)
		parent.page = cmp.Or(parent.page, e.page)
	}
}

// page returns the number of the page that d names, and 0 for none.
func (r *treeReader) page(d types.Dict) int {
	ref, _ := d["Pg"].(types.IndirectRef)
	return r.numbers[ref]
}

func (r *treeReader) element(d types.Dict, num int) *element {
	e := &element{num: num, page: r.page(d), raw: r.name(d["S"]), orphan: d["P"] == nil}
	e.kind = r.roles.standard(e.raw)
	e.alt = r.text(d["Alt"]) != ""
	e.actual = d["ActualText"] != nil
	e.badLang = d["Lang"] != nil && !languageTag.MatchString(r.text(d["Lang"]))
	id, _ := Bytes(r.resolve(d["ID"]))
	e.id = string(id)
	if e.kind == "TH" || e.kind == "TD" {
		e.cell = r.cell(d, e)
	}
	return e
}

// maxSpan is the most rows or columns that a cell is taken to span.
const maxSpan = 1 << 16

// cell reads the table attributes of a cell (ISO 32000-1 §14.8.5.7).
func (r *treeReader) cell(d types.Dict, e *element) *cell {
	a := r.attributes(d)
	out := &cell{element: e, cols: 1, rows: 1, scope: r.name(a["Scope"])}
	if n, ok := r.integer(a["ColSpan"]); ok {
		out.cols = max(1, min(n, maxSpan))
	}
	if n, ok := r.integer(a["RowSpan"]); ok {
		out.rows = max(1, min(n, maxSpan))
	}
	for _, o := range r.array(a["Headers"]) {
		id, _ := Bytes(r.resolve(o))
		out.headers = append(out.headers, string(id))
	}
	return out
}

// attributes returns the table attributes of an element: its own, and behind
// them those of its classes (ISO 32000-1 §14.7.5).
func (r *treeReader) attributes(d types.Dict) types.Dict {
	sources := r.items(d["A"])
	for _, class := range r.items(d["C"]) {
		if name := r.name(class); name != "" {
			sources = append(sources, r.items(r.classes[name])...)
		}
	}
	out := types.Dict{}
	for _, o := range sources {
		a := r.dict(o)
		if r.name(a["O"]) != "Table" {
			continue
		}
		for key, v := range a {
			if out[key] == nil {
				out[key] = v
			}
		}
	}
	return out
}
