package diff

import "math"

// A strip is a part of a page, as wide as the page. Heights in it are measured from base.
type strip struct {
	drawn  *drawn
	page   int
	y0, y1 float64
	base   float64
}

// strip is the part of the page that the words of a block take, from the top of the first line to
// the foot of the last: what is below that may belong to what follows. ok is false when there are
// no words, or when they go on on another page.
func (d *document) strip(b *block) (s strip, ok bool) {
	if b == nil || len(b.words) == 0 {
		return s, false
	}
	first := &b.words[0]
	s = strip{page: first.Page, y0: first.Box.Y0, y1: first.base, base: first.base}
	for i := range b.words {
		w := &b.words[i]
		if w.Page != s.page {
			return s, false
		}
		s.y0, s.y1 = min(s.y0, w.Box.Y0), max(s.y1, w.base)
	}
	return s, true
}

// height is how high it is.
func (s strip) height() float64 { return s.y1 - s.y0 }

// shapes returns what is drawn in the strip, and a little beyond.
func (s strip) shapes(beyond float64) (out []*shape) {
	for i := range s.drawn.shapes {
		if sh := &s.drawn.shapes[i]; sh.box.Y0 <= s.y1+beyond && sh.box.Y1 >= s.y0-beyond {
			out = append(out, sh)
		}
	}
	return out
}

// clamp is the part of a shape that is in the strip, measured from its base.
func (s strip) clamp(sh *shape) (from, to float64) {
	return min(max(sh.box.Y0, s.y0), s.y1) - s.base, min(max(sh.box.Y1, s.y0), s.y1) - s.base
}

// whole reports whether the strip holds all of a shape.
func (s strip) whole(sh *shape) bool { return sh.box.Y0 >= s.y0 && sh.box.Y1 <= s.y1 }

// A layOn compares two strips as if one were laid on the other.
type layOn struct {
	x, y      strip
	tolerance float64 // of places, in points
	tall      bool    // they are of different heights, so that only looks and widths are compared
}

// newLayOn returns how to compare the surroundings of text that stands elsewhere.
func newLayOn(x, y strip) layOn {
	return layOn{x, y, pixel + exact, math.Abs(x.height()-y.height()) > 2*pixel}
}

// match reports whether a shape of x is one of y.
func (l layOn) match(s, t *shape) bool {
	if !s.alike(t) || !l.sameWidth(s, t) || !l.sameHeight(s, t) {
		return false
	}
	if l.tall || !l.x.whole(s) || !l.y.whole(t) || (s.cut || t.cut) && math.Abs(s.box.height()-t.box.height()) > exact {
		return true
	}
	return string(s.path.steps) == string(t.path.steps) && l.samePoints(s.path.points, t.path.points) &&
		(l.tolerance > exact || s.clip.same(t.clip))
}

// sameWidth compares the ends of two shapes along the lines of text.
func (l layOn) sameWidth(s, t *shape) bool {
	return sameThickness(s.box.X1-s.box.X0, t.box.X1-t.box.X0) && math.Abs(s.box.X0-t.box.X0) <= l.tolerance && math.Abs(s.box.X1-t.box.X1) <= l.tolerance
}

// sameThickness reports whether lines are as thick as they were, and is true for all that is thicker.
func sameThickness(a, b float64) bool { return min(a, b) > 2*pixel || math.Abs(a-b) <= exact }

// sameHeight compares the part that is in the strips. A line has to be as thick as it was, where
// the end of the page does not cut it.
func (l layOn) sameHeight(s, t *shape) bool {
	if !s.cut && !t.cut && !sameThickness(s.box.height(), t.box.height()) {
		return false
	}
	if l.tall {
		return true
	}
	s0, s1 := l.x.clamp(s)
	t0, t1 := l.y.clamp(t)
	return math.Abs(s0-t0) <= l.tolerance && math.Abs(s1-t1) <= l.tolerance
}

func (l layOn) samePoints(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i+1 < len(a); i += 2 {
		dy := (float64(a[i+1]) - l.x.base) - (float64(b[i+1]) - l.y.base)
		if math.Abs(float64(a[i]-b[i])) > l.tolerance || math.Abs(dy) > l.tolerance {
			return false
		}
	}
	return true
}

// differ returns the shapes of each strip that the other lacks, and whether they are drawn in
// the same order besides.
func (c *comparison) differ(l layOn) (onlyA, onlyB []*shape, ordered bool, err error) {
	onlyA, orderA, err := c.lacking(l, l.x.shapes(0), l.y.shapes(l.tolerance))
	if err != nil {
		return nil, nil, false, err
	}
	back := layOn{l.y, l.x, l.tolerance, l.tall}
	onlyB, orderB, err := c.lacking(back, l.y.shapes(0), l.x.shapes(l.tolerance))
	return onlyA, onlyB, orderA && orderB, err
}

// lacking returns which shapes have no match among others. Most often they come in one order.
func (c *comparison) lacking(l layOn, shapes, others []*shape) (out []*shape, ordered bool, err error) {
	next := 0
	ordered = true
	for _, s := range shapes {
		if next < len(others) && l.match(s, others[next]) {
			next++
			continue
		}
		at := -1
		for i := range others {
			if l.match(s, others[i]) {
				at = i
				break
			}
		}
		if err := c.spend(len(others)); err != nil {
			return nil, false, err
		}
		if at < 0 {
			out = append(out, s)
			continue
		}
		ordered = ordered && at >= next
		next = at + 1
	}
	return out, ordered, c.spend(len(shapes) + len(l.x.drawn.shapes) + len(l.y.drawn.shapes))
}

// strips compares what is drawn around blocks that stand elsewhere.
func (c *comparison) strips(x, y strip) error {
	l := newLayOn(x, y)
	onlyA, onlyB, _, err := c.differ(l)
	if err != nil || len(onlyA)+len(onlyB) == 0 {
		return err
	}
	onA, farA, err := c.onWords(x.page, onlyA)
	if err != nil {
		return err
	}
	onB, farB, err := c.onWords(y.page, onlyB)
	if err != nil {
		return err
	}
	onA, onB = l.followers(onA, onB)
	c.reportShapes(l, append(onA, farA...), append(onB, farB...))
	return nil
}

// followers leaves out shapes that are drawn as before, and only begin or end elsewhere along
// the line, as do the words on them, which differ: underlines, fields and columns that are as wide
// as their words.
func (l layOn) followers(onlyA, onlyB []*shape) (a, b []*shape) {
	taken := map[*shape]bool{}
	for _, s := range onlyA {
		found := false
		for _, t := range onlyB[:min(len(onlyB), maxPartners)] {
			if !taken[t] && s.alike(t) && l.sameHeight(s, t) && !l.sameWidth(s, t) {
				taken[t], found = true, true
				break
			}
		}
		if !found {
			a = append(a, s)
		}
	}
	for _, t := range onlyB {
		if !taken[t] {
			b = append(b, t)
		}
	}
	return a, b
}
