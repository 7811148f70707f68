package contract

// nearest returns the name that differs from s in the fewest characters, if
// that is close enough to be a slip of the keyboard; of two equally near, the first.
func nearest(s string, names []string) string {
	best, limit := "", min(2, len(s)/3)+1
	if len(s) > 100 {
		return ""
	}
	for _, name := range names {
		if d := distance(s, name); d < limit {
			best, limit = name, d
		}
	}
	return best
}

// distance counts the characters to insert, delete, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	last := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
