package main

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// A screen is a terminal that a command has for itself until it is closed. It then
// shows again what it showed before.
type screen struct {
	in, out *os.File
	before  *term.State // of in; nil: it is no terminal, and there are no keys
	keys    chan byte
}

// The sequences of a terminal (ECMA-48, and the private modes of xterm).
const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // the alternate screen, without a cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	clearLine   = "\x1b[2K"
)

const ctrlC = 3 // a key as any other while the terminal is raw

// openScreen takes over a terminal.
func openScreen(in, out *os.File) (*screen, error) {
	s := &screen{in: in, out: out, keys: make(chan byte)}
	if isTerminal(in) {
		var err error
		if s.before, err = term.MakeRaw(int(in.Fd())); err != nil {
			return nil, cannotWrite("the terminal", err)
		}
		go s.read()
	}
	if _, err := out.WriteString(enterScreen); err != nil {
		s.close()
		return nil, cannotWrite("the terminal", err)
	}
	return s, nil
}

// close gives the terminal back.
func (s *screen) close() {
	s.out.WriteString(leaveScreen)
	if s.before != nil {
		term.Restore(int(s.in.Fd()), s.before)
	}
}

// read passes keys on, for as long as the process lives.
func (s *screen) read() {
	var b [1]byte
	for {
		if n, err := s.in.Read(b[:]); n == 0 || err != nil {
			return
		}
		s.keys <- b[0]
	}
}

// size returns how many columns and lines there are.
func (s *screen) size() (width, height int) {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24
	}
	return width, height
}

// draw replaces what is shown, in one write, so that nothing flickers. There are as
// many lines as the terminal has, and none is wider.
func (s *screen) draw(lines []string) error {
	_, err := s.out.WriteString(home + clearLine + strings.Join(lines, "\r\n"+clearLine))
	return cannotWrite("the terminal", err)
}
