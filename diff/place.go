package diff

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Two places are the same when they are nearer than this, in points. Chrome puts what it
// prints on whole CSS pixels, so what is pushed down may land a pixel beside.
const (
	exact = 0.02
	pixel = 0.77
)

// place reports a block that stands elsewhere although nothing before it changed. What is pushed
// on by something that changed is no finding of its own.
func (f *flow) place(p *pair) {
	a, b := f.a.blocks[p.a], f.b.blocks[p.b]
	x, y := a.words[0], b.words[0]
	elsewhere := x.Page != y.Page || math.Abs(x.base-y.base) > exact
	switch {
	case !elsewhere:
		f.pushed = f.pushed && f.page[0] == x.Page // what is pushed by less than a pixel may land where it was
	case f.pushed:
		if f.before != nil && f.gapChanged(f.before, p) {
			f.add(Finding{Class: Layout, Kind: "changed", What: "the space above a block differs", Where: f.heading(f.b, p.b), Places: []Place{{a.spot(), b.spot()}}})
		}
	case f.before != nil && !f.gapChanged(f.before, p): // it moved with the block before it
	default:
		f.shift(a, b)
		f.pushed = true
	}
	f.page = [2]int{x.Page, y.Page}
	if p.changed {
		f.beside(a, b, elsewhere)
		return
	}
	if math.Abs(x.Box.X0-y.Box.X0) > exact && x.Text == y.Text {
		f.sideways(a, b)
	}
	f.within(a, b, elsewhere)
}

// beside compares the places of words in blocks in which others changed. Those behind a changed
// word in its cell or paragraph, and those in its line, may stand elsewhere: they are noted as
// explained.
func (f *flow) beside(a, b *block, elsewhere bool) {
	tolerance := exact
	if elsewhere {
		tolerance = pixel
	}
	if math.Abs(around(a.words).height()-around(b.words).height()) > pixel {
		f.explain(Place{a.spot(), b.spot()}) // cells may be aligned in the middle of the row
		return
	}
	x, y := a.words[0], b.words[0]
	reported := false
	inA, inB := cells(a.words), cells(b.words)
	for _, cell := range slices.Sorted(maps.Keys(inA)) {
		v, w := inA[cell], inB[cell]
		n := settled(v, w)
		f.explain(Place{spot(v[n:]), spot(w[n:])})
		for i := range n {
			if v[i].Page != x.Page || w[i].Page != y.Page {
				break
			}
			if dy := (v[i].base - x.base) - (w[i].base - y.base); !reported && (math.Abs(v[i].Box.X0-w[i].Box.X0) > exact || math.Abs(dy) > tolerance) {
				f.elsewhere(a, b, &v[i], &w[i])
				reported = true
			}
		}
	}
}

// cells returns the words of each cell.
func cells(words []Word) map[int][]Word {
	out := map[int][]Word{}
	for i := range words {
		out[words[i].Cell] = append(out[words[i].Cell], words[i])
	}
	return out
}

// settled is how many words two cells begin with that are equal and in lines without others.
func settled(v, w []Word) int {
	n := 0
	for n < len(v) && n < len(w) && v[n].Text == w[n].Text && v[n].Style == w[n].Style && (n == 0 || sameSpace(v[n].Space, w[n].Space)) {
		n++
	}
	if n == len(v) && n == len(w) {
		return n
	}
	goesOn := func(words []Word) bool { return n < len(words) && words[n-1].base == words[n].base }
	for n > 0 && (goesOn(v) || goesOn(w)) {
		n--
	}
	return n
}

// elsewhere reports words that stand elsewhere within their block. Those after them may too.
func (c *comparison) elsewhere(a, b *block, v, w *Word) {
	c.add(Finding{Class: Layout, Kind: "changed", What: "words stand elsewhere within their " + name(a.kind), Where: name(b.kind), Places: []Place{{spot([]Word{*v}), spot([]Word{*w})}}})
	c.explain(Place{a.spot(), b.spot()})
}

// gapChanged reports whether the distance of a block to the one before it differs. Where one
// of the two begins a page, there is none, and so it does not.
func (c *comparison) gapChanged(before, p *pair) bool {
	a, b := c.a.blocks[before.a].words, c.b.blocks[before.b].words
	x, y := c.a.blocks[p.a].words[0], c.b.blocks[p.b].words[0]
	lastA, lastB := a[len(a)-1], b[len(b)-1]
	if lastA.Page != x.Page || lastB.Page != y.Page {
		return false
	}
	return math.Abs((x.base-lastA.base)-(y.base-lastB.base)) > 2*pixel
}

// shift reports a block that stands elsewhere for no reason that is known.
func (c *comparison) shift(a, b *block) {
	x, y := a.words[0], b.words[0]
	dx, dy := y.Box.X0-x.Box.X0, y.base-x.base
	if x.Page == y.Page && math.Abs(dx) <= exact && math.Abs(dy) <= exact {
		return
	}
	what := fmt.Sprintf("stands %s elsewhere", distance(dx, dy))
	if x.Page != y.Page {
		what = fmt.Sprintf("stands on another page (%d became %d)", x.Page, y.Page)
	}
	c.add(Finding{Class: Layout, Kind: "shifted", What: name(a.kind) + " " + what, Where: name(b.kind), Places: []Place{{a.spot(), b.spot()}}})
}

// sideways reports a block that begins elsewhere across the page.
func (c *comparison) sideways(a, b *block) {
	dx := b.words[0].Box.X0 - a.words[0].Box.X0
	c.add(Finding{Class: Layout, Kind: "shifted", What: fmt.Sprintf("%s stands %s elsewhere", name(a.kind), distance(dx, 0)), Places: []Place{{a.spot(), b.spot()}}})
}

func distance(dx, dy float64) string { return fmt.Sprintf("(%+.1f, %+.1f) pt", dx, dy) }

// within reports words that stand elsewhere within their block.
func (c *comparison) within(a, b *block, elsewhere bool) {
	if len(a.words) != len(b.words) {
		return
	}
	tolerance := exact
	if elsewhere {
		tolerance = pixel
	}
	x, y := a.words[0], b.words[0]
	for i := range a.words {
		v, w := a.words[i], b.words[i]
		if v.Page != x.Page || w.Page != y.Page {
			return // it goes on on another page, where that begins is no matter of its own
		}
		dx := (v.Box.X0 - x.Box.X0) - (w.Box.X0 - y.Box.X0)
		dy := (v.base - x.base) - (w.base - y.base)
		if math.Abs(dx) > exact || math.Abs(dy) > tolerance {
			c.elsewhere(a, b, &v, &w)
			return
		}
	}
}
