package diff

import (
	"image"
	"slices"
)

// pictures draws pages of both documents and compares their pixels.
func (c *comparison) pictures(doubts []doubt) error {
	a, err := c.options.Raster.Open(c.ctx, c.a.src)
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := c.options.Raster.Open(c.ctx, c.b.src)
	if err != nil {
		return err
	}
	defer b.Close()
	for _, d := range doubts {
		var x, y *image.RGBA
		err := c.both(func(doc *document) (err error) {
			if doc == c.a {
				x, err = a.Page(c.ctx, d.page, dpi)
			} else {
				y, err = b.Page(c.ctx, d.page, dpi)
			}
			return err
		})
		if err != nil {
			return err
		}
		c.report.Pages.Pixels++
		for _, box := range unequal(x, y, d.known) {
			if err := c.unexplained(d, box); err != nil {
				return err
			}
		}
	}
	return nil
}

// unexplained reports pixels that differ where no finding is.
func (c *comparison) unexplained(d doubt, box Box) error {
	x, y, err := c.drawBoth(c.a.pages[d.page-1], c.b.pages[d.page-1])
	if err != nil {
		return err
	}
	if err := c.spend((len(x.glyphs) + len(y.glyphs)) * len(d.known)); err != nil || x.sameIn(y, box, d.known) {
		return err
	}
	spot := Spot{d.page, []Box{box}}
	what, err := c.whatIn(x, y, box)
	c.add(Finding{Class: Visual, Kind: "unexplained", What: what, Mask: c.b.masks.inMask(d.page, spot.Boxes), Places: []Place{{A: spot, B: spot}}})
	return err
}

// whatIn says what is drawn in a box in one document and not in the other.
func (c *comparison) whatIn(x, y *drawn, box Box) (string, error) {
	l := layOn{x: strip{drawn: x, y0: box.Y0, y1: box.Y1}, y: strip{drawn: y, y0: box.Y0, y1: box.Y1}, tolerance: exact}
	onlyA, onlyB, _, err := c.differ(l)
	if err != nil {
		return "", err
	}
	outside := func(s *shape) bool { return !s.box.touches(box) }
	onlyA, onlyB = slices.DeleteFunc(onlyA, outside), slices.DeleteFunc(onlyB, outside)
	switch {
	case len(onlyA) > 0:
		return sentence(onlyA[0], l.partner(onlyA[0], onlyB, nil)), nil
	case len(onlyB) > 0:
		return sentence(nil, onlyB[0]), nil
	}
	return "lines, areas or pictures differ, and no other finding explains it", nil
}
