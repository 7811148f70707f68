package diff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestAlign(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int // pairs
	}{
		{"", "", 0}, {"a", "", 0}, {"", "a", 0}, {"a b c", "a b c", 3},
		{"a b c", "a x b c", 3}, {"a b c d", "a c d", 3}, {"x x x y", "x x y", 3},
		{"a a b b", "b b a a", 2}, {"a b c d e", "e a b c d", 4},
		{"p q p q p q", "q p q p q p", 5}, {"a x b x c x", "x a x b x c", 5},
	} {
		if got := align(strings.Fields(tt.a), strings.Fields(tt.b)); len(got) != tt.want {
			t.Errorf("%q, %q: %v, want %d pairs", tt.a, tt.b, got, tt.want)
		}
	}
}

// The pairs are equal and in order, and as many as there can be where nothing stands once.
func TestAlignAgainstTheTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		a, b := letters(rnd, 3), letters(rnd, 3)
		last := match{-1, -1}
		for _, m := range align(a, b) {
			if m.a <= last.a || m.b <= last.b || a[m.a] != b[m.b] {
				t.Fatalf("%v %v: %v after %v", a, b, m, last)
			}
			last = m
		}
		if got, want := len(shortest(a, b)), longest(a, b); got != want {
			t.Fatalf("%v %v: %d pairs, want %d", a, b, got, want)
		}
	}
}

func letters(rnd *rand.Rand, kinds int) []string {
	out := make([]string, rnd.IntN(30))
	for i := range out {
		out[i] = string(rune('a' + rnd.IntN(kinds)))
	}
	return out
}

// longest is the length of the longest common subsequence.
func longest(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			diagonal = up
		}
	}
	return row[len(b)]
}
