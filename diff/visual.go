package diff

import (
	"bytes"
	"fmt"
	"image"
	"math"

	"github.com/dicode/platen/pdf/raster"
)

// dpi is the resolution at which pages are compared.
const dpi = 150

// pixels compares the pictures of pages that are not known to be drawn alike: neither by the
// same operators, nor by the same shapes and glyphs beside those that findings are about. What
// differs is explained by a finding at that place, or is one itself.
func (c *comparison) pixels() error {
	boxes := c.explained()
	var open []int
	pushed := 0
	for i := range min(len(c.a.pages), len(c.b.pages)) {
		p, q := c.a.pages[i], c.b.pages[i]
		if p.twin == q {
			continue
		}
		if err := c.both(func(d *document) error { return d.draw(d.pages[i]) }); err != nil {
			return err
		}
		switch {
		case p.drawn.canon == q.drawn.canon:
		case c.allPushed(i):
			pushed++
		case !p.drawn.sameBut(q.drawn, boxes[i+1]):
			open = append(open, i)
		}
	}
	if pushed > 0 {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf("Pages all of whose text stands elsewhere because of changes before it: %d. Their words and styles were compared; their lines, areas and images were not.", pushed))
	}
	if len(open) == 0 {
		return nil
	}
	if c.options.Raster == nil {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf("Pages whose pictures had to be compared, and were not: %d. Their lines, areas and images may differ.", len(open)))
		return nil
	}
	c.report.Engine = raster.Engine
	return c.comparePictures(open, boxes)
}

// comparePictures draws pages of both documents and compares them.
func (c *comparison) comparePictures(pages []int, boxes map[int][]Box) error {
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
	for _, i := range pages {
		var x, y *image.RGBA
		err := c.both(func(d *document) (err error) {
			if d == c.a {
				x, err = a.Page(c.ctx, i+1, dpi)
			} else {
				y, err = b.Page(c.ctx, i+1, dpi)
			}
			return err
		})
		if err != nil {
			return err
		}
		c.report.Pages.Pixels++
		for _, box := range unequal(x, y) {
			c.unexplained(i+1, box, boxes[i+1])
		}
	}
	return nil
}

// allPushed reports whether nothing of the flow stands where it stood on a page.
func (c *comparison) allPushed(i int) bool {
	words := 0
	for _, p := range c.pairs {
		if p.a >= 0 && p.b >= 0 && c.a.blocks[p.a].page == i+1 {
			words += len(c.a.blocks[p.a].words)
		}
	}
	return words > 0 && len(c.movedA[i+1]) >= words
}

// explained lists where findings are, by page.
func (c *comparison) explained() map[int][]Box {
	out := map[int][]Box{}
	for _, f := range c.report.Findings {
		for _, p := range f.Places {
			out[p.A.Page] = append(out[p.A.Page], p.A.Boxes...)
			out[p.B.Page] = append(out[p.B.Page], p.B.Boxes...)
		}
	}
	for _, moved := range []map[int][]Box{c.movedA, c.moved} {
		for page, boxes := range moved {
			all := Box{}
			for _, b := range boxes {
				all = all.union(b)
			}
			out[page] = append(out[page], Box{0, all.Y0 - nearby, math.MaxFloat64, all.Y1 + nearby})
		}
	}
	return out
}

// nearby is how far from the words of a finding its pixels may be, in points: a glyph may reach
// out of its line.
const nearby = 3.0

// unexplained reports pixels that differ where no finding is.
func (c *comparison) unexplained(page int, box Box, known []Box) {
	for _, k := range known {
		if m := (Box{k.X0 - nearby, k.Y0 - nearby, k.X1 + nearby, k.Y1 + nearby}).meet(box); !m.empty() {
			return
		}
	}
	if c.a.pages[page-1].drawn.sameIn(c.b.pages[page-1].drawn, box) {
		return
	}
	f := Finding{Class: Visual, Kind: "unexplained", What: c.drawnThere(page, box), Mask: c.maskB.inMask(page, box), Places: []Place{{A: Spot{page, []Box{box}}, B: Spot{page, []Box{box}}}}}
	c.add(f)
}

// drawnThere says what is drawn in a box in one document and not in the other.
func (c *comparison) drawnThere(page int, box Box) string {
	x, y := c.a.pages[page-1].drawn.shapesIn(box), c.b.pages[page-1].drawn.shapesIn(box)
	if len(x) == len(y) {
		for i, s := range y {
			old := x[i]
			switch {
			case s.same(old):
			case s.kind != old.kind || !s.box.near(old.box) || s.colour == old.colour:
				return unknown
			case s.kind == "image":
				return "another picture"
			default:
				return fmt.Sprintf("%s in %s became %s", kindNames[s.kind], old.colour, s.colour)
			}
		}
	}
	return unknown
}

const unknown = "lines, areas or pictures differ, and no other finding explains it"

var kindNames = map[string]string{"fill": "an area", "stroke": "a line", "shade": "a gradient"}

// tile is the side of the squares, in pixels, that differences are gathered in.
const tile = 8

// unequal returns boxes around pixels that differ. Pictures of different sizes differ whole.
func unequal(a, b *image.RGBA) []Box {
	w, h := max(a.Rect.Dx(), b.Rect.Dx()), max(a.Rect.Dy(), b.Rect.Dy())
	if a.Rect != b.Rect {
		return []Box{pixelBox(0, 0, w, h)}
	}
	cols, rows := (w+tile-1)/tile, (h+tile-1)/tile
	differ := make([]bool, cols*rows)
	for y := range h {
		x := a.Pix[y*a.Stride : y*a.Stride+4*w]
		z := b.Pix[y*b.Stride : y*b.Stride+4*w]
		if bytes.Equal(x, z) {
			continue
		}
		for col := range cols {
			from, to := 4*tile*col, min(4*tile*(col+1), 4*w)
			if !bytes.Equal(x[from:to], z[from:to]) {
				differ[y/tile*cols+col] = true
			}
		}
	}
	return cluster(differ, cols, rows)
}

// reach is how many tiles lie between two differences that are one.
const reach = 2

// cluster returns a box around each group of tiles that are near each other.
func cluster(differ []bool, cols, rows int) (boxes []Box) {
	for i := range differ {
		if !differ[i] {
			continue
		}
		x0, y0, x1, y1 := cols, rows, 0, 0
		differ[i] = false
		for todo := []int{i}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			x, y := at%cols, at/cols
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
			for v := max(0, y-reach); v <= min(rows-1, y+reach); v++ {
				for u := max(0, x-reach); u <= min(cols-1, x+reach); u++ {
					if n := v*cols + u; differ[n] {
						differ[n] = false
						todo = append(todo, n)
					}
				}
			}
		}
		boxes = append(boxes, pixelBox(x0*tile, y0*tile, x1*tile, y1*tile))
	}
	return boxes
}

// pixelBox returns a box of pixels in points.
func pixelBox(x0, y0, x1, y1 int) Box {
	const pt = 72.0 / dpi
	return Box{pt * float64(x0), pt * float64(y0), pt * float64(x1), pt * float64(y1)}
}
