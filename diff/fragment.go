package diff

import (
	"cmp"
	"slices"
)

// A fragment is what a block takes of a page: from the top to the bottom of its words.
type fragment struct {
	y0, y1 float64
	free   bool // it stands elsewhere in the other document
}

// keep notes lines that stand at the same place on each page.
func (p *page) keep(lines []*block) {
	for _, b := range lines {
		box := around(b.words)
		p.flow = append(p.flow, fragment{box.Y0, box.Y1, false})
	}
}

// around is the box around words.
func around(words []Word) (box Box) {
	for i := range words {
		box = box.union(words[i].Box)
	}
	return box
}

// A span is a part of a page from one height to another.
type span struct{ from, to float64 }

// loose returns the parts of a page that are free, each up to the words that are not: what is
// drawn in a gap belongs to either.
func (p *page) loose() (out []span) {
	var ends, starts []float64 // of words that are not free
	for _, f := range p.flow {
		if !f.free {
			ends, starts = append(ends, f.y1), append(starts, f.y0)
		}
	}
	slices.Sort(ends)
	slices.Sort(starts)
	for _, f := range p.flow {
		if !f.free {
			continue
		}
		s := span{0, p.view.Height}
		if i, found := slices.BinarySearch(ends, f.y0); found {
			s.from = f.y0
		} else if i > 0 {
			s.from = ends[i-1]
		}
		if i, _ := slices.BinarySearch(starts, f.y1); i < len(starts) {
			s.to = starts[i]
		}
		out = append(out, s)
	}
	return out
}

// fixed returns the parts of two pages that can be laid on each other: those where nothing is
// free in either.
func fixed(p, q *page) (out []span) {
	free := append(p.loose(), q.loose()...)
	slices.SortFunc(free, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	from := 0.0
	for _, s := range free {
		if s.from > from {
			out = append(out, span{from, s.from})
		}
		from = max(from, s.to)
	}
	if to := max(p.view.Height, q.view.Height); from < to {
		out = append(out, span{from, to})
	}
	return out
}
