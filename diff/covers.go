package diff

import (
	"bytes"
	"fmt"

	"github.com/dicode/platen"
)

// covers knows what is drawn below and above glyphs: the areas of a page through which nothing is
// seen, by the bands of the page that they touch.
type covers struct {
	shapes []shape
	bands  [bands][]int32 // indexes of shapes, in the order of drawing
	height float64
	left   int // shapes and points that may still be looked at
}

const (
	bands    = 16
	maxLooks = 300_000_000 // on one page: about a second
)

// newCovers sorts the shapes of a page.
func newCovers(shapes []shape, height float64) *covers {
	c := &covers{shapes: shapes, height: height, left: maxLooks}
	for i := range shapes {
		if s := &shapes[i]; s.solid {
			for b := c.band(s.box.Y0); b <= c.band(s.box.Y1); b++ {
				c.bands[b] = append(c.bands[b], int32(i))
			}
		}
	}
	return c
}

// band is the one that a height is in.
func (c *covers) band(y float64) int { return int(min(max(bands*y/c.height, 0), bands-1)) }

// at returns the colour of what is behind a glyph, and whether it is covered.
func (c *covers) at(g *glyph) (behind string, over bool) {
	box := g.box()
	x, y := box.middle()
	list := c.bands[c.band(y)]
	for i := len(list) - 1; i >= 0 && c.left > 0; i-- {
		c.left--
		s := &c.shapes[list[i]]
		above := list[i] >= g.order
		switch {
		case !s.box.holds(x, y) || above && (!s.box.holds(box.X0, y) || !s.box.holds(box.X1, y)) || !c.inside(s, x, y):
		case above:
			return "", true
		default:
			return s.colour, false
		}
	}
	return "#ffffff", false
}

// inside reports whether a point is inside the path of a shape (§8.5.3.3), curves taken as lines
// through their control points.
func (c *covers) inside(s *shape, x, y float64) bool {
	if len(s.path.points) == 0 {
		return true // a gradient, which fills its box
	}
	c.left -= len(s.path.points)
	w := windings{x: x, y: y}
	points := s.path.points
	for _, step := range s.path.steps {
		n := pointsOf[step]
		if step == 'm' || step == 'r' {
			w.begin(points)
		}
		for ; n > 0; n-- {
			w.line(float64(points[0]), float64(points[1]))
			points = points[2:]
		}
	}
	w.close()
	if bytes.IndexByte(s.path.steps, '*') >= 0 {
		return w.crossed%2 == 1
	}
	return w.winding != 0
}

// pointsOf is how many points each step of an outline has.
var pointsOf = map[byte]int{'m': 1, 'l': 1, 'c': 3, 'v': 2, 'y': 2, 'r': 4}

// windings counts how often a path goes around a point, and how often a ray from it crosses it.
type windings struct {
	x, y             float64
	startX, startY   float64 // of the subpath
	atX, atY         float64
	winding, crossed int
}

// begin closes the subpath and begins another one at the first of some points.
func (w *windings) begin(points []float32) {
	w.close()
	w.startX, w.startY = float64(points[0]), float64(points[1])
	w.atX, w.atY = w.startX, w.startY
}

func (w *windings) close() { w.line(w.startX, w.startY) }

func (w *windings) line(x, y float64) {
	if (w.atY <= w.y) != (y <= w.y) && w.atX+(w.y-w.atY)/(y-w.atY)*(x-w.atX) > w.x {
		w.crossed++
		if w.winding++; y < w.atY {
			w.winding -= 2
		}
	}
	w.atX, w.atY = x, y
}

// err is an error where there was too much to look at.
func (c *covers) err() error {
	if c.left > 0 {
		return nil
	}
	return fmt.Errorf("it draws too many areas over each other to tell which text is seen: flatten or split it: %w", platen.Invalid)
}
