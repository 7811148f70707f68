package handlebars

// nearest returns the candidate that name is most likely a misspelling of, or
// "": at most one edit up to four letters, two up to eight, three above. Of
// equally near ones it is the first. Names beyond longestName are not compared.
func nearest(name string, candidates []string) string {
	best, limit := "", min(1+(len(name)-1)/4, 3)
	if len(name) > longestName {
		return ""
	}
	for _, c := range candidates {
		if c == name || abs(len(c)-len(name)) > limit {
			continue
		}
		if d := distance(name, c); d <= limit && d < max(len(name), len(c)) {
			best, limit = c, d-1
		}
	}
	return best
}

// longestName keeps the comparison of two names cheap.
const longestName = 100

func abs(n int) int { return max(n, -n) }

// distance counts the letters to insert, remove, replace or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	var before, last, row []int
	row = make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
