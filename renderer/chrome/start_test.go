package chrome_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// script writes a shell script that stands in for the browser, and returns its
// path and that of a file to which it can write.
func script(t *testing.T, body string) (program, note string) {
	t.Helper()
	dir := t.TempDir()
	program, note = filepath.Join(dir, "browser"), filepath.Join(dir, "note")
	text := "#!/bin/sh\nNOTE='" + note + "'\n" + body
	writeProgram(t, program, []byte(text))
	return program, note
}

// waitNote waits for the process ids that a script writes.
func waitNote(t *testing.T, note string) []int {
	t.Helper()
	for t.Context().Err() == nil {
		text, _ := os.ReadFile(note)
		if !strings.HasSuffix(string(text), "\n") {
			continue
		}
		var pids []int
		for field := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		return pids
	}
	t.Fatal("the script never ran")
	return nil
}

// Wherever the browser hangs while it starts, a caller that gives up gets away, and
// nothing is left.
func TestStartIsCancelled(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"asked for its version": `sleep 1000 & echo $$ $! >"$NOTE"; wait`,
		"started":               `[ "$1" = --version ] && echo Chromium 1 && exit; sleep 1000 & echo $$ $! >"$NOTE"; wait`,
		"deaf to signals":       `[ "$1" = --version ] && echo Chromium 1 && exit; trap "" TERM INT HUP; sleep 1000 & echo $$ $! >"$NOTE"; wait`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, note := script(t, body)
			temp := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := chrome.Open(ctx, chrome.Config{Path: program, NoSandbox: true, TempDir: temp, Log: slog.New(slog.DiscardHandler)})
				done <- err
			}()
			pids := waitNote(t, note)
			start := time.Now()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			waitGone(t, pids)
			if left, _ := os.ReadDir(temp); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A program that is asked something does not keep the one who asks.
func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"hangs":             {`sleep 1000 & echo $$ $! >"$NOTE"; wait`, "did not answer in 500ms"},
		"leaves its output": {`sleep 1000 & echo $! >"$NOTE"; echo Chromium 1`, "left its output open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, note := script(t, c.body)
			_, err := chrome.Output(t.Context(), 500*time.Millisecond, os.Environ(), program)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			waitGone(t, waitNote(t, note))
		})
	}
}

// However Chrome words it that its sandbox does not work, the error says how to
// mend that; and only then.
func TestSandboxRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says   string
		remedy bool
	}{
		{`FATAL:zygote_host_impl_linux.cc(127)] No usable sandbox! If this is a Debian system`, true},
		{`FATAL:credentials.cc(131)] Check failed: sys_chroot("/proc/self/fdinfo/") == 0`, true},
		{`ERROR:host.cc(90)] Failed to receive hello message from zygote`, true},
		{`ERROR:process.cc(10)] clone: Operation not permitted`, true},
		{`ERROR:process.cc(11)] unshare(CLONE_NEWUSER) failed: Operation not permitted (1)`, true},
		{`error while loading shared libraries: libnss3.so: cannot open shared object file`, false},
		{`ERROR:oom.cc(3)] setrlimit: Operation not permitted`, false},
	} {
		program, _ := script(t, fmt.Sprintf("echo first line >&2; echo '%s' >&2; echo last line >&2; exit 1", c.says))
		for _, off := range []bool{false, true} {
			err := chrome.Start(t.Context(), chrome.Config{NoSandbox: off}, program, t.TempDir())
			if err == nil {
				t.Fatalf("%s: started", c.says)
			}
			want := c.remedy && !off
			if got := strings.Contains(err.Error(), "turn the sandbox off"); got != want {
				t.Errorf("sandbox off %v: %q: remedy %v, want %v: %v", off, c.says, got, want, err)
			}
			if want && (!errors.Is(err, platen.Internal) || strings.Contains(err.Error(), "last line")) {
				t.Errorf("got %v", err)
			}
		}
	}
}
