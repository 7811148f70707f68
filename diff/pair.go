package diff

// blocks pairs the blocks of both documents. They are read for it where they are not known to
// be equal, and forgotten again.
func (c *comparison) blocks() error {
	for _, step := range []func(*document) error{(*document).gather, (*document).keys} {
		if err := c.both(step); err != nil {
			return err
		}
	}
	matches := align(keysOf(c.a.blocks), keysOf(c.b.blocks))
	if err := c.readOpen(matches); err != nil {
		return err
	}
	c.pairs = c.pairUp(matches)
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
	return c.both(func(d *document) error {
		have := inA
		if d == c.b {
			have = inB
		}
		var open []*block
		for i, b := range d.blocks {
			if b.twin && !have[i] {
				open = append(open, b)
			}
		}
		return d.readKeys(open)
	})
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
	alike     = 0.45        // share of words in common, from which on a block has changed and is no other one
	maxTable  = 250_000     // pairs of blocks that are compared with each other
	maxLooked = 100_000_000 // words and characters that are looked at for that
)

// similar pairs blocks that have much in common, in the order of both, so that the words in
// common are the most. The others are removed or inserted.
func (c *comparison) similar(as, bs []int) (out []pair) {
	if len(as) > 1 && (len(as)*len(bs) > maxTable || c.tableCost(as, bs) > maxLooked) {
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

// tableCost is how much is looked at to compare all of some blocks with all of others.
func (c *comparison) tableCost(as, bs []int) int {
	costA, costB := 0, 0
	for _, i := range as {
		costA += c.a.blocks[i].bag.cost()
	}
	for _, j := range bs {
		costB += c.b.blocks[j].bag.cost()
	}
	return costA*len(bs) + costB*len(as)
}
