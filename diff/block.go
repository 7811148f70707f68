package diff

import (
	"fmt"
	"slices"
	"strings"
)

// margin and untagged are the kinds of blocks that no tag holds.
const (
	margin   = "running text"
	untagged = "text"
)

// wholePage is the mark of a part that is all of a page.
const wholePage = -2

// gather lists the blocks of the document: those of the tags, or the lines of each page. A page
// that has a twin is one block, since nobody has to read it.
func (d *document) gather() (err error) {
	if d.facts.Tagged {
		d.blocks, err = d.readTree()
		return err
	}
	for _, p := range d.pages {
		if p.twin != nil {
			d.blocks = append(d.blocks, &block{kind: untagged, page: p.number, parts: []part{{p.number, wholePage, 0}}})
			continue
		}
		if err := d.draw(p); err != nil {
			return err
		}
		d.blocks = append(d.blocks, p.lines(p.drawn.all(), untagged)...)
	}
	return nil
}

// readBlock fills in the words of a block.
func (d *document) readBlock(b *block) error {
	if b.read {
		return nil
	}
	var glyphs []placed
	for _, part := range b.parts {
		if part.page == 0 {
			continue
		}
		p := d.pages[part.page-1]
		if err := d.draw(p); err != nil {
			return err
		}
		for _, i := range p.drawn.of(part.mcid) {
			glyphs = append(glyphs, placed{&p.drawn.glyphs[i], part.page, part.cell})
		}
	}
	if b.kind == "TR" {
		glyphs = withoutRepeats(glyphs)
	}
	b.words, b.read = cut(glyphs), true
	return nil
}

// all returns all glyphs.
func (d *drawn) all() []int {
	out := make([]int, len(d.glyphs))
	for i := range out {
		out[i] = i
	}
	return out
}

// withoutRepeats leaves out what a row says again on each page that its table goes on on.
func withoutRepeats(glyphs []placed) []placed {
	said := map[int]string{} // on each page, cell by cell
	for _, g := range glyphs {
		said[g.page] += fmt.Sprint(g.cell, g.says())
	}
	if len(said) < 2 {
		return glyphs
	}
	first := glyphs[0].page
	return slices.DeleteFunc(glyphs, func(g placed) bool { return g.page > first && said[g.page] == said[first] })
}

// of returns the glyphs of a marked-content sequence, or of the whole page.
func (d *drawn) of(mcid int) []int {
	if d.byMark == nil {
		d.byMark = map[int][]int{}
		for i := range d.glyphs {
			g := &d.glyphs[i]
			d.byMark[int(g.mcid)] = append(d.byMark[int(g.mcid)], i)
		}
	}
	if mcid == wholePage {
		return d.all()
	}
	return d.byMark[mcid]
}

// lines returns what no tag of the tree holds on a page, line by line.
func (d *document) lines(p *page) ([]*block, error) {
	if !d.facts.Tagged {
		return nil, nil
	}
	if err := d.draw(p); err != nil {
		return nil, err
	}
	var loose []int
	for i := range p.drawn.glyphs {
		g := &p.drawn.glyphs[i]
		if g.mcid < 0 || !d.tagged[[2]int{p.number, int(g.mcid)}] {
			loose = append(loose, i)
		}
	}
	return p.lines(loose, margin), nil
}

// lines makes a block of each line of some glyphs.
func (p *page) lines(which []int, kind string) (out []*block) {
	var glyphs []placed
	for _, i := range which {
		glyphs = append(glyphs, placed{&p.drawn.glyphs[i], p.number, 0})
	}
	for _, w := range cut(glyphs) {
		if n := len(out); n > 0 && sameLine(out[n-1].words, w) {
			out[n-1].words = append(out[n-1].words, w)
			continue
		}
		out = append(out, &block{kind: kind, page: p.number, words: []Word{w}, read: true})
	}
	return out
}

// sameLine reports whether a word goes on in a line.
func sameLine(line []Word, w Word) bool {
	last := line[len(line)-1]
	size := max(last.Style.Size, 1)
	return last.base-w.base < 0.3*size && w.base-last.base < 0.3*size && w.Box.X0-last.Box.X1 < 3*size && last.Box.X0-w.Box.X1 < 3*size
}

// text is what the words of a block say.
func text(words []Word) string {
	var b strings.Builder
	for i := range words {
		if i > 0 && words[i].Space != joiner {
			b.WriteByte(' ')
		}
		b.WriteString(words[i].Text)
	}
	return b.String()
}

// twinKey is the key of a block all of which stands on pages that have a twin: it is equal to
// that of the same block there, and nobody has to read it. It is "" for other blocks.
func (d *document) twinKey(b *block) string {
	if len(b.parts) == 0 {
		return ""
	}
	var key strings.Builder
	key.WriteString("twin")
	for _, part := range b.parts {
		if part.page == 0 {
			continue
		}
		p := d.pages[part.page-1]
		if p.twin == nil {
			return ""
		}
		fmt.Fprintf(&key, " %s/%d", p.print, part.mcid)
	}
	return key.String()
}

// textKey is the key of a block by what it says.
func textKey(b *block) string {
	var key strings.Builder
	key.WriteString(b.kind)
	cell := 0
	for i := range b.words {
		w := &b.words[i]
		if w.Cell != cell {
			key.WriteString("|")
			cell = w.Cell
		}
		if w.Space != joiner {
			key.WriteByte(' ')
		}
		key.WriteString(w.folded())
	}
	return key.String()
}

// keys reads the blocks that have to be read, and gives each its key.
func (d *document) keys(blocks []*block, masks *masks) error {
	for _, b := range blocks {
		if b.key != "" {
			continue
		}
		if b.key = d.twinKey(b); b.key != "" {
			continue
		}
		if err := d.readBlock(b); err != nil {
			return err
		}
		masks.cover(b)
		b.key = textKey(b)
	}
	return nil
}

// spot is where words stand on the page that they begin on: a box for each line.
func spot(words []Word) Spot {
	var s Spot
	base := 0.0
	for i := range words {
		w := &words[i]
		if s.Page == 0 {
			s.Page = w.Page
		}
		if w.Page != s.Page {
			break // a block that goes on is found where it begins
		}
		if n := len(s.Boxes); n > 0 && w.base == base {
			s.Boxes[n-1] = s.Boxes[n-1].union(w.Box)
			continue
		}
		base = w.base
		s.Boxes = append(s.Boxes, w.Box)
	}
	return s
}

// spot is where the block stands. One that was not read, or has no words, has no box.
func (b *block) spot() Spot {
	if s := spot(b.words); s.Page > 0 {
		return s
	}
	return Spot{Page: b.page}
}
