package templates

import (
	"fmt"
	"slices"
	"strings"
)

// didYouMean returns ": did you mean x?" for the known name that is nearest to
// name, or "" when none is near.
func didYouMean(name string, known []string) string {
	best, bestAt := "", 1+len(name)/3
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < bestAt || d == bestAt && best == "" {
			best, bestAt = k, d
		}
	}
	if best == "" || best == name {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// distance counts the characters to insert, delete, replace or swap with a
// neighbour to get from a to b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if abs(len(s)-len(t)) > 8 {
		return 8
	}
	rows := [3][]int{make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)}
	for j := range t {
		rows[1][j+1] = j + 1
	}
	for i := range s {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		rows = [3][]int{last, row, before}
	}
	return rows[1][len(t)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
