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
	p.turned()
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
		return mirrors.Replace(text)
	}
	letters := []rune(text)
	slices.Sort(letters)
	return string(letters)
}

// mirrors makes brackets the same as their mirror images, which stand for them in such text.
var mirrors = strings.NewReplacer(")", "(", "]", "[", "}", "{", "»", "«", ">", "<")

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
	if !slices.ContainsFunc(p.want.tokens, func(t token) bool { return isRightToLeft(t.text) }) {
		return
	}
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
		if keyOf(text) != keyOf(want) {
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
