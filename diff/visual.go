package diff

import (
	"fmt"
	"math"
	"slices"

	"github.com/dicode/platen/pdf/raster"
)

// dpi is the resolution at which pages are compared.
const dpi = 150

// A doubt is a page that is not known to be drawn alike in both documents.
type doubt struct {
	page  int
	known []Box // what findings explain, or what cannot be laid on the other page
}

// drawings compares what is drawn on the pages of both that have the same number: running text,
// and lines, areas and pictures, point by point. What cannot be told by that is drawn.
func (c *comparison) drawings() error {
	var doubts []doubt
	for i := range max(len(c.a.pages), len(c.b.pages)) {
		if i >= min(len(c.a.pages), len(c.b.pages)) {
			if err := c.alone(i); err != nil {
				return err
			}
			continue
		}
		p, q := c.a.pages[i], c.b.pages[i]
		if p.twin == q {
			continue
		}
		d, err := c.page(p, q)
		if err != nil {
			return err
		}
		if d != nil {
			doubts = append(doubts, *d)
		}
	}
	if len(doubts) == 0 {
		return nil
	}
	if c.options.Raster == nil {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf("Pages whose pictures had to be compared, and were not: %d. Their lines, areas and images may differ.", len(doubts)))
		return nil
	}
	c.report.Engine = raster.Engine
	return c.pictures(doubts)
}

// page compares two pages. It returns a doubt where that does not prove that what no finding
// explains is drawn alike.
func (c *comparison) page(p, q *page) (*doubt, error) {
	x, y, err := c.drawBoth(p, q)
	if err != nil {
		return nil, err
	}
	if err := c.margins(p, q); err != nil {
		return nil, err
	}
	if x.canon == y.canon || p.twin != nil || q.twin != nil {
		return nil, nil // a page with a twin is drawn as that one
	}
	parts := fixed(p, q)
	certain, known, err := c.shapes(layOn{x: strip{drawn: x, page: p.number}, y: strip{drawn: y, page: q.number}, tolerance: exact}, parts)
	if err != nil {
		return nil, err
	}
	known = append(known, besides(parts)...)
	if err := c.spend((len(x.glyphs) + len(y.glyphs)) * len(known)); err != nil {
		return nil, err
	}
	if certain && slices.EqualFunc(x.glyphsBut(known), y.glyphsBut(known), (*glyph).same) {
		return nil, nil
	}
	return &doubt{p.number, known}, nil
}

// drawBoth returns what two pages show.
func (c *comparison) drawBoth(p, q *page) (x, y *drawn, err error) {
	err = c.both(func(d *document) (err error) {
		if d == c.a {
			x, err = d.draw(p)
		} else {
			y, err = d.draw(q)
		}
		return err
	})
	return x, y, err
}

// shapes compares what is drawn in the parts of two pages that can be laid on each other. What
// differs on the words of a finding, or in a layer, is a finding here, since a picture of the page
// cannot tell it from the words, or shows the layer one way only. known is where words and these shapes are; certain is false where others differ
// too.
func (c *comparison) shapes(l layOn, parts []span) (certain bool, known []Box, err error) {
	known = c.inked(l.x.page)
	certain = true
	for _, part := range parts {
		l.x.y0, l.x.y1, l.y.y0, l.y.y1 = part.from, part.to, part.from, part.to
		onlyA, onlyB, ordered, err := c.differ(l)
		if err != nil {
			return false, nil, err
		}
		onA, farA, err := c.onWords(l.x.page, onlyA)
		if err != nil {
			return false, nil, err
		}
		onB, farB, err := c.onWords(l.y.page, onlyB)
		if err != nil {
			return false, nil, err
		}
		onA, farA = layersFirst(onA, farA)
		onB, farB = layersFirst(onB, farB)
		for _, s := range slices.Concat(onA, onB) {
			known = append(known, s.box)
		}
		certain = certain && ordered && len(farA)+len(farB) == 0
		onA, onB = l.followers(onA, onB)
		c.reportShapes(l, onA, onB)
	}
	return certain, known, nil
}

// layersFirst moves shapes in optional content to those that are findings without a picture of the
// page, which shows layers one way only.
func layersFirst(on, far []*shape) (list, rest []*shape) {
	for _, s := range far {
		if s.settings.all["layer"] != "" {
			on = append(on, s)
		} else {
			rest = append(rest, s)
		}
	}
	return on, rest
}

// inked are the boxes that the ink of words that differ may reach into, on a page of either.
func (c *comparison) inked(page int) (out []Box) {
	for _, b := range c.known[page] {
		out = append(out, b.grown(max(nearby, b.height()/4)))
	}
	return out
}

// onWords parts shapes into those that touch words that differ, and the others.
func (c *comparison) onWords(page int, shapes []*shape) (on, far []*shape, err error) {
	words := c.inked(page)
	for _, s := range shapes {
		if slices.ContainsFunc(words, s.box.touches) {
			on = append(on, s)
		} else {
			far = append(far, s)
		}
	}
	return on, far, c.spend(len(shapes) * len(words))
}

// besides returns boxes of what is not in any of the parts, which are in their order.
func besides(parts []span) (out []Box) {
	from := 0.0
	for _, p := range parts {
		if p.from > from {
			out = append(out, Box{0, from, math.MaxFloat64, p.from})
		}
		from = p.to
	}
	return append(out, Box{0, from, math.MaxFloat64, math.MaxFloat64})
}

// nearby is how far from the words of a finding its pixels may be, in points: a glyph may reach
// out of its line.
const nearby = 3.0
