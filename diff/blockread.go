package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// readBlock fills in the words of a block. They take much memory: see forget.
func (d *document) readBlock(b *block) error {
	if b.read {
		return nil
	}
	for _, n := range b.pages() {
		drawn, err := d.draw(d.pages[n-1])
		if err != nil {
			return err
		}
		b.readPage(n, drawn)
	}
	d.finish(b)
	return nil
}

// readAll reads blocks page by page, so that no page is drawn twice, and does something with each
// when it is read.
func (d *document) readAll(blocks []*block, do func(*block)) error {
	on := make([][]*block, len(d.pages)+1)
	left := map[*block]int{} // pages of each that are not read
	for _, b := range blocks {
		pages := b.pages()
		left[b] = len(pages)
		for _, n := range pages {
			on[n] = append(on[n], b)
		}
		if len(pages) == 0 {
			d.finish(b)
			do(b)
		}
	}
	for n, list := range on {
		if len(list) == 0 {
			continue
		}
		drawn, err := d.draw(d.pages[n-1])
		if err != nil {
			return err
		}
		for _, b := range list {
			b.readPage(n, drawn)
			if left[b]--; left[b] == 0 {
				d.finish(b)
				do(b)
			}
		}
	}
	return nil
}

// pages are those that the block has a part of, in their order.
func (b *block) pages() []int {
	if b.line[1] > 0 {
		return []int{b.page}
	}
	var out []int
	for _, part := range b.parts {
		if part.page > 0 && (len(out) == 0 || out[len(out)-1] != part.page) {
			out = append(out, part.page)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readPage adds the words of a page. The pages of a block come in their order.
func (b *block) readPage(n int, drawn *drawn) {
	var glyphs []placed
	for i := b.line[0]; i < b.line[1]; i++ {
		glyphs = append(glyphs, placed{&drawn.glyphs[i], n, 0})
	}
	for _, part := range b.parts {
		if part.page != n {
			continue
		}
		for _, i := range drawn.of(part.mcid) {
			glyphs = append(glyphs, placed{&drawn.glyphs[i], n, part.cell})
		}
	}
	b.keep = b.keep || len(b.words) > 0
	b.words = append(b.words, cut(glyphs)...)
}

// finish completes a block all of whose pages are read.
func (d *document) finish(b *block) {
	if b.kind == "TR" && b.keep {
		b.words = withoutRepeats(b.words)
		slices.SortStableFunc(b.words, func(x, y Word) int { return cmp.Compare(x.Cell, y.Cell) })
	}
	b.read, b.keep = true, b.keep || len(b.words) == 0
	d.masks.cover(b)
}

// withoutRepeats leaves out what a row says again on each page that its table goes on on.
func withoutRepeats(words []Word) []Word {
	said := map[int]*strings.Builder{} // on each page, cell by cell
	for i := range words {
		w := &words[i]
		if said[w.Page] == nil {
			said[w.Page] = &strings.Builder{}
		}
		fmt.Fprint(said[w.Page], w.Cell, " ", w.Text, " ")
	}
	first := slices.Min(slices.Collect(maps.Keys(said)))
	return slices.DeleteFunc(words, func(w Word) bool { return w.Page > first && said[w.Page].String() == said[first].String() })
}

// forget lets go of the words, which can be read again. Those of a block that is on several pages
// stay: reading it would draw all of them.
func (b *block) forget() {
	if !b.keep {
		b.words, b.read = nil, false
	}
}

// all returns all glyphs.
func (d *drawn) all() []int {
	out := make([]int, len(d.glyphs))
	for i := range out {
		out[i] = i
	}
	return out
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
