package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A served is a real platen serve, as a process of its own.
type served struct {
	url string
	cmd *exec.Cmd
}

// serve starts platen serve, and ends it with the test.
func serve(t *testing.T, flags ...string) *served {
	t.Helper()
	s := &served{cmd: exec.Command("platen", slices.Concat([]string{"serve"}, flags, sandboxFlags())...)}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	lines := bufio.NewScanner(said)
	for s.url == "" && lines.Scan() {
		_, s.url, _ = strings.Cut(lines.Text(), "platen: listening on ")
	}
	if s.url == "" {
		t.Fatal("platen serve does not listen")
	}
	go func() {
		for lines.Scan() { // what else it says is let go
		}
	}()
	return s
}

// stop ends the server, if it is still there.
func (s *served) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
}

// A terminal runs a command as a person does. It knows the sequences that platen top
// and a line of text use, and takes any other for a mistake.
type terminal struct {
	t     *testing.T
	own   *os.File // what is typed goes in, what is shown comes out
	tty   *os.File // of the command
	calm  *term.State
	cmd   *exec.Cmd
	ended chan int // exit code

	mu        sync.Mutex
	width     int
	lines     []string // of the alternate screen
	y         int      // the line in which it is written
	alternate bool
	hidden    bool   // the cursor
	text      string // outside the alternate screen
	wrong     string // the first mistake
}

func newTerminal(t *testing.T, width, height int, args ...string) *terminal {
	t.Helper()
	own, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &terminal{t: t, own: own, tty: tty, ended: make(chan int, 1)}
	t.Cleanup(func() { tty.Close(); own.Close() })
	s.resize(width, height)
	if s.calm, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command("platen", args...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.show()
	go func() {
		s.cmd.Wait()
		s.ended <- s.cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { s.cmd.Process.Kill() })
	return s
}

// resize makes the terminal larger: what was written for the smaller one still fits.
func (s *terminal) resize(width, height int) {
	s.t.Helper()
	s.mu.Lock()
	s.width, s.lines = width, make([]string, height)
	s.mu.Unlock()
	if err := pty.Setsize(s.own, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		s.t.Fatal(err)
	}
}

// A piece of what is written: a sequence, the end of a line, or text. The rest is a
// sequence of which the end has not been read.
var piece = regexp.MustCompile(`^(?:\x1b\[[?0-9;]*[a-zA-Z]|\r\n|[^\x1b\r]+)`)

// show shows what the command writes.
func (s *terminal) show() {
	b, rest := make([]byte, 4<<10), ""
	for {
		n, err := s.own.Read(b)
		if err != nil {
			return
		}
		rest += string(b[:n])
		s.mu.Lock()
		for p := piece.FindString(rest); p != ""; p = piece.FindString(rest) {
			s.write(p)
			rest = rest[len(p):]
		}
		s.mu.Unlock()
	}
}

// write shows a piece.
func (s *terminal) write(p string) {
	switch p {
	case "\x1b[?1049h":
		s.alternate = true
	case "\x1b[?1049l":
		s.alternate = false
	case "\x1b[?25l":
		s.hidden = true
	case "\x1b[?25h":
		s.hidden = false
	case home:
		s.y = 0
	default:
		if s.alternate {
			s.draw(p)
		} else {
			s.text += p
		}
	}
}

// draw shows a piece on the alternate screen. What would leave it is a mistake.
func (s *terminal) draw(p string) {
	if p == "\r\n" {
		s.y++
	}
	switch {
	case s.wrong != "":
	case s.y >= len(s.lines):
		s.wrong = fmt.Sprintf("below the screen: %q", p)
	case p == "\r\n":
	case p == clearLine:
		s.lines[s.y] = ""
	default:
		s.lines[s.y] += p
		if strings.ContainsFunc(p, unicode.IsControl) || utf8.RuneCountInString(s.lines[s.y]) > s.width {
			s.wrong = fmt.Sprintf("line %d of %d columns: %q", s.y, s.width, s.lines[s.y])
		}
	}
}

// typed types keys.
func (s *terminal) typed(keys string) {
	s.t.Helper()
	if _, err := s.own.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// until waits until what is shown is as it should be, and returns it.
func (s *terminal) until(what string, good func(shown string) bool) string {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; <-time.After(5 * time.Millisecond) {
		s.mu.Lock()
		shown, wrong := s.text, s.wrong
		if s.alternate {
			shown = strings.Join(s.lines, "\n")
		}
		s.mu.Unlock()
		if wrong != "" {
			s.t.Fatal(wrong)
		}
		if good(shown) {
			return shown
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("no %s:\n%s", what, shown)
		}
	}
}

// untilLines waits until each pattern is a line of what is shown.
func (s *terminal) untilLines(patterns ...string) string {
	s.t.Helper()
	return s.until(strings.Join(patterns, ", "), func(shown string) bool {
		for _, p := range patterns {
			if !regexp.MustCompile(`(?m)^` + p + `$`).MatchString(shown) {
				return false
			}
		}
		return true
	})
}

// end waits for the command to end, and checks that the terminal is as before.
func (s *terminal) end(code int) {
	s.t.Helper()
	select {
	case got := <-s.ended:
		if got != code {
			s.t.Errorf("exit code %d, want %d:\n%s", got, code, s.text)
		}
	case <-time.After(time.Minute):
		s.t.Fatal("it does not end")
	}
	s.until("screen as before", func(string) bool { return !s.alternate && !s.hidden })
	now, err := term.GetState(int(s.tty.Fd()))
	if err != nil || !reflect.DeepEqual(now, s.calm) {
		s.t.Errorf("the terminal is not as before: %v", err)
	}
}
