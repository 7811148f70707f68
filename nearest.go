package platen

// nearestMax is the length in characters from which a name is not worth comparing.
const nearestMax = 100

// Nearest returns the known name of which name is most likely a misspelling, or
// "" if none is near: one edit for up to four characters, two for more. An edit
// inserts, removes or replaces a character, or swaps two neighbours. Of equally
// near names it is the first.
func Nearest(name string, known []string) string {
	a := []rune(name)
	if len(a) > nearestMax {
		return ""
	}
	best, limit := "", min(2, 1+(len(a)-1)/4)
	for _, k := range known {
		b := []rune(k)
		if k == name || len(b) > nearestMax || len(a)-len(b) > limit || len(b)-len(a) > limit {
			continue
		}
		if d := edits(a, b); d <= limit && d < max(len(a), len(b)) {
			best, limit = k, d-1
		}
	}
	return best
}

// edits is the optimal string alignment distance.
func edits(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
