package diff

import "strings"

// likeness is the share of words that two blocks have in common; 0 for too few.
func likeness(a, b *block) float64 {
	x, y := &a.bag, &b.bag
	if len(x.words) == 0 && len(y.words) == 0 {
		if a.kind == b.kind {
			return 1
		}
		return 0
	}
	if x.squeezed == y.squeezed {
		return 1
	}
	share := 2 * float64(inCommon(x.words, y.words)) / float64(len(x.words)+len(y.words))
	if a.kind == b.kind {
		if len(x.words) == 1 && len(y.words) == 1 || a.path == b.path && len(x.words) == len(y.words) && len(x.words) < fewWords {
			share = max(share, near(x.short, y.short))
		}
	} else if share < 0.8 {
		return 0
	}
	if share < alike {
		return 0
	}
	return share
}

// inCommon counts what two sorted lists have in common.
func inCommon(a, b []uint32) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b, n = a[1:], b[1:], n+1
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return n
}

// near is how many of the characters two short texts have in common, in their order.
func near(a, b string) float64 {
	x, y := strings.Split(a, ""), strings.Split(b, "")
	if len(x)+len(y) == 0 {
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
