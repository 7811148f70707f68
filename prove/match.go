package prove

import (
	"slices"
	"strings"

	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/templates/handlebars"
)

// A proof is one that is under way.
type proof struct {
	report  *Report
	trace   *handlebars.Trace
	want    expected
	reading *diff.Reading
	got     []token

	at    []int  // of each expected token: the token of the document that it is, or -1
	taken []bool // tokens of the document that are expected
	turns bool   // text that is read from right to left is expected
}

// match pairs what is expected with what the document says, in the order of both.
func (p *proof) match() {
	p.at = diff.Align(keysOf(p.want.tokens), keysOf(p.got))
	p.taken = make([]bool, len(p.got))
	for _, j := range p.at {
		if j >= 0 {
			p.taken[j] = true
		}
	}
	p.joined()
	if p.turns {
		p.turned()
		p.turned() // signs, by what is paired beside them
	}
}

// keysOf are what tokens are paired by.
func keysOf(tokens []token) []string {
	keys := make([]string, len(tokens))
	for i, t := range tokens {
		keys[i] = keyOf(t.text)
	}
	return keys
}

// keyOf has the letters of what is read from right to left in an order of its own, since a document has
// them in that in which they were drawn.
func keyOf(text string) string {
	if !isRightToLeft(text) {
		return text
	}
	letters := []rune(text)
	slices.Sort(letters)
	return string(letters)
}

// joined pairs what is cut otherwise in the document: words that stand next to each other without a gap,
// and one that is broken over two lines.
func (p *proof) joined() {
	i, j := 0, 0
	for i < len(p.at) || j < len(p.got) {
		endI, endJ := i, j
		for endI < len(p.at) && p.at[endI] < 0 {
			endI++
		}
		for endJ < len(p.got) && !p.taken[endJ] {
			endJ++
		}
		if endI > i && endJ > j {
			p.joinWithin(i, endI, j, endJ)
		}
		i, j = endI+1, endJ+1
	}
}

// joinWithin pairs tokens character by character. Only those count all of whose characters have a partner
// in tokens of which the same is true.
func (p *proof) joinWithin(fromI, toI, fromJ, toJ int) {
	want, ofWant := characters(p.want.tokens[fromI:toI])
	got, ofGot := characters(p.got[fromJ:toJ])
	partner := diff.Align(want, got)
	for changed := true; changed; {
		lack, found := map[int]bool{}, make([]int, toJ-fromJ)
		for k, m := range partner {
			if m < 0 {
				lack[ofWant[k]] = true
			} else {
				found[ofGot[m]]++
			}
		}
		for _, o := range ofGot {
			found[o]--
		}
		changed = false
		for k, m := range partner {
			if m >= 0 && (lack[ofWant[k]] || found[ofGot[m]] != 0) {
				partner[k], changed = -1, true
			}
		}
	}
	for k, m := range partner {
		if m >= 0 {
			p.at[fromI+ofWant[k]] = fromJ + ofGot[m]
			p.taken[fromJ+ofGot[m]] = true
		}
	}
}

// characters cuts tokens into characters, and says of which token each is.
func characters(tokens []token) (all []string, of []int) {
	for i, t := range tokens {
		for _, r := range t.text {
			all, of = append(all, string(r)), append(of, i)
		}
	}
	return all, of
}

// How far words of a line may be drawn from each other where text turns its direction, and into how many
// tokens the gaps beside vowel signs may cut a word.
const (
	reach    = 80
	maxParts = 8
)

// turned pairs what stands in another order because text is read from right to left: a line is
// drawn from left to right.
func (p *proof) turned() {
	near := 0
	for i, j := range p.at {
		if j >= 0 {
			near = j
			continue
		}
		for d := range reach {
			if p.turnedAt(i, near+d) || p.turnedAt(i, near-d) {
				break
			}
		}
	}
}

// turnedAt pairs an expected token with those of the document from k on, if they have the same letters.
func (p *proof) turnedAt(i, k int) bool {
	want, text := p.want.tokens[i].text, ""
	parts := 1
	if isRightToLeft(want) {
		parts = maxParts
	}
	for n := k; n >= 0 && n < min(k+parts, len(p.got)) && !p.taken[n]; n++ {
		if text += p.got[n].text; len(text) > len(want) {
			return false
		}
		if !isTurned(want, text) && !p.mirrored(i, n) {
			continue
		}
		for ; k <= n; k++ {
			p.taken[k] = true
		}
		p.at[i] = n
		return true
	}
	return false
}

// isTurned reports whether a document may say what is wanted in an order of its own. Brackets are
// the same as their mirror images, which stand for them in such text.
func isTurned(want, got string) bool {
	return brackets.Replace(keyOf(want)) == brackets.Replace(keyOf(got))
}

var (
	brackets = strings.NewReplacer(")", "(", "]", "[", "}", "{", "»", "«")
	flipped  = strings.NewReplacer(")", "(", "(", ")", "]", "[", "[", "]", "}", "{", "{", "}", "»", "«", "«", "»", ">", "<", "<", ">")
)

// mirrored reports whether a token of the document is the mirror image of a sign that is expected,
// such as <. Only in text that goes from right to left is that the same sign: there it stands to
// the right of what follows it, or, at the end of a line, to the left of what it follows.
func (p *proof) mirrored(i, j int) bool {
	if p.got[j].text != flipped.Replace(p.want.tokens[i].text) {
		return false
	}
	if i+1 < len(p.at) && p.areOnLine(j, p.at[i+1]) {
		return p.isLeftOf(p.at[i+1], j)
	}
	return i > 0 && p.areOnLine(j, p.at[i-1]) && p.isLeftOf(j, p.at[i-1])
}

// areOnLine reports whether two tokens of the document stand on one line of a text or a cell.
func (p *proof) areOnLine(a, b int) bool {
	if a < 0 || b < 0 {
		return false
	}
	x, y := p.wordOf(a), p.wordOf(b)
	return x.Page == y.Page && x.Cell == y.Cell && x.Box.Y0 < y.Box.Y1 && y.Box.Y0 < x.Box.Y1
}

// isLeftOf reports whether the first of two tokens on a line is drawn to the left of the second. A
// word that is read from right to left has its letters in the order of reading.
func (p *proof) isLeftOf(a, b int) bool {
	x, y := p.wordOf(a), p.wordOf(b)
	if x == y {
		return (a < b) != isRightToLeft(x.Text)
	}
	return x.Box.X0 < y.Box.X0
}

// wordOf is the word that a token of the document was cut from.
func (p *proof) wordOf(j int) *diff.Word { return &p.reading.Tagged[p.got[j].from] }
