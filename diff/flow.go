package diff

import "math"

// A flow is the walk through the pairs of blocks, in the order in which they are read. It compares
// their words, then their places, then what is drawn around those that stand elsewhere. The words
// of a pair are forgotten when the one after it is done.
type flow struct {
	*comparison
	page   [2]int // of the pair before, in both
	pushed bool   // something before changed, and blocks stand elsewhere since
	before *pair  // the pair before, where it is as it was and nothing stands between it and this one
	last   *pair  // whose words are still there
}

// flow compares the pairs of blocks.
func (c *comparison) flow() error {
	f := flow{comparison: c}
	for k := range c.pairs {
		p := &c.pairs[k]
		if err := f.load(p); err != nil {
			return err
		}
		f.pair(p)
		a, b := f.side(f.a, p), f.side(f.b, p)
		if a != nil && b != nil && len(a.words) == 0 && len(b.words) == 0 {
			f.pushed = f.pushed || p.changed
			f.forget(p)
			continue
		}
		f.fragments(a, b, p)
		if err := f.step(a, b, p); err != nil {
			return err
		}
		f.forget(f.last)
		f.last = p
	}
	if f.last != nil {
		if err := f.around(f.last, nil); err != nil {
			return err
		}
		f.forget(f.last)
	}
	return nil
}

// load reads the blocks of a pair that have to be read.
func (f *flow) load(p *pair) error {
	return f.both(func(d *document) error {
		b := f.side(d, p)
		if b == nil || b.twin {
			return nil
		}
		err := d.readBlock(b)
		if len(b.words) > 0 {
			b.first = b.words[0].Page
			_, b.top = b.words[0].Box.middle()
		}
		return err
	})
}

// side is the block of a pair in a document; nil for none.
func (c *comparison) side(d *document, p *pair) *block {
	switch {
	case d == c.a && p.a >= 0:
		return c.a.blocks[p.a]
	case d == c.b && p.b >= 0:
		return c.b.blocks[p.b]
	}
	return nil
}

func (f *flow) forget(p *pair) {
	if p == nil {
		return
	}
	for _, d := range []*document{f.a, f.b} {
		if b := f.side(d, p); b != nil {
			b.forget()
		}
	}
}

// step compares the places of a pair, and what is drawn around the one before.
func (f *flow) step(a, b *block, p *pair) error {
	if a == nil || b == nil || p.moved || len(a.words) == 0 || len(b.words) == 0 {
		f.pushed, f.before = true, nil
		return f.around(f.last, nil)
	}
	f.place(p)
	f.pushed = f.pushed || p.changed
	f.before = nil
	if !p.changed {
		f.before = p
	}
	return f.around(f.last, p)
}

// fragments notes on the pages what of them the blocks of a pair take, and whether it is free:
// whether it stands at another place in the other document, or is not in it.
func (f *flow) fragments(a, b *block, p *pair) {
	in := func(b *block) map[int]Box {
		out := map[int]Box{}
		if b != nil {
			for i := range b.words {
				w := &b.words[i]
				out[w.Page] = out[w.Page].union(w.Box)
			}
		}
		return out
	}
	x, y := in(a), in(b)
	note := func(pages []*page, these, others map[int]Box) {
		for n, box := range these {
			other, both := others[n]
			free := !both || p.moved || math.Abs(box.Y0-other.Y0) > exact || math.Abs(box.Y1-other.Y1) > exact
			pages[n-1].flow = append(pages[n-1].flow, fragment{box.Y0, box.Y1, free})
			p.free = p.free || free
		}
	}
	note(f.a.pages, x, y)
	note(f.b.pages, y, x)
}

// around compares what is drawn around the blocks of a pair that do not stand at the same place
// on the same page: there the pages cannot be laid on each other. next is the pair after it, or nil.
func (f *flow) around(p, next *pair) error {
	if p == nil || !p.free || p.moved {
		return nil
	}
	a, b := f.side(f.a, p), f.side(f.b, p)
	if a == nil || b == nil {
		return nil
	}
	x, okA := f.a.strip(a)
	y, okB := f.b.strip(b)
	if !okA || !okB {
		return nil
	}
	if next != nil {
		u, okA := f.a.strip(f.side(f.a, next))
		v, okB := f.b.strip(f.side(f.b, next))
		gap := u.y0 - x.y1
		if okA && okB && u.page == x.page && v.page == y.page && gap > 0 && math.Abs(gap-(v.y0-y.y1)) <= 2*pixel {
			x.y1, y.y1 = u.y0, v.y0
		}
	}
	var err error
	if x.drawn, err = f.a.draw(f.a.pages[x.page-1]); err != nil {
		return err
	}
	if y.drawn, err = f.b.draw(f.b.pages[y.page-1]); err != nil {
		return err
	}
	return f.strips(x, y)
}
