package diff

import (
	"fmt"
	"slices"
	"strings"
)

// reportShapes reports shapes that only one of two strips has: a finding for each sentence about them.
func (c *comparison) reportShapes(l layOn, onlyA, onlyB []*shape) {
	type key struct{ what, mask string }
	var order []key
	places := map[key]Place{}
	note := func(what string, s, t *shape) {
		var p Place
		mask := c.b.masks
		if s != nil {
			p.A = Spot{l.x.page, []Box{l.x.cutOut(s)}}
		}
		if t != nil {
			p.B = Spot{l.y.page, []Box{l.y.cutOut(t)}}
		} else {
			mask = c.a.masks
		}
		k := key{what, mask.inMask(max(p.A.Page, p.B.Page), slices.Concat(p.A.Boxes, p.B.Boxes))}
		if _, ok := places[k]; !ok {
			order = append(order, k)
		}
		old := places[k]
		places[k] = Place{old.A.with(p.A), old.B.with(p.B)}
	}
	taken := map[*shape]bool{}
	for _, s := range onlyA {
		t := l.partner(s, onlyB, taken)
		taken[t] = true
		note(sentence(s, t), s, t)
	}
	for _, t := range onlyB {
		if !taken[t] {
			note(sentence(nil, t), nil, t)
		}
	}
	for _, k := range order {
		c.add(Finding{Class: Visual, Kind: "unexplained", What: k.what, Mask: k.mask, Places: []Place{places[k]}})
	}
}

// with returns the spot with the boxes of another one on the same page.
func (s Spot) with(o Spot) Spot {
	if o.Page == 0 {
		return s
	}
	return Spot{o.Page, append(s.Boxes, o.Boxes...)}
}

// cutOut is the part of a shape that is in the strip.
func (s strip) cutOut(sh *shape) Box {
	return Box{sh.box.X0, min(max(sh.box.Y0, s.y0), s.y1), sh.box.X1, min(max(sh.box.Y1, s.y0), s.y1)}
}

// maxPartners bounds the shapes among which one is looked for that a shape became.
const maxPartners = 500

// partner is what a shape became: one of its kind that stands at its place, else one that
// touches it; nil for none.
func (l layOn) partner(s *shape, among []*shape, taken map[*shape]bool) (best *shape) {
	if len(among) > maxPartners {
		among = among[:maxPartners]
	}
	by := l.y.base - l.x.base
	there := Box{s.box.X0, s.box.Y0 + by, s.box.X1, s.box.Y1 + by}
	for _, t := range among {
		if taken[t] || s.kind != t.kind {
			continue
		}
		if l.sameWidth(s, t) && l.sameHeight(s, t) {
			return t
		}
		if best == nil && t.box.touches(there) {
			best = t
		}
	}
	return best
}

// sentence says what became of a shape. One of the two may be nil.
func sentence(s, t *shape) string {
	switch {
	case s == nil:
		return t.name() + " is drawn that was not there"
	case t == nil:
		return s.name() + " is no longer drawn"
	case s.alike(t):
		return s.name() + " has another place or form"
	case s.kind == "image":
		return "another picture"
	case s.kind == "annotation":
		return "an annotation has another look"
	case s.colour != t.colour:
		return fmt.Sprintf("%s became %s", s.name(), t.colour)
	}
	return s.name() + " is drawn in another way"
}

var kindNames = map[string]string{"fill": "an area", "stroke": "a line", "shade": "a gradient", "image": "a picture", "annotation": "an annotation"}

// name is what people call a shape.
func (s *shape) name() string {
	name := kindNames[s.kind]
	if s.kind == "fill" && min(s.box.X1-s.box.X0, s.box.Y1-s.box.Y0) <= maxLine {
		name = "a line"
	}
	if strings.HasPrefix(s.colour, "#") {
		name += " in " + s.colour
	}
	return name
}

// maxLine is how thick an area is that people call a line, in points.
const maxLine = 3.0
