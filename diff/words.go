package diff

import (
	"strings"
	"unicode"

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
		if said == "" {
			continue // the text of the glyph before stands for this one too
		}
		if strings.TrimFunc(said, unicode.IsSpace) == "" {
			space, last = space+said, nil
			continue
		}
		goesOn := last != nil && last.page == g.page && last.cell == g.cell && !apart(last.glyph, g.glyph)
		if !goesOn || last.hidden != g.hidden {
			if goesOn {
				space = joiner
			}
			words = append(words, Word{Page: g.page, Cell: g.cell, Box: g.box(), Style: *g.style, Hidden: g.hidden, Space: space, base: float64(g.base)})
		}
		w := &words[len(words)-1]
		w.Text += said
		w.Box = w.Box.union(g.box())
		w.mix(*g.style)
		space, last = "", g
	}
	return words
}

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

// folded is the text for pairing: compatible forms of a character are the same (NFKC).
func (w *Word) folded() string {
	if w.fold == "" {
		w.fold = norm.NFKC.String(w.Text)
	}
	return w.fold
}
