package diff

// lines returns what no tag of the tree holds on a page, line by line.
func (d *document) lines(p *page) ([]*block, error) {
	if !d.facts.Tagged {
		return nil, nil
	}
	drawn, err := d.draw(p)
	if err != nil {
		return nil, err
	}
	var loose []int
	for i := range drawn.glyphs {
		g := &drawn.glyphs[i]
		if g.mcid < 0 || !d.tagged[[2]int{p.number, int(g.mcid)}] {
			loose = append(loose, i)
		}
	}
	lines := p.lines(drawn, loose, margin)
	for _, b := range lines {
		d.masks.cover(b)
		b.describe()
	}
	return lines, nil
}

// lines makes a block of each line of some glyphs.
func (p *page) lines(drawn *drawn, which []int, kind string) (out []*block) {
	var glyphs []placed
	for _, i := range which {
		glyphs = append(glyphs, placed{&drawn.glyphs[i], p.number, 0})
	}
	for _, w := range cut(glyphs) {
		n := len(out)
		if n > 0 && sameLine(out[n-1].words, w) {
			out[n-1].words = append(out[n-1].words, w)
			continue
		}
		if n > 0 {
			out[n-1].line[1] = w.at
		}
		out = append(out, &block{kind: kind, page: p.number, words: []Word{w}, line: [2]int{w.at, len(glyphs)}, read: true})
	}
	return out
}

// sameLine reports whether a word goes on in a line.
func sameLine(line []Word, w Word) bool {
	last := line[len(line)-1]
	size := max(last.Style.Size, 1)
	return last.base-w.base < 0.3*size && w.base-last.base < 0.3*size && w.Box.X0-last.Box.X1 < 3*size && last.Box.X0-w.Box.X1 < 3*size
}
