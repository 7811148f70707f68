package chrome_test

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/dicode/platen/renderer/chrome"
)

// Each browser that was started is counted under the reason for it.
func TestStarts(t *testing.T) {
	t.Parallel()
	signal := func(signal syscall.Signal) func(*testing.T, *chrome.Pool) {
		return func(t *testing.T, p *chrome.Pool) {
			for _, pid := range chrome.Pids(p)[0] {
				if err := syscall.Kill(pid, signal); err != nil && err != syscall.ESRCH {
					t.Fatal(err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		config chrome.Config
		before func(*testing.T, *chrome.Pool)
		want   []string // beside first
	}{
		"printed enough":  {chrome.Config{RecycleAfter: 1}, nil, []string{"count"}},
		"old":             {chrome.Config{MaxAge: time.Nanosecond}, nil, []string{"age"}},
		"too much memory": {chrome.Config{MaxMemory: 1}, func(t *testing.T, p *chrome.Pool) { waitGone(t, chrome.Pids(p)[0]) }, []string{"memory"}},
		"dead":            {chrome.Config{}, signal(syscall.SIGKILL), []string{"failure"}},
		"hung":            {chrome.Config{}, signal(syscall.SIGSTOP), []string{"failure", "retry"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, c.config)
			chrome.SetHeartbeat(p, 600*time.Millisecond)
			if c.before != nil {
				c.before(t, p)
			}
			for range 2 {
				p.Print(t.Context(), markup("<p>x</p>")) // with a byte of memory it may not work
			}
			for why, n := range p.Starts() {
				wanted := why == "first" || slices.Contains(c.want, why)
				if n > 0 != wanted && (wanted || why != "retry") { // a browser may be found dead when it prints
					t.Errorf("%d started because of %s", n, why)
				}
			}
		})
	}
}
