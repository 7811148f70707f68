package diff

import (
	"bytes"
	"math"
	"slices"

	"github.com/dicode/platen/pdf"
)

// A shape is an area that is painted.
type shape struct {
	kind     string // fill, stroke, image, shade
	colour   string // of an image, its digest
	alpha    float64
	box      Box
	solid    bool // nothing is seen through it
	cut      bool // by what it is clipped to
	path     outline
	clip     *clipPath
	pen      [4]float32 // of lines: a square as wide as they are, on the page
	settings *settings
}

// An outline is a path on the page as it is viewed.
type outline struct {
	steps  []byte // operators
	points []float32
}

// A clipPath is a path that bounds what is painted, within the ones before it.
type clipPath struct {
	outline
	within *clipPath
}

// A path is the one under construction.
type path struct {
	outline
	box   Box
	parts int // subpaths
}

// add adds a step with its points.
func (p *path) add(m pdf.Matrix, step byte, points ...float64) {
	p.steps = append(p.steps, step)
	for ; len(points) > 0; points = points[2:] {
		x, y := bound(m[0]*points[0]+m[2]*points[1]+m[4]), bound(m[1]*points[0]+m[3]*points[1]+m[5])
		if len(p.points) == 0 {
			p.box = Box{x, y, x, y}
		}
		p.points = append(p.points, float32(x), float32(y))
		p.box = Box{min(p.box.X0, x), min(p.box.Y0, y), max(p.box.X1, x), max(p.box.Y1, y)}
	}
}

// bound keeps a place within what can be drawn, in points: what a matrix makes of large numbers may
// be none at all.
func bound(v float64) float64 {
	const most = 10_000_000
	if !(v > -most) {
		return -most
	}
	return min(v, most)
}

// evenOdd notes the rule by which the inside of the path is told (§8.5.3.3).
func (p *path) evenOdd() { p.steps = append(p.steps, '*') }

// mapBox returns the box around a rectangle that a matrix maps.
func mapBox(m pdf.Matrix, x0, y0, x1, y1 float64) Box {
	x, y := bound(m[0]*x0+m[2]*y0+m[4]), bound(m[1]*x0+m[3]*y0+m[5])
	b := Box{x, y, x, y}
	for _, c := range [...][2]float64{{x1, y0}, {x0, y1}, {x1, y1}} {
		x, y := bound(m[0]*c[0]+m[2]*c[1]+m[4]), bound(m[1]*c[0]+m[3]*c[1]+m[5])
		b = Box{min(b.X0, x), min(b.Y0, y), max(b.X1, x), max(b.Y1, y)}
	}
	return b
}

// paint notes an area that is painted, within the clip.
func (in *interpreter) paint(s shape) {
	state := &in.state
	box := s.box.meet(state.clip)
	if s.alpha *= state.within; box.X1 < box.X0 || box.Y1 < box.Y0 || s.alpha <= 0 {
		return
	}
	s.cut = !box.near(s.box)
	s.box, s.clip, s.settings = box, state.outer, state.settings
	s.solid = s.solid && !state.ragged && !state.blends && s.alpha > 0.98
	in.room -= shapeWeight
	in.out.shapes = append(in.out.shapes, s)
	in.out.points += len(s.path.steps) + 4*len(s.path.points)
}

// image notes a picture, which has an area of its own: a unit square on the page.
func (in *interpreter) image(digest string, solid bool) {
	m := in.state.ctm
	var p path
	p.add(m, 'r', 0, 0, 1, 0, 1, 1, 0, 1)
	in.paint(shape{kind: "image", colour: digest, alpha: in.state.alpha, box: p.box, solid: solid, path: p.outline})
}

