package chrome_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// A document that leaves for a page of another process takes the answer of a call with
// it, before it is said where to. It is the document's fault, and costs no browser.
func TestLeavesForAnotherProcess(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{Timeout: 20 * time.Second})
	m := markup(`<meta http-equiv="refresh" content="0; url=about:version">`)
	for range 60 {
		if _, err := p.Print(t.Context(), m); !errors.Is(err, platen.Invalid) {
			t.Fatalf("printed, or refused for another reason: %v", err)
		}
	}
	if n := p.Starts()["retry"]; n != 0 {
		t.Errorf("%d of 60 documents were tried again in a fresh browser", n)
	}
}
