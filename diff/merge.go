package diff

import (
	"slices"

	"github.com/dicode/platen"
)

// With returns a policy that expects what either of two does; the other one may be nil. Where both
// have a mask of one name, that of p counts.
func (p *Policy) With(other *Policy) *Policy {
	if other == nil {
		return p
	}
	both := &Policy{Version: p.Version, Masks: slices.Clone(p.Masks), sum: platen.Digest([]byte(p.sum + " " + other.sum))}
	for _, m := range other.Masks {
		if !slices.ContainsFunc(p.Masks, func(of Mask) bool { return of.Name == m.Name }) {
			both.Masks = append(both.Masks, m)
		}
	}
	return both
}
