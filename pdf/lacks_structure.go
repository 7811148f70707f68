package pdf

import (
	"cmp"
	"slices"
	"strings"
)

// A structureWalk looks at the elements of the structure tree in reading order.
type structureWalk struct {
	*checker
	heading  int // level of the last numbered heading
	numbered bool
	plain    *element // first heading without a number
	plains   int
	notes    map[string]bool // IDs
}

// structure looks at the structure tree (7.1 to 7.9 of PDF/UA).
func (c *checker) structure() {
	root := c.tree()
	if root == nil {
		c.pdfua("7.1", "the document has no structure tree: export it as tagged PDF", "")
		return
	}
	w := structureWalk{checker: c, notes: map[string]bool{}}
	w.below(root)
	for range w.plains {
		if w.numbered {
			c.pdfua("7.4.4", "headings with and without a level (H and H1 …) stand side by side: use one kind", w.plain.place())
		}
	}
}

// place says where an element is.
func (e *element) place() string {
	parts := []string{e.raw}
	if e.page > 0 {
		parts = append(parts, pageAt(e.page))
	}
	if e.num > 0 {
		parts = append(parts, objectAt(e.num))
	}
	return strings.Join(parts, ", ")
}

// below looks at all elements below one.
func (w *structureWalk) below(parent *element) {
	kids := parent.content()
	w.family(parent, kids)
	for _, e := range parent.kids {
		w.element(e)
		w.below(e)
	}
}

// passThrough are elements that group others without meaning of their own; what
// they hold counts as held by the element above.
var passThrough = []string{"NonStruct", "Div", "Part"}

// content returns the elements that one holds.
func (e *element) content() []*element {
	var out []*element
	for _, kid := range e.kids {
		if slices.Contains(passThrough, kid.kind) {
			out = append(out, kid.content()...)
		} else {
			out = append(out, kid)
		}
	}
	return out
}

// element looks at one element by itself.
func (w *structureWalk) element(e *element) {
	where := e.place()
	if e.orphan {
		w.pdfua("7.1", "an element of the structure tree does not name its parent (/P): export the file again", where)
	}
	if e.badLang {
		w.pdfua("7.2", noLanguage, where)
	}
	w.mapped(e, where)
	if (e.kind == "Figure" || e.kind == "Formula") && !e.alt && !e.actual {
		clause := map[string]string{"Figure": "7.3", "Formula": "7.7"}[e.kind]
		w.pdfua(clause, "a "+strings.ToLower(e.kind)+" has no description: set /Alt or /ActualText of its element", where)
	}
	w.headings(e, where)
	if e.kind == "Note" {
		if e.id == "" || w.notes[e.id] {
			w.pdfua("7.9", "a note has no /ID, or that of another one: give each its own", where)
		}
		w.notes[e.id] = true
	}
}

// mapped looks at what the role map makes of an element (7.1).
func (w *structureWalk) mapped(e *element, where string) {
	role := w.roles.role(e.raw)
	switch {
	case role.circular:
		w.pdfua("7.1", "a structure type is mapped in a circle: mend /RoleMap", where)
	case role.standard == "" && !isStandard(e.raw):
		w.pdfua("7.1", "a structure type is not mapped to a standard one: map it in /RoleMap, for example Strong to Span", where)
	}
	if role.remapped {
		w.pdfua("7.1", "a standard structure type is mapped to another one: remove it from /RoleMap", where)
	}
}

// headings looks at the levels of headings in reading order (7.4).
func (w *structureWalk) headings(e *element, where string) {
	if e.kind == "H" {
		w.plains++
		w.plain = cmp.Or(w.plain, e)
	}
	if len(e.kind) != 2 || e.kind[0] != 'H' || e.kind[1] < '1' || e.kind[1] > '6' {
		return
	}
	level := int(e.kind[1] - '0')
	if level > w.heading+1 {
		w.pdfua("7.4.2", "a heading skips a level: begin with H1 and go down by one", where)
	}
	w.heading, w.numbered = level, true
}
