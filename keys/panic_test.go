package keys_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
)

// A brittle store panics.
type brittle struct{ *store }

func (brittle) Get(context.Context, string) ([]byte, error) { panic("a defect") }

// A panic while keys are looked for is an error of those who asked.
func TestStoreThatPanics(t *testing.T) {
	_, err := keys.NewRing(brittle{newStore()}, newClock().time, newMaster(t)).Sealing(t.Context(), "acme")
	if _, ok := errors.AsType[*platen.PanicError](err); !ok {
		t.Errorf("it ended with %v", err)
	}
}
