package pdf

import (
	"fmt"
	"slices"
	"strings"
)

// holds are the types that an element of each type may hold (7.2).
var holds = map[string][]string{
	"Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
	"THead": {"TR"},
	"TBody": {"TR"},
	"TFoot": {"TR"},
	"TR":    {"TH", "TD"},
	"L":     {"L", "LI", "Caption"},
	"LI":    {"Lbl", "LBody"},
	"TOC":   {"TOC", "TOCI", "Caption"},
}

// within are the types that may hold an element of each type (7.2).
var within = map[string][]string{
	"TR":    {"Table", "THead", "TBody", "TFoot"},
	"THead": {"Table"},
	"TBody": {"Table"},
	"TFoot": {"Table"},
	"TH":    {"TR"},
	"TD":    {"TR"},
	"LI":    {"L"},
	"LBody": {"LI"},
	"TOCI":  {"TOC"},
}

// family looks at an element and those that it holds. The element above groups
// that have no meaning looks at their content, so that those are left out.
func (w *structureWalk) family(parent *element, kids []*element) {
	if slices.ContainsFunc(kids, func(e *element) bool { return e.kind != "" && !allowed(holds, parent.kind, e.kind) }) {
		w.pdfua("7.2", fmt.Sprintf("a %s holds an element other than %s: tag that as one of them or elsewhere",
			parent.kind, strings.Join(holds[parent.kind], ", ")), parent.place())
	}
	if count(kids, "H") > 1 {
		w.pdfua("7.4.4", "an element holds two H headings: put each into a section of its own", parent.place())
	}
	if !slices.Contains(passThrough, parent.kind) {
		for _, e := range kids {
			if !allowed(within, e.kind, parent.kind) {
				w.pdfua("7.2", fmt.Sprintf("a %s is not in an element %s: put it into one", e.kind, strings.Join(within[e.kind], ", ")), e.place())
			}
		}
	}
	switch parent.kind {
	case "Table":
		w.groups(parent, kids)
		w.table(parent, kids)
	case "L", "TOC":
		if slices.ContainsFunc(kids[min(1, len(kids)):], isCaption) {
			w.pdfua("7.2", "the caption of a list or table of contents is not its first element: move it there", parent.place())
		}
	}
}

// allowed reports whether a rule allows other for kind; what has no rule may be anything.
func allowed(rules map[string][]string, kind, other string) bool {
	list, ok := rules[kind]
	return !ok || slices.Contains(list, other)
}

func isCaption(e *element) bool { return e.kind == "Caption" }

// count returns how many elements are of a type.
func count(list []*element, kind string) (n int) {
	for _, e := range list {
		if e.kind == kind {
			n++
		}
	}
	return n
}

// groups looks at the groups of rows of a table and at its caption (7.2).
func (w *structureWalk) groups(table *element, kids []*element) {
	heads, feet := count(kids, "THead"), count(kids, "TFoot")
	if heads > 1 || feet > 1 {
		w.pdfua("7.2", "a table has two heads or feet: join them", table.place())
	}
	if heads+feet > 0 && count(kids, "TBody") == 0 {
		w.pdfua("7.2", "a table has a head or foot and no body: put its other rows into TBody", table.place())
	}
	inner := kids[min(1, len(kids)):max(min(1, len(kids)), len(kids)-1)]
	if count(kids, "Caption") > 1 || slices.ContainsFunc(inner, isCaption) {
		w.pdfua("7.2", "the caption of a table is not its first or last element, or there are two: have one, there", table.place())
	}
}
