package templates

import (
	"fmt"
	"slices"

	"github.com/dicode/platen"
)

// didYouMean returns ": did you mean x?" for the known name that is nearest to
// name, or "" when none is near.
func didYouMean(name string, known []string) string {
	near := platen.Nearest(name, slices.Sorted(slices.Values(known)))
	if near == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", near)
}
