package diff

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A target is where an entry of the outline or a link leads to (§12.3.2).
type target struct {
	says  string  // the entry
	page  int     // 0: to no page of this document
	y     float64 // from the top of the page as it is viewed, in points
	way   string  // how it is shown: XYZ, Fit …
	named bool    // by a name
	does  string  // what else the entry does or looks like, of an outline
}

// where says where it leads to.
func (t target) where() string {
	if t.page == 0 {
		return "nowhere"
	}
	return fmt.Sprintf("page %d, %.0f pt from the top", t.page, t.y)
}

// bookmark is what an entry of the outline is called.
const bookmark = "outline entry"

// targets compares where entries of the outline, and links within the document, lead to: the
// same block has to stand there, on whichever page.
func (c *comparison) targets() error {
	partner := map[int]int{}
	for _, p := range c.pairs {
		if p.a >= 0 {
			partner[p.a] = p.b
		}
	}
	for _, list := range []struct {
		name string
		of   func(*document) ([]target, error)
	}{{bookmark, (*document).outline}, {"link", (*document).innerLinks}} {
		x, err := list.of(c.a)
		if err != nil {
			return err
		}
		y, err := list.of(c.b)
		if err != nil {
			return err
		}
		c.compareTargets(list.name, x, y, partner)
	}
	return nil
}

// compareTargets reports entries that lead to something else, and links that only one has. That
// the outline lost or gained an entry is a fact, and found already.
func (c *comparison) compareTargets(what string, x, y []target, partner map[int]int) {
	says := func(list []target) (out []string) {
		for _, t := range list {
			out = append(out, t.says)
		}
		return out
	}
	i, j := 0, 0
	for _, m := range append(align(says(x), says(y)), match{len(x), len(y)}) {
		for ; i < m.a && what != bookmark; i++ {
			c.add(Finding{Class: Structure, Kind: "removed", What: what + " removed: " + quote(x[i].says), Where: what, Old: x[i].where(), Places: []Place{{A: Spot{Page: x[i].page}}}})
		}
		for ; j < m.b && what != bookmark; j++ {
			c.add(Finding{Class: Structure, Kind: "inserted", What: what + " added: " + quote(y[j].says), Where: what, New: y[j].where(), Places: []Place{{B: Spot{Page: y[j].page}}}})
		}
		if m.a < len(x) && !c.sameTarget(x[m.a], y[m.b], partner) {
			s, t := x[m.a], y[m.b]
			c.add(Finding{Class: Structure, Kind: "changed", What: what + " " + quote(s.says) + " leads elsewhere", Where: what, Old: s.where(), New: t.where(), Places: []Place{{Spot{Page: s.page}, Spot{Page: t.page}}}})
		}
		if m.a < len(x) && x[m.a].does != y[m.b].does {
			c.add(Finding{Class: Structure, Kind: "changed", What: what + " " + quote(x[m.a].says) + " does something else, or looks otherwise", Where: what, Old: x[m.a].does, New: y[m.b].does})
		}
		i, j = m.a+1, m.b+1
	}
}

// sameTarget reports whether two targets are at the same block.
func (c *comparison) sameTarget(x, y target, partner map[int]int) bool {
	if x.page == 0 || y.page == 0 || x.way != y.way {
		return x.page == y.page && x.way == y.way
	}
	if twin := c.a.pages[x.page-1].twin; twin != nil {
		return twin.number == y.page && math.Abs(x.y-y.y) <= exact
	}
	near, there := c.a.landing(x), c.b.landing(y)
	if len(near) == 0 && len(there) == 0 {
		return true
	}
	for _, at := range near {
		to, ok := partner[at.block]
		for _, other := range there {
			if ok && to == other.block && math.Abs(at.y-x.y-(other.y-y.y)) <= 2*pixel {
				return true
			}
		}
	}
	return false
}

// reachOfNames is how far above its element a named target may be, in points: Chrome leaves
// the margin of the page out of its heights.
const reachOfNames = 100

// landing returns the block that stands first at or below a target on its page, or those that
// it may be.
func (d *document) landing(t target) (out []top) {
	for _, top := range d.topsOf(t.page) {
		switch {
		case top.y < t.y:
		case len(out) == 0, t.named && top.y < t.y+reachOfNames:
			out = append(out, top)
		}
	}
	return out
}

// A top is the height of the middle of the first line of a block.
type top struct {
	block int
	y     float64
}

// topsOf returns the blocks that begin on a page, from above. The walk through the pairs has seen
// all that are not on a page with a twin.
func (d *document) topsOf(page int) []top {
	if d.tops == nil {
		d.tops = map[int][]top{}
		for i, b := range d.blocks {
			if b.first > 0 {
				d.tops[b.first] = append(d.tops[b.first], top{i, b.top})
			}
		}
		for _, list := range d.tops {
			slices.SortStableFunc(list, func(a, b top) int { return cmp.Compare(a.y, b.y) })
		}
	}
	return d.tops[page]
}
