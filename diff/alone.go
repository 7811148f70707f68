package diff

import (
	"math"
	"strconv"
)

// alone compares the running text and drawings of a page that only one document has with those of
// the page before it: what stands there too, with the number of the page, is nothing new.
func (c *comparison) alone(i int) error {
	d := c.a
	if i >= len(c.a.pages) {
		d = c.b
	}
	lines, err := d.lines(d.pages[i])
	if err != nil {
		return err
	}
	before, err := d.lines(d.pages[i-1])
	if err != nil {
		return err
	}
	if err := c.spend(len(lines) * len(before)); err != nil {
		return err
	}
	for _, b := range lines {
		known := false
		for _, o := range before {
			known = known || sameRunning(o, b)
		}
		if !known {
			c.running(d, b)
		}
	}
	return c.aloneDrawn(d, i, lines, before)
}

// running reports a line of running text that only one document has.
func (c *comparison) running(d *document, b *block) {
	f := Finding{Class: Content, Kind: "changed", Where: name(margin)}
	said := text(b.words)
	if d == c.a {
		f.What, f.Old, f.Places = quote(said)+" removed", said, []Place{{A: b.spot()}}
	} else {
		f.What, f.New, f.Places = quote(said)+" inserted", said, []Place{{B: b.spot()}}
	}
	f.What += hiddenNote(b.words)
	c.add(f)
}

// sameRunning reports whether two lines of running text of pages that follow each other say the
// same at the same height, but for the number of the page.
func sameRunning(a, b *block) bool {
	if len(a.words) != len(b.words) {
		return false
	}
	for i := range a.words {
		v, w := &a.words[i], &b.words[i]
		numbers := v.Text == strconv.Itoa(a.page) && w.Text == strconv.Itoa(b.page)
		if v.Text != w.Text && !numbers && (v.Mask == "" || v.Mask != w.Mask || v.rest != w.rest) {
			return false
		}
		if v.Hidden != w.Hidden || v.Style != w.Style || v.look != w.look && !numbers || v.base-w.base > exact || w.base-v.base > exact {
			return false
		}
	}
	return true
}

// aloneDrawn compares what is drawn above and below all that the tags hold, as far as the running
// text reaches.
func (c *comparison) aloneDrawn(d *document, i int, lines, before []*block) error {
	p, q := d.pages[i-1], d.pages[i]
	x, err := d.draw(p)
	if err != nil {
		return err
	}
	y, err := d.draw(q)
	if err != nil {
		return err
	}
	l := layOn{x: strip{drawn: x, page: p.number}, y: strip{drawn: y, page: q.number}, tolerance: exact}
	for _, part := range outside(d.tagSpan(p, x), d.tagSpan(q, y), append(lines, before...)) {
		l.x.y0, l.x.y1, l.y.y0, l.y.y1 = part.from, part.to, part.from, part.to
		onlyBefore, only, _, err := c.differ(l)
		if err != nil {
			return err
		}
		for _, s := range onlyBefore {
			c.aloneShape(d, s.name()+" of the page before is not drawn on this one", Spot{q.number, []Box{l.x.cutOut(s)}})
		}
		for _, s := range only {
			c.aloneShape(d, s.name()+" is drawn, and not on the page before", Spot{q.number, []Box{l.y.cutOut(s)}})
		}
	}
	return nil
}

func (c *comparison) aloneShape(d *document, what string, at Spot) {
	f := Finding{Class: Visual, Kind: "unexplained", What: what, Mask: d.masks.inMask(at.Page, at.Boxes), Places: []Place{{A: at}}}
	if d == c.b {
		f.Places = []Place{{B: at}}
	}
	c.add(f)
}

// tagSpan is the part of a page that has text that the tags hold.
func (d *document) tagSpan(p *page, drawn *drawn) span {
	s := span{p.view.Height, 0}
	for i := range drawn.glyphs {
		if g := &drawn.glyphs[i]; g.mcid >= 0 && d.tagged[[2]int{p.number, int(g.mcid)}] {
			s.from, s.to = min(s.from, float64(g.place[1])), max(s.to, float64(g.place[3]))
		}
	}
	return s
}

// outside returns the parts of pages above and below two spans, up to the last line there.
func outside(a, b span, lines []*block) []span {
	top, bottom := span{0, 0}, span{math.MaxFloat64, math.MaxFloat64}
	for _, line := range lines {
		box := around(line.words)
		switch {
		case box.Y1 <= min(a.from, b.from):
			top.to = max(top.to, box.Y1)
		case box.Y0 >= max(a.to, b.to):
			bottom.from = min(bottom.from, box.Y0)
		}
	}
	return []span{top, bottom}
}
