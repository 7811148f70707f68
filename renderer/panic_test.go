package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
)

// A brittle printer panics.
type brittle struct{}

func (brittle) Print(context.Context, platen.Markup) ([]byte, error) { panic("a defect") }
func (brittle) Engine() (browser, fonts string)                      { return "test", "test" }

// A panic while a document is made is an error of those who asked for it.
func TestPrinterThatPanics(t *testing.T) {
	r := renderer.New(config(t, openBucket(t), brittle{}))
	for range 2 {
		_, err := r.Render(t.Context(), job(record(t, "tablet-2p.json")))
		p, ok := errors.AsType[*platen.PanicError](err)
		if !ok || platen.KindOf(err) != platen.Internal || !bytes.Contains(p.Stack, []byte("brittle")) {
			t.Errorf("it ended with %v", err)
		}
	}
}
