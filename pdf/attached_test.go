package pdf_test

import (
	"errors"
	"testing"

	"github.com/dicode/platen"
)

func TestAttached(t *testing.T) {
	f := open(t, rich())
	got, err := f.Attached("record.json")
	if err != nil || string(got) != `{"lot":7}` {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := f.Attached("data.json"); !errors.Is(err, platen.NotFound) {
		t.Errorf("an attachment that is not there: %v, want NotFound", err)
	}
}
