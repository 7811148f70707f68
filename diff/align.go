package diff

import (
	"slices"
	"sort"
)

// A match says that element A of one list is element B of the other.
type match struct{ a, b int }

// align pairs equal elements of two lists, in the order of both. It anchors on what stands once
// in each list, since that is hardly equal by chance, and finds the shortest difference
// (Myers 1986) between the anchors.
func align(a, b []string) []match { return alignFrom(nil, a, b, 0, 0) }

func alignFrom(out []match, a, b []string, atA, atB int) []match {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		out = append(out, match{atA, atB})
		a, b, atA, atB = a[1:], b[1:], atA+1, atB+1
	}
	tail := 0
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	endA, endB := atA+len(a)-tail, atB+len(b)-tail
	out = alignMiddle(out, a[:len(a)-tail], b[:len(b)-tail], atA, atB)
	for i := range tail {
		out = append(out, match{endA + i, endB + i})
	}
	return out
}

func alignMiddle(out []match, a, b []string, atA, atB int) []match {
	if len(a) == 0 || len(b) == 0 {
		return out
	}
	anchors := rising(once(a, b))
	if len(anchors) == 0 {
		for _, m := range shortest(a, b) {
			out = append(out, match{m.a + atA, m.b + atB})
		}
		return out
	}
	fromA, fromB := 0, 0
	for _, m := range append(anchors, match{len(a), len(b)}) {
		out = alignFrom(out, a[fromA:m.a], b[fromB:m.b], atA+fromA, atB+fromB)
		if m.a < len(a) {
			out = append(out, match{atA + m.a, atB + m.b})
		}
		fromA, fromB = m.a+1, m.b+1
	}
	return out
}

// once returns the elements that each list has exactly once, in the order of a.
func once(a, b []string) (out []match) {
	type seen struct{ inA, inB, at int }
	all := make(map[string]seen, len(a))
	for _, s := range a {
		e := all[s]
		e.inA++
		all[s] = e
	}
	for i, s := range b {
		e := all[s]
		e.inB, e.at = e.inB+1, i
		all[s] = e
	}
	for i, s := range a {
		if e := all[s]; e.inA == 1 && e.inB == 1 {
			out = append(out, match{i, e.at})
		}
	}
	return out
}

// rising returns the longest part of pairs that rises in b too.
func rising(pairs []match) []match {
	var ends []int // index of the pair that ends the best run of each length
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n := sort.Search(len(ends), func(k int) bool { return pairs[ends[k]].b >= p.b })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var out []match
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		out = append(out, pairs[i])
	}
	slices.Reverse(out)
	return out
}

// maxEdits bounds the search for the shortest difference; what lies beyond has little in common.
const maxEdits = 2000

// shortest pairs what the shortest difference of two lists leaves in place.
func shortest(a, b []string) []match {
	limit := min(len(a)+len(b), maxEdits)
	furthest := make([]int, 2*limit+3) // x reached on each diagonal
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(furthest[limit+1-d:limit+2+d]))
		for k := -d; k <= d; k += 2 {
			at := k + limit + 1
			x := furthest[at-1] + 1
			if k == -d || k != d && furthest[at-1] < furthest[at+1] {
				x = furthest[at+1]
			}
			for x < len(a) && x-k < len(b) && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			furthest[at] = x
			if x >= len(a) && x-k >= len(b) {
				return backtrack(trace, len(a), len(b))
			}
		}
	}
	return nil
}

// backtrack follows the way of the shortest difference from its end.
func backtrack(trace [][]int, x, y int) (out []match) {
	for d := len(trace) - 1; d >= 0; d-- {
		row := trace[d] // diagonals -d … d before step d
		k := x - y
		at := func(k int) int {
			if k < -d || k > d {
				return -1
			}
			return row[k+d]
		}
		before := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			before = k + 1
		}
		startX := at(before)
		if d == 0 {
			startX = 0
		}
		startY := startX - before
		if d == 0 {
			startY = 0
		}
		for x > startX && y > startY && x > 0 && y > 0 && (d == 0 || x > stepX(startX, before, k)) {
			x, y = x-1, y-1
			out = append(out, match{x, y})
		}
		x, y = startX, startY
	}
	slices.Reverse(out)
	return out
}

// stepX is x behind the insertion or removal that leads from one diagonal to the next.
func stepX(x, before, k int) int {
	if k == before+1 {
		return x + 1
	}
	return x
}
