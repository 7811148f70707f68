package diff

import (
	"fmt"
	"math"
)

// margins compares what no tag holds, page by page: headers, footers, page numbers, stamps.
func (c *comparison) margins() error {
	referenced := func(d *document) map[[2]int]bool {
		all := map[[2]int]bool{}
		for _, b := range d.blocks {
			for _, p := range b.parts {
				all[[2]int{p.page, p.mcid}] = true
			}
		}
		return all
	}
	c.a.tagged, c.b.tagged = referenced(c.a), referenced(c.b)
	for i := range min(len(c.a.pages), len(c.b.pages)) {
		p, q := c.a.pages[i], c.b.pages[i]
		if p.twin == q {
			continue
		}
		x, err := c.a.lines(p)
		if err != nil {
			return err
		}
		y, err := c.b.lines(q)
		if err != nil {
			return err
		}
		c.comparePage(x, y)
	}
	return nil
}

// comparePage compares the lines of two pages.
func (c *comparison) comparePage(x, y []*block) {
	for _, b := range x {
		c.maskA.cover(b)
		b.key = textKey(b)
	}
	for _, b := range y {
		c.maskB.cover(b)
		b.key = textKey(b)
	}
	nowhere := func() string { return name(margin) }
	i, j := 0, 0
	for _, m := range append(align(keysOf(x), keysOf(y)), match{len(x), len(y)}) {
		for ; i < m.a && j < m.b; i, j = i+1, j+1 {
			c.compareWords(x[i].words, y[j].words, nowhere)
		}
		for ; i < m.a; i++ {
			c.add(Finding{Class: Content, Kind: "changed", What: quote(text(x[i].words)) + " removed" + hiddenNote(x[i].words), Where: name(margin), Old: text(x[i].words), Places: []Place{{A: x[i].spot()}}})
		}
		for ; j < m.b; j++ {
			c.add(Finding{Class: Content, Kind: "changed", What: quote(text(y[j].words)) + " inserted" + hiddenNote(y[j].words), Where: name(margin), New: text(y[j].words), Places: []Place{{B: y[j].spot()}}})
		}
		if m.a < len(x) {
			if !c.compareWords(x[m.a].words, y[m.b].words, nowhere) {
				c.within(x[m.a], y[m.b], false)
				c.shift(x[m.a], y[m.b])
			}
		}
		i, j = m.a+1, m.b+1
	}
}

// Two places are the same when they are nearer than this, in points. Chrome puts what it
// prints on whole CSS pixels, so what is pushed down may land a pixel beside.
const (
	exact = 0.02
	pixel = 0.77
)

// places finds blocks that stand elsewhere although nothing before them changed. Words that
// are pushed on by something that changed are no finding of their own.
func (c *comparison) places() error {
	c.moved, c.movedA = map[int][]Box{}, map[int][]Box{}
	var page [2]int    // of the pair before
	pushed := false    // something before changed, and blocks stand elsewhere since
	var before *[2]int // the pair before, where nothing stands between it and this one
	for k := range c.pairs {
		p := &c.pairs[k]
		if p.a < 0 || p.b < 0 || p.moved {
			pushed, before = true, nil
			continue
		}
		a, b := c.a.blocks[p.a], c.b.blocks[p.b]
		if len(a.words) == 0 || len(b.words) == 0 {
			pushed = pushed || p.changed
			continue
		}
		x, y := a.words[0], b.words[0]
		elsewhere := x.Page != y.Page || math.Abs(x.base-y.base) > exact
		switch {
		case !elsewhere:
			pushed = pushed && page[0] == x.Page // what is pushed by less than a pixel may land where it was
		case pushed:
			if before != nil && c.gapChanged(before, p) {
				c.add(Finding{Class: Layout, Kind: "changed", What: "the space above a block differs", Where: c.heading(c.b, p.b), Places: []Place{{a.spot(), b.spot()}}})
			}
			c.push(a, b)
		case before != nil && !c.gapChanged(before, p):
			c.push(a, b) // it moved with the block before it
		default:
			c.shift(a, b)
			c.push(a, b)
			pushed = true
		}
		page = [2]int{x.Page, y.Page}
		if math.Abs(x.Box.X0-y.Box.X0) > exact && !p.changed && a.words[0].Text == b.words[0].Text {
			c.sideways(a, b)
		}
		if !p.changed {
			c.within(a, b, elsewhere)
		}
		pushed = pushed || p.changed
		before = nil
		if !p.changed {
			before = &[2]int{p.a, p.b}
		}
	}
	return nil
}

// push notes the area of a block that stands elsewhere because of one before it.
func (c *comparison) push(a, b *block) {
	for i := range a.words {
		w := &a.words[i]
		c.movedA[w.Page] = append(c.movedA[w.Page], w.Box)
	}
	for i := range b.words {
		w := &b.words[i]
		c.moved[w.Page] = append(c.moved[w.Page], w.Box)
	}
}

// gapChanged reports whether the distance of a block to the one before it differs. Where one
// of the two begins a page, there is none, and so it does not.
func (c *comparison) gapChanged(before *[2]int, p *pair) bool {
	a, b := c.a.blocks[before[0]].words, c.b.blocks[before[1]].words
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
			c.add(Finding{Class: Layout, Kind: "changed", What: "words stand elsewhere within their " + name(a.kind), Where: name(b.kind), Places: []Place{{spot(a.words[i : i+1]), spot(b.words[i : i+1])}}})
			return
		}
	}
}
