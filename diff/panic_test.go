package diff

import (
	"errors"
	"testing"

	"github.com/dicode/platen"
)

// A panic in a goroutine of a comparison is an error of that comparison.
func TestPanics(t *testing.T) {
	c := &comparison{a: &document{}, b: &document{}}
	for _, of := range []*document{c.a, c.b} {
		err := c.both(func(d *document) error {
			if d == of {
				panic("a defect")
			}
			return nil
		})
		if _, ok := errors.AsType[*platen.PanicError](err); !ok {
			t.Errorf("it ended with %v", err)
		}
	}
}
