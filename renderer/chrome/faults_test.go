package chrome_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

func endless() platen.Markup {
	m := markup(`<p>x</p><script>for (;;) {}</script>`)
	m.Scripts = true
	return m
}

func mustPrint(t *testing.T, p *chrome.Pool) {
	t.Helper()
	if _, err := p.Print(t.Context(), markup("<p>the next one</p>")); err != nil {
		t.Errorf("the next document: %v", err)
	}
}

func TestHangIsEnded(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{Timeout: 4 * time.Second})
	_, err := p.Print(t.Context(), endless())
	if !errors.Is(err, platen.Busy) || !strings.Contains(err.Error(), "time limit of 4s, twice: give it more time") {
		t.Errorf("got %v", err)
	}
	mustPrint(t, p)
}

func TestCallersDeadline(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	start := time.Now()
	if _, err := p.Print(ctx, endless()); !errors.Is(err, platen.Busy) || !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "the time was up") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
	mustPrint(t, p)
}

func TestQueueHonoursContext(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{})
	first, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { p.Print(first, endless()) })
	chrome.WaitRunning(t, p)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := p.Print(ctx, markup("x")); !errors.Is(err, platen.Busy) || !strings.Contains(err.Error(), "all tabs are taken") {
		t.Errorf("got %v", err)
	}
	cancel()
	wg.Wait()
	mustPrint(t, p)
}

// A browser or its page that dies while it prints costs a second try, not the document.
func TestCrashIsRetried(t *testing.T) {
	t.Parallel()
	for name, victim := range map[string]func([]int) int{
		"browser":  func(pids []int) int { return pids[0] },
		"renderer": renderer,
	} {
		p := open(t, chrome.Config{Timeout: time.Hour}) // which is not what ends the first try
		done := make(chan error, 1)
		go func() {
			_, err := p.Print(t.Context(), record(60))
			done <- err
		}()
		chrome.WaitRunning(t, p)
		killed := false
		for !killed && t.Context().Err() == nil {
			for _, pids := range chrome.Pids(p) {
				if pid := victim(pids); pid > 0 {
					killed = syscall.Kill(pid, syscall.SIGKILL) == nil
				}
			}
		}
		if err := <-done; err != nil {
			t.Errorf("%s killed: %v", name, err)
		}
		mustPrint(t, p)
	}
}

// A browser that dies by itself, also while it has nothing to do, leaves nothing behind.
func TestCrashLeavesNothing(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	p := open(t, chrome.Config{TempDir: temp})
	profiles, err := filepath.Glob(filepath.Join(temp, "platen-chrome-*", "*"))
	if err != nil || len(profiles) != 1 {
		t.Fatalf("the profile folders of one browser are %q, %v", profiles, err)
	}
	pids := chrome.Pids(p)[0]
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitGone(t, pids)
	mustPrint(t, p)
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(5 * time.Millisecond) {
		if _, err := os.Stat(profiles[0]); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the profile folder of the browser that died is still there")
		}
	}
}

// A browser that stops answering costs a second try, however long the caller and
// the pool would have waited for it.
func TestHungBrowserIsRetried(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{Timeout: time.Hour})
	chrome.SetHeartbeat(p, 600*time.Millisecond)
	pids := chrome.Pids(p)[0]
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	mustPrint(t, p)
	waitGone(t, pids)
	mustPrint(t, p)
	if now := chrome.Pids(p)[0]; now[0] == pids[0] {
		t.Error("the pool keeps the browser that hung")
	}
}

// A page that is busy is not a browser that hangs.
func TestBusyPageIsNotHung(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{})
	chrome.SetHeartbeat(p, 500*time.Millisecond)
	m := markup(`<p>busy</p><script>for (const end = Date.now() + 5000; Date.now() < end;) {}</script>`)
	m.Scripts = true
	pids := chrome.Pids(p)[0]
	if _, err := p.Print(t.Context(), m); err != nil {
		t.Error(err)
	}
	if now := chrome.Pids(p)[0]; now[0] != pids[0] {
		t.Error("the browser was replaced")
	}
}

// renderer finds the newest process that shows pages.
func renderer(pids []int) int {
	found := 0
	for _, pid := range pids {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if strings.Contains(string(line), "--type=renderer") {
			found = pid
		}
	}
	return found
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{MaxMemory: 150 << 20})
	m := markup(`<p>x</p><script>const hoard = []; for (;;) hoard.push(new Uint8Array(1 << 20).fill(1))</script>`)
	m.Scripts = true
	_, err := p.Print(t.Context(), m)
	if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "memory") {
		t.Errorf("got %v", err)
	}
	mustPrint(t, p)
}

func TestRecycleByCountDropsNothing(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{Browsers: 1, TabsPerBrowser: 2, RecycleAfter: 3})
	seen := make(map[int]bool)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 6 {
				if _, err := p.Print(t.Context(), markup("<p>x</p>")); err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, pids := range chrome.Pids(p) {
					seen[pids[0]] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) < 3 {
		t.Errorf("12 documents used %d browsers, want at least 3", len(seen))
	}
}

func TestRecycleByAge(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{MaxAge: time.Nanosecond})
	before := chrome.Pids(p)[0][0]
	mustPrint(t, p)
	if after := chrome.Pids(p)[0][0]; after == before {
		t.Error("an old browser was not replaced")
	}
}

func TestPDFLimit(t *testing.T) {
	t.Parallel()
	p := open(t, chrome.Config{MaxPDFBytes: 1000})
	if _, err := p.Print(t.Context(), markup("<p>x</p>")); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "the limit is 1000") {
		t.Errorf("got %v", err)
	}
}

func TestClosedPool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := open(t, chrome.Config{TempDir: dir})
	mustPrint(t, p)
	pids := chrome.Pids(p)[0]
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := p.Print(t.Context(), markup("x")); !errors.Is(err, platen.Busy) {
		t.Errorf("got %v", err)
	}
	waitGone(t, pids)
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// waitGone waits until no process of pids runs.
func waitGone(t *testing.T, pids []int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for _, pid := range pids {
		for alive(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d still runs", pid)
			}
		}
	}
}

// alive reports whether a process runs; one that is dead and not yet reaped does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

func TestMissingBrowser(t *testing.T) {
	_, err := chrome.Open(t.Context(), chrome.Config{Path: "/nonexistent/chrome"})
	if !errors.Is(err, platen.NotFound) || !strings.Contains(err.Error(), "/nonexistent/chrome") || !strings.Contains(err.Error(), "apt-get install chromium-headless-shell") {
		t.Errorf("got %v", err)
	}
	_, err = chrome.Search(t.Context(), []string{"no-browser", "none-either"})
	if !errors.Is(err, platen.NotFound) || !strings.Contains(err.Error(), "tried no-browser, none-either") {
		t.Errorf("got %v", err)
	}
}
