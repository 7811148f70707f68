package chrome_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// hoard takes a third of a gigabyte a second, so that whoever looks at it every half
// second sees it before there is no more.
const hoard = `const hoard = []; for (;;) { hoard.push(new Uint8Array(1 << 20).fill(1)); for (const end = performance.now() + 3; performance.now() < end;); }`

// A document that takes a whole browser down fails; those that are printed beside it in
// the same browser are printed again, and succeed.
func TestBudgetsInOneBrowser(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]struct {
		script string
		within time.Duration
		kind   platen.Kind
		want   string
	}{
		"time":   {`for (;;) {}`, 5 * time.Second, platen.Busy, "time limit of 5s, twice"},
		"memory": {hoard, time.Minute, platen.Invalid, "too much memory"},
	} {
		p := open(t, chrome.Config{Browsers: 1, TabsPerBrowser: 3, Timeout: attack.within, MaxMemory: 150 << 20})
		hostile := markup(`<p>x</p><script>` + attack.script + `</script>`)
		hostile.Scripts = true
		ended := make(chan struct{})
		var got error
		go func() {
			defer close(ended)
			_, got = p.Print(t.Context(), hostile)
		}()
		chrome.WaitRunning(t, p)
		var others errgroup.Group
		for range 2 {
			others.Go(func() error {
				for {
					select {
					case <-ended:
						return nil
					default:
					}
					if _, err := p.Print(t.Context(), markup("<p>the other one</p>")); err != nil {
						return err
					}
				}
			})
		}
		if err := others.Wait(); err != nil {
			t.Errorf("beside an attack on %s: %v", name, err)
		}
		<-ended
		if !errors.Is(got, attack.kind) || !strings.Contains(got.Error(), attack.want) {
			t.Errorf("%s: got %v", name, got)
		}
		mustPrint(t, p)
	}
}
