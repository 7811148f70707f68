package diff

import (
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// A Word is one of a block, where it stands and how it is printed.
type Word struct {
	Text   string
	Space  string // white space before it, as written; "" at a new line or a gap
	Page   int
	Box    Box
	Style  Font
	Hidden string // why no reader sees it; "" for text that is seen
	Cell   int    // of a row, from 1
	Mask   string // of the policy, that expects it to differ

	base float64
	fold string // for pairing
	rest string // of a masked word: what must be equal
	way  int    // direction of its text
	at   int    // its first glyph, among those that were cut
	look uint64 // digest of the outlines of its glyphs; see addLook
}

// A placed glyph is one with the page and the cell that it stands in.
type placed struct {
	*glyph
	page, cell int
}

// cut makes words of glyphs.
func cut(glyphs []placed) (words []Word) {
	var last *placed // of the word that may go on; nil: none
	space := ""
	for i := range glyphs {
		g := &glyphs[i]
		said := g.says()
		if said == "" && last != nil { // the text of the glyph before stands for this one too
			w := &words[len(words)-1]
			w.Box = w.Box.union(g.box())
			w.addLook(g.glyph)
			last = g
		}
		if said == "" {
			continue
		}
		if strings.TrimFunc(said, unicode.IsSpace) == "" {
			space, last = space+said, nil
			continue
		}
		goesOn := last != nil && last.page == g.page && last.cell == g.cell && !apart(last.glyph, g.glyph)
		if !goesOn || last.hidden != g.hidden || len(words[len(words)-1].Text) > maxWord {
			if goesOn {
				space = joiner
			}
			words = append(words, Word{Page: g.page, Cell: g.cell, Box: g.box(), Style: *g.style, Hidden: g.hidden, Space: space, base: float64(g.base), at: i})
		}
		w := &words[len(words)-1]
		w.append(said)
		w.Box = w.Box.union(g.box())
		w.mix(*g.style)
		w.addLook(g.glyph)
		space, last = "", g
	}
	return words
}

// append adds the text of a glyph, which stands to the right of those before it: in a word that is
// read from right to left, it comes first.
func (w *Word) append(said string) {
	way := direction(said)
	if w.way == 0 {
		w.way = way
	}
	if w.way > 0 && way >= 0 {
		w.Text = said + w.Text
	} else {
		w.Text += said
	}
}

// direction is 1 for what is read from right to left, -1 for letters and digits that are not, and
// 0 for what goes along with either (UAX #9).
func direction(s string) int {
	p, size := bidi.LookupString(s + " ")
	switch class := p.Class(); {
	case size == 0:
		return 0
	case class == bidi.R || class == bidi.AL || class == bidi.NSM:
		return 1
	case class == bidi.L || class == bidi.EN || class == bidi.AN:
		return -1
	}
	return 0
}

// maxWord is the most bytes of a word. One that is longer goes on in another one.
const maxWord = 1000

// joiner stands for a word that goes on in the one before without a space.
const joiner = "\u2060"

// apart reports whether a gap or a new line is between two glyphs.
func apart(a, b *glyph) bool {
	size := float32(0.2 * max(a.style.Size, 1))
	return max(a.base-b.base, b.base-a.base) > size || b.from-a.to > size || a.from-b.to > size
}

// mix adds a style to that of a word.
func (w *Word) mix(f Font) {
	if f.Name != w.Style.Name && !strings.Contains(w.Style.Name, f.Name) {
		w.Style.Name += "+" + f.Name
	}
	if f.Colour != w.Style.Colour && !strings.Contains(w.Style.Colour, f.Colour) {
		w.Style.Colour += "+" + f.Colour
	}
	w.Style.Size = max(w.Style.Size, f.Size)
}

// addLook adds what a glyph looks like, where its font tells of each glyph by itself.
func (w *Word) addLook(g *glyph) {
	look := g.font.look(int(g.code))
	w.look = (w.look ^ binary.LittleEndian.Uint64(look[:])) * 1099511628211
}

// folded is the text for pairing: compatible forms of a character are the same (NFKC).
func (w *Word) folded() string {
	if w.fold == "" {
		w.fold = norm.NFKC.String(w.Text)
	}
	return w.fold
}
