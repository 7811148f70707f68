package pdf

import (
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// An annotation is one on a page, with what the checks of both standards need.
type annotation struct {
	types.Dict
	kind  string
	flags int
	where string
}

// Flags of an annotation (ISO 32000-1 §12.5.3).
const (
	flagInvisible    = 1 << 0
	flagHidden       = 1 << 1
	flagPrint        = 1 << 2
	flagNoView       = 1 << 5
	flagToggleNoView = 1 << 8
)

func (c *checker) annotation(o types.Object, shown Box, where string) {
	d := c.dict(o)
	if d == nil {
		return
	}
	flags, _ := c.integer(d["F"])
	a := annotation{d, c.name(d["Subtype"]), flags, where}
	c.action(d["A"], where)
	c.action(d["PA"], where)
	c.additional(d, where)
	c.associate(d["AF"])
	if a.kind == "FileAttachment" {
		c.spec(d["FS"])
	}
	box, ok := c.rect(d["Rect"])
	c.printed(a)
	c.appearance(a, ok && box.Width() == 0 && box.Height() == 0)
	outside := ok && (box.Y0 >= shown.Y1 || box.X0 >= shown.X1 || box.Y1 <= shown.Y0 || box.X1 <= shown.X0)
	if !outside && flags&flagHidden == 0 {
		c.described(a)
	}
}

// rect returns a rectangle, and whether o is one.
func (c *checker) rect(o types.Object) (Box, bool) {
	list := c.array(o)
	if len(list) != 4 {
		return Box{}, false
	}
	var n [4]float64
	for i, o := range list {
		switch v := c.resolve(o).(type) {
		case types.Integer:
			n[i] = float64(v)
		case types.Float:
			n[i] = float64(v)
		default:
			return Box{}, false
		}
	}
	return Box{min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3])}, true
}

// annotationTypes are those that PDF/A allows (6.3.1).
var annotationTypes = []string{
	"Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly",
	"StrikeOut", "Stamp", "Caret", "Ink", "Popup", "FileAttachment", "Widget", "PrinterMark", "TrapNet", "Watermark", "Redact",
}

// printed looks at what an annotation is and whether it is printed (6.3.1, 6.3.2, 6.4.1).
func (c *checker) printed(a annotation) {
	if !slices.Contains(annotationTypes, a.kind) {
		c.pdfa("6.3.1", "an annotation is of a type that is not allowed, such as Movie, Screen or 3D: remove it", a.where)
	}
	const mask = flagInvisible | flagHidden | flagPrint | flagNoView | flagToggleNoView
	if a.Dict["F"] == nil && a.kind != "Popup" || a.Dict["F"] != nil && a.flags&mask != flagPrint {
		c.pdfa("6.3.2", "an annotation is not printed or can be hidden: set its /F to 4", a.where)
	}
	if a.kind == "Widget" && (a.Dict["A"] != nil || a.Dict["AA"] != nil) {
		c.pdfa("6.4.1", "a form field on a page has actions: remove its /A and /AA", a.where)
	}
}

// appearance looks at how an annotation is drawn (6.3.3); empty means that its
// rectangle is.
func (c *checker) appearance(a annotation, empty bool) {
	looks := c.dict(a.Dict["AP"])
	if looks == nil {
		if !empty && a.kind != "Popup" && a.kind != "Link" {
			c.pdfa("6.3.3", "an annotation has no appearance: draw it in /AP", a.where)
		}
		return
	}
	if len(looks) != 1 || looks["N"] == nil {
		c.pdfa("6.3.3", "an annotation has appearances other than the normal one: keep /N of /AP alone", a.where)
		return
	}
	button := a.kind == "Widget" && c.fieldType(a.Dict) == "Btn"
	if _, states := c.resolve(looks["N"]).(types.Dict); states != button || !states && !c.isStream(looks["N"]) {
		c.pdfa("6.3.3", "the appearance of an annotation is not one stream, or for a button not one of each state: draw it anew", a.where)
	}
}

// fieldType returns the type of a form field, which it may inherit.
func (c *checker) fieldType(d types.Dict) string {
	for range c.file.limits.Depth {
		if d == nil || d["FT"] != nil {
			break
		}
		d = c.dict(d["Parent"])
	}
	return c.name(d["FT"])
}

// described looks at an annotation that a reader meets: that it is in the
// structure tree and has a description (7.18).
func (c *checker) described(a annotation) {
	element := types.Dict{}
	if n, ok := c.integer(a.Dict["StructParent"]); ok {
		element, _ = c.resolve(c.byParent[n]).(types.Dict)
	}
	tag := c.roles.standard(c.name(element["S"]))
	alt := c.text(element["Alt"]) != ""
	contents := c.text(a.Dict["Contents"]) != ""
	if !contents && !alt && a.kind != "Widget" {
		c.pdfua("7.18.1", "an annotation has no description: set its /Contents or /Alt of its structure element", a.where)
	}
	switch a.kind {
	case "Widget":
		if tag != "Form" {
			c.pdfua("7.18.4", "a form field is not in a Form element of the structure tree (/StructParent): tag it", a.where)
		}
		if !alt && !c.explained(a.Dict) {
			c.pdfua("7.18.1", "a form field has no description: set its /TU or /Alt of its structure element", a.where)
		}
	case "Link":
		if tag != "Link" {
			c.pdfua("7.18.5", "a link is not in a Link element of the structure tree (/StructParent): tag it", a.where)
		}
		if !contents {
			c.pdfua("7.18.5", "a link has no description: set its /Contents", a.where)
		}
	case "PrinterMark":
	default:
		if a.kind == "TrapNet" {
			c.pdfua("7.18.2", "an annotation is a trap network: remove it", a.where)
		}
		if tag != "Annot" {
			c.pdfua("7.18.1", "an annotation is not in an Annot element of the structure tree (/StructParent): tag it", a.where)
		}
	}
}

// explained reports whether a field, or that of a widget, has a tool tip (/TU).
func (c *checker) explained(widget types.Dict) bool {
	if widget["T"] == nil {
		widget = c.dict(widget["Parent"])
	}
	return c.text(widget["TU"]) != ""
}
