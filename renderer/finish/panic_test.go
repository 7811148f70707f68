package finish

import (
	"context"
	"errors"
	"testing"

	"github.com/dicode/platen"
)

// A panic in a goroutine of a document is an error of that document.
func TestPanics(t *testing.T) {
	brittle := &artworks{print: func(context.Context, platen.Markup) ([]byte, error) { panic("a defect") }}
	for name, f := range map[string]func() error{
		"artwork": func() error {
			_, err := brittle.get(t.Context(), "acme", textArtwork([]string{"DRAFT"}, "red"))
			return err
		},
		"artifacts": (&draft{pages: []*page{{}, {}}}).markArtifacts, // of no file
	} {
		if _, ok := errors.AsType[*platen.PanicError](f()); !ok {
			t.Errorf("%s: there is no *platen.PanicError", name)
		}
	}
}