// endPath paints the path, and makes it the clip where W said so.
func (in *interpreter) endPath(fill, stroke bool) {
	s, p := &in.state, in.path
	if len(p.points) > 0 && fill {
		in.paint(shape{kind: "fill", colour: s.fill, alpha: s.alpha, box: p.box, solid: true, path: p.outline})
	}
	if len(p.points) > 0 && stroke {
		pen := [4]float32{}
		for i := range pen {
			pen[i] = float32(s.width * s.ctm[i])
		}
		width := s.width * math.Hypot(s.ctm[2], s.ctm[3])
		in.paint(shape{kind: "stroke", colour: s.stroke, alpha: s.strokeAlpha, box: p.box.grown(bound(width) / 2), path: p.outline, pen: pen})
	}
	if in.clipping {
		s.clip = s.clip.meet(p.box)
		s.ragged = s.ragged || p.parts > 1
		s.outer = &clipPath{p.outline, s.outer}
	}
	in.path, in.clipping = path{}, false
}

// grown returns the box with a margin around it.
func (b Box) grown(by float64) Box { return Box{b.X0 - by, b.Y0 - by, b.X1 + by, b.Y1 + by} }

// touches reports whether two boxes have a point in common. A line has no area.
func (b Box) touches(o Box) bool {
	return b.X0 <= o.X1 && o.X0 <= b.X1 && b.Y0 <= o.Y1 && o.Y0 <= b.Y1
}

// near reports whether two boxes are the same within what exact allows.
func (b Box) near(o Box) bool {
	return math.Abs(b.X0-o.X0) <= exact && math.Abs(b.Y0-o.Y0) <= exact && math.Abs(b.X1-o.X1) <= exact && math.Abs(b.Y1-o.Y1) <= exact
}

// sameIn reports whether both pages draw the same in a box, but for glyphs that are known to
// differ: the same shapes with the same points, and the same glyphs at the same places, in the
// same order. Chrome scales a page by some millionths to fit its content, which moves edges by
// less than exact, and colours of pixels with them.
func (d *drawn) sameIn(o *drawn, box Box, known []Box) bool {
	x, y := d.shapesIn(box), o.shapesIn(box)
	in := func(g *glyph) bool { return !g.box().grown(nearby).touches(box) }
	return slices.EqualFunc(x, y, (*shape).same) &&
		slices.EqualFunc(slices.DeleteFunc(d.glyphsBut(known), in), slices.DeleteFunc(o.glyphsBut(known), in), (*glyph).same)
}

// glyphsBut returns the glyphs but for those in boxes that are known to differ.
func (d *drawn) glyphsBut(known []Box) (out []*glyph) {
	for i := range d.glyphs {
		x, y := d.glyphs[i].box().middle()
		if !slices.ContainsFunc(known, func(b Box) bool { return b.holds(x, y) }) {
			out = append(out, &d.glyphs[i])
		}
	}
	return out
}

func (d *drawn) shapesIn(box Box) (out []*shape) {
	for i := range d.shapes {
		if s := &d.shapes[i]; s.box.touches(box) {
			out = append(out, s)
		}
	}
	return out
}

// same reports whether two shapes are drawn alike at the same place.
func (s *shape) same(o *shape) bool {
	return s.alike(o) && s.box.near(o.box) && s.path.same(o.path) && s.clip.same(o.clip)
}

// alike reports whether two shapes are drawn in the same way, wherever and however large.
func (s *shape) alike(o *shape) bool {
	if s.kind != o.kind || s.colour != o.colour || s.alpha != o.alpha || s.settings.mix != o.settings.mix {
		return false
	}
	return s.kind != "stroke" || s.settings.lines == o.settings.lines && samePoints(s.pen[:], o.pen[:])
}

func samePoints(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x-y)) <= exact })
}

func (p outline) same(o outline) bool {
	return bytes.Equal(p.steps, o.steps) && samePoints(p.points, o.points)
}

func (c *clipPath) same(o *clipPath) bool {
	for c != nil && o != nil {
		if c == o {
			return true
		}
		if !c.outline.same(o.outline) {
			return false
		}
		c, o = c.within, o.within
	}
	return c == nil && o == nil
}

// same reports whether two glyphs look alike and stand at the same place.
func (g *glyph) same(o *glyph) bool {
	if g.style.Colour != o.style.Colour || g.hidden != o.hidden || !g.box().near(o.box()) || g.code != o.code || g.alpha != o.alpha || g.settings.mix != o.settings.mix || !g.clip.same(o.clip) || g.font.program != o.font.program {
		return false
	}
	return g.font.look(int(g.code)) == o.font.look(int(o.code))
}
