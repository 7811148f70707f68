package diff

import (
	"strings"
)

// margin and untagged are the kinds of blocks that no tag holds.
const (
	margin   = "running text"
	untagged = "text"
)

// wholePage is the mark of a part that is all of a page.
const wholePage = -2

// A block is what people take for one thing: a paragraph, a heading, a table row, an item of
// a list, a figure; or a line at the margin, which no tag holds.
type block struct {
	kind  string // standard structure type; "running text" at the margin, "text" without tags
	path  string // the elements around it, with their attributes
	shape string // its own elements, with their attributes
	parts []part
	line  [2]int  // of a document without tags: the glyphs of its page that it is, from and to
	page  int     // on which it begins
	key   string  // equal ones are the same block
	twin  bool    // it stands on pages that have a twin, and nobody has to read it
	bag   bag     // what it says; see keys
	title string  // of a heading that was asked for
	first int     // page of its first word, once the walk through the pairs was there; it may begin before it
	top   float64 // height of the middle of that word

	words []Word // while read is true
	read  bool
	keep  bool // words stay, since they are on several pages
}

// A part is marked content of a block.
type part struct {
	page, mcid int
	cell       int // of the row, from 1
}

// gather lists the blocks of the document: those of the tags, or the lines of each page. A page
// that has a twin is one block, since nobody has to read it.
func (d *document) gather() (err error) {
	if d.facts.Tagged {
		if d.blocks, err = d.readTree(); err != nil {
			return err
		}
		d.tagged = map[[2]int]bool{}
		for _, b := range d.blocks {
			for _, p := range b.parts {
				d.tagged[[2]int{p.page, p.mcid}] = true
			}
		}
		return d.reopen()
	}
	for _, p := range d.pages {
		if p.twin != nil {
			d.blocks = append(d.blocks, &block{kind: untagged, page: p.number, parts: []part{{p.number, wholePage, 0}}})
			continue
		}
		drawn, err := d.draw(p)
		if err != nil {
			return err
		}
		for _, b := range p.lines(drawn, drawn.all(), untagged) {
			d.masks.cover(b)
			b.describe()
			b.forget()
			d.blocks = append(d.blocks, b)
		}
	}
	return nil
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
