package diff

import (
	"bytes"
	"math"
	"slices"

	"github.com/dicode/platen/pdf"
)

// A shape is an area that is painted.
type shape struct {
	kind   string // fill, stroke, image, shade
	colour string // of an image, its digest
	alpha  float64
	box    Box
	solid  bool // it covers its box
	path   outline
	clip   *clipPath
	width  float64 // of lines, in points
	dash   string
	mix    string
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
		x, y := m[0]*points[0]+m[2]*points[1]+m[4], m[1]*points[0]+m[3]*points[1]+m[5]
		if len(p.points) == 0 {
			p.box = Box{x, y, x, y}
		}
		p.points = append(p.points, float32(x), float32(y))
		p.box = Box{min(p.box.X0, x), min(p.box.Y0, y), max(p.box.X1, x), max(p.box.Y1, y)}
	}
}

// mapBox returns the box around a rectangle that a matrix maps.
func mapBox(m pdf.Matrix, x0, y0, x1, y1 float64) Box {
	x, y := m[0]*x0+m[2]*y0+m[4], m[1]*x0+m[3]*y0+m[5]
	b := Box{x, y, x, y}
	for _, c := range [...][2]float64{{x1, y0}, {x0, y1}, {x1, y1}} {
		x, y := m[0]*c[0]+m[2]*c[1]+m[4], m[1]*c[0]+m[3]*c[1]+m[5]
		b = Box{min(b.X0, x), min(b.Y0, y), max(b.X1, x), max(b.Y1, y)}
	}
	return b
}

// paint notes an area that is painted, within the clip.
func (in *interpreter) paint(s shape) {
	state := &in.state
	box := s.box.meet(state.clip)
	if box.X1 < box.X0 || box.Y1 < box.Y0 {
		return
	}
	s.box, s.clip, s.mix = box, state.outer, state.mix
	s.solid = s.solid && !state.ragged && !state.blends && s.alpha > 0.98
	in.out.shapes = append(in.out.shapes, s)
}

// endPath paints the path, and makes it the clip where W said so.
func (in *interpreter) endPath(fill, stroke bool) {
	s, p := &in.state, in.path
	if len(p.points) > 0 && fill {
		in.paint(shape{kind: "fill", colour: s.fill, alpha: s.alpha, box: p.box, solid: p.parts == 1, path: p.outline})
	}
	if len(p.points) > 0 && stroke {
		width := s.width * math.Hypot(s.ctm[2], s.ctm[3])
		in.paint(shape{kind: "stroke", colour: s.stroke, alpha: s.strokeAlpha, box: p.box.grown(width / 2), path: p.outline, width: width, dash: s.dash})
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

// sameIn reports whether both pages draw the same in a box: the same shapes with the same
// points, and the same glyphs at the same places, in the same order. Chrome scales a page by
// some millionths to fit its content, which moves edges by less than exact, and colours of
// pixels with them.
func (d *drawn) sameIn(o *drawn, box Box) bool {
	x, y := d.shapesIn(box), o.shapesIn(box)
	if len(x) != len(y) || d.looks != o.looks {
		return false
	}
	for i := range x {
		if !x[i].same(y[i]) {
			return false
		}
	}
	g, h := d.glyphsIn(box), o.glyphsIn(box)
	return slices.EqualFunc(g, h, (*glyph).same)
}

// sameBut reports whether both pages draw the same, but for glyphs in boxes that are known to
// differ. Then nobody has to look at their pictures.
func (d *drawn) sameBut(o *drawn, known []Box) bool {
	if len(d.shapes) != len(o.shapes) || d.looks != o.looks {
		return false
	}
	for i := range d.shapes {
		if !d.shapes[i].same(&o.shapes[i]) {
			return false
		}
	}
	return slices.EqualFunc(d.glyphsBut(known), o.glyphsBut(known), (*glyph).same)
}

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

func (d *drawn) glyphsIn(box Box) (out []*glyph) {
	for i := range d.glyphs {
		if g := &d.glyphs[i]; g.box().grown(nearby).touches(box) {
			out = append(out, g)
		}
	}
	return out
}

func (s *shape) same(o *shape) bool {
	return s.kind == o.kind && s.colour == o.colour && s.alpha == o.alpha && s.box.near(o.box) &&
		math.Abs(s.width-o.width) <= exact && s.dash == o.dash && s.mix == o.mix && s.path.same(o.path) && s.clip.same(o.clip)
}

func (p outline) same(o outline) bool {
	return bytes.Equal(p.steps, o.steps) && slices.EqualFunc(p.points, o.points, func(a, b float32) bool { return math.Abs(float64(a-b)) <= exact })
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
	if g.style.Colour != o.style.Colour || g.hidden != o.hidden || !g.box().near(o.box()) || g.code != o.code || g.alpha != o.alpha || g.mix != o.mix || !g.clip.same(o.clip) || g.font.program != o.font.program {
		return false
	}
	return g.font.glyph == nil || bytes.Equal(g.font.glyph(int(g.code)), o.font.glyph(int(o.code)))
}
