package platen_test

import (
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestNearest(t *testing.T) {
	known := []string{"lot", "lots", "expiry", "quantity", "performedBy", "ab"}
	for name, want := range map[string]string{
		"lott": "lot", "expriy": "expiry", "quantitiy": "quantity", "perfromedBi": "performedBy",
		"lot": "lots", "xyz": "", "": "", "zz": "", "a": "ab", "größe": "", "lits": "lots", "xot": "lot", "Expiry": "expiry", strings.Repeat("x", 1000): "",
	} {
		if got := platen.Nearest(name, known); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
