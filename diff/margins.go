package diff

// margins compares what no tag holds on two pages: headers, footers, page numbers, stamps.
func (c *comparison) margins(p, q *page) error {
	x, err := c.a.lines(p)
	if err != nil {
		return err
	}
	y, err := c.b.lines(q)
	if err != nil {
		return err
	}
	p.keep(x)
	q.keep(y)
	c.comparePage(x, y)
	return nil
}

// comparePage compares the lines of two pages.
func (c *comparison) comparePage(x, y []*block) {
	nowhere := func() string { return name(margin) }
	i, j := 0, 0
	for _, m := range append(align(keysOf(x), keysOf(y)), match{len(x), len(y)}) {
		for ; i < m.a && j < m.b; i, j = i+1, j+1 {
			if c.compareWords(x[i].words, y[j].words, nowhere) {
				c.explain(Place{x[i].spot(), y[j].spot()}) // the line may be set to the right
			}
		}
		for ; i < m.a; i++ {
			c.add(Finding{Class: Content, Kind: "changed", What: quote(text(x[i].words)) + " removed" + hiddenNote(x[i].words), Where: name(margin), Old: text(x[i].words), Places: []Place{{A: x[i].spot()}}})
		}
		for ; j < m.b; j++ {
			c.add(Finding{Class: Content, Kind: "changed", What: quote(text(y[j].words)) + " inserted" + hiddenNote(y[j].words), Where: name(margin), New: text(y[j].words), Places: []Place{{B: y[j].spot()}}})
		}
		if m.a < len(x) {
			if a, b := x[m.a], y[m.b]; c.compareWords(a.words, b.words, nowhere) {
				c.explain(Place{a.spot(), b.spot()})
			} else {
				c.within(a, b, false)
				c.shift(a, b)
			}
		}
		i, j = m.a+1, m.b+1
	}
}
