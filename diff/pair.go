package diff

import (
	"strings"
)

// blocks pairs the blocks of both documents, and compares the words of those that are not
// known to be equal.
func (c *comparison) blocks() error {
	if err := c.both((*document).gather); err != nil {
		return err
	}
	keys := func(d *document) error {
		if d == c.a {
			return d.keys(d.blocks, c.maskA)
		}
		return d.keys(d.blocks, c.maskB)
	}
	if err := c.both(keys); err != nil {
		return err
	}
	matches := align(keysOf(c.a.blocks), keysOf(c.b.blocks))
	if err := c.readOpen(matches); err != nil {
		return err
	}
	c.pairs = c.pairUp(matches)
	for i := range c.pairs {
		if err := c.pair(&c.pairs[i]); err != nil {
			return err
		}
	}
	return nil
}

func keysOf(blocks []*block) []string {
	keys := make([]string, len(blocks))
	for i, b := range blocks {
		keys[i] = b.key
	}
	return keys
}

// readOpen reads the blocks without a partner that nobody had to read so far.
func (c *comparison) readOpen(matches []match) error {
	inA, inB := map[int]bool{}, map[int]bool{}
	for _, m := range matches {
		inA[m.a], inB[m.b] = true, true
	}
	for _, side := range []struct {
		d    *document
		m    *masks
		have map[int]bool
	}{{c.a, c.maskA, inA}, {c.b, c.maskB, inB}} {
		for i, b := range side.d.blocks {
			if side.have[i] || b.read {
				continue
			}
			if err := side.d.readBlock(b); err != nil {
				return err
			}
			side.m.cover(b)
			b.key = textKey(b)
		}
	}
	return nil
}

// pairUp completes the matches: blocks that stand elsewhere, and those that have changed.
func (c *comparison) pairUp(matches []match) []pair {
	var out []pair
	moved, taken := c.findMoved(matches)
	i, j := 0, 0
	for _, m := range append(matches, match{len(c.a.blocks), len(c.b.blocks)}) {
		var openA, openB []int
		for ; i < m.a; i++ {
			if k, ok := moved[i]; ok {
				out = append(out, pair{a: i, b: k, moved: true})
			} else {
				openA = append(openA, i)
			}
		}
		for ; j < m.b; j++ {
			if !taken[j] {
				openB = append(openB, j)
			}
		}
		out = append(out, c.similar(openA, openB)...)
		if m.a < len(c.a.blocks) {
			out = append(out, pair{a: m.a, b: m.b})
		}
		i, j = m.a+1, m.b+1
	}
	return out
}

// minMoved is the shortest text, in bytes of its key, that is taken for moved: a cell with a
// dash is removed here and inserted there.
const minMoved = 12

// findMoved says where blocks of a without a match stand in b, and which of b those are.
func (c *comparison) findMoved(matches []match) (moved map[int]int, taken map[int]bool) {
	matchedA, matchedB := map[int]bool{}, map[int]bool{}
	for _, m := range matches {
		matchedA[m.a], matchedB[m.b] = true, true
	}
	free := map[string][]int{}
	for j, b := range c.b.blocks {
		if !matchedB[j] && len(b.key) >= minMoved {
			free[b.key] = append(free[b.key], j)
		}
	}
	moved, taken = map[int]int{}, map[int]bool{}
	for i, b := range c.a.blocks {
		if list := free[b.key]; !matchedA[i] && len(list) > 0 {
			moved[i], free[b.key] = list[0], list[1:]
			taken[list[0]] = true
		}
	}
	return moved, taken
}

const (
	alike    = 0.45    // share of words in common, from which on a block has changed and is no other one
	maxTable = 250_000 // pairs of blocks that are compared with each other
)

// similar pairs blocks that have much in common, in the order of both, so that the words in
// common are the most. The others are removed or inserted.
func (c *comparison) similar(as, bs []int) (out []pair) {
	if len(as)*len(bs) > maxTable {
		half := len(as) / 2
		out = c.similar(as[:half], bs[:min(half, len(bs))])
		return append(out, c.similar(as[half:], bs[min(half, len(bs)):])...)
	}
	score := func(i, j int) float64 { return likeness(c.a.blocks[as[i]], c.b.blocks[bs[j]]) }
	best := make([][]float64, len(as)+1)
	likely := make([][]float64, len(as))
	for i := range best {
		best[i] = make([]float64, len(bs)+1)
	}
	for i := len(as) - 1; i >= 0; i-- {
		likely[i] = make([]float64, len(bs))
		for j := len(bs) - 1; j >= 0; j-- {
			likely[i][j] = score(i, j)
			best[i][j] = max(best[i+1][j], best[i][j+1], best[i+1][j+1]+likely[i][j])
		}
	}
	i, j := 0, 0
	for i < len(as) && j < len(bs) {
		switch {
		case likely[i][j] > 0 && best[i][j] == best[i+1][j+1]+likely[i][j]:
			out = append(out, pair{a: as[i], b: bs[j], changed: true})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			out = append(out, pair{a: as[i], b: -1})
			i++
		default:
			out = append(out, pair{a: -1, b: bs[j]})
			j++
		}
	}
	for ; i < len(as); i++ {
		out = append(out, pair{a: as[i], b: -1})
	}
	for ; j < len(bs); j++ {
		out = append(out, pair{a: -1, b: bs[j]})
	}
	return out
}

// likeness is the share of words that two blocks have in common; 0 for too few.
func likeness(a, b *block) float64 {
	if len(a.words) == 0 && len(b.words) == 0 {
		if a.kind == b.kind {
			return 1
		}
		return 0
	}
	if squeezed(a.words) == squeezed(b.words) {
		return 1
	}
	count := map[string]int{}
	for i := range a.words {
		count[a.words[i].folded()]++
	}
	same := 0
	for i := range b.words {
		if w := b.words[i].folded(); count[w] > 0 {
			count[w]--
			same++
		}
	}
	share := 2 * float64(same) / float64(len(a.words)+len(b.words))
	if a.kind == b.kind {
		if len(a.words) == 1 && len(b.words) == 1 || a.path == b.path && len(a.words) == len(b.words) && len(a.words) < 4 {
			share = max(share, near(a.words, b.words))
		}
	} else if share < 0.8 {
		return 0
	}
	if share < alike {
		return 0
	}
	return share
}

// near is how many of the characters two short texts have in common, in their order.
func near(a, b []Word) float64 {
	x, y := strings.Split(text(a), ""), strings.Split(text(b), "")
	if len(x)+len(y) > 400 {
		return 0
	}
	return 2 * float64(len(shortest(x, y))) / float64(len(x)+len(y))
}

// squeezed is what words say without the spaces between them.
func squeezed(words []Word) string {
	var b strings.Builder
	for i := range words {
		b.WriteString(words[i].folded())
	}
	return b.String()
}
