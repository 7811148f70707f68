package handlebars

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

// An Error says where a template stopped and why. It carries one platen.Kind:
// that of its cause, or Invalid. Its text names fields, never their values.
type Error struct {
	File      string
	Line, Col int     // from 1; the column counts characters
	Msg       string  // what is wrong and how to mend it
	Calls     []Place // the partial calls that led here, outermost first
	cause     error
	kind      platen.Kind
}

// A Place is a position in a named template.
type Place struct {
	File string
	Pos
}

func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// shownCalls is how many partial calls an error's text shows, half of them from
// each end: a partial that includes itself without end makes hundreds.
const shownCalls = 8

// Error gives "document.hbs:12:3 > partials/head.hbs:4:1: what is wrong".
func (e *Error) Error() string {
	var b strings.Builder
	for i, call := range e.Calls {
		if left := len(e.Calls) - shownCalls; i >= shownCalls/2 && i < left+shownCalls/2 {
			if i == shownCalls/2 {
				fmt.Fprintf(&b, "%d more > ", left)
			}
			continue
		}
		b.WriteString(call.String())
		b.WriteString(" > ")
	}
	b.WriteString(Place{e.File, Pos{e.Line, e.Col}}.String())
	b.WriteString(": ")
	b.WriteString(e.Msg)
	return b.String()
}

// Unwrap gives the kind and, where there is one, the cause: a helper's error,
// the context's, or the writer's.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.kind}
	}
	return []error{e.kind, e.cause}
}

func newError(file string, pos Pos, msg string) *Error {
	return &Error{File: file, Line: pos.Line, Col: pos.Col, Msg: msg, kind: platen.Invalid}
}

// causedBy records the error behind e. A cause that names a kind passes it on;
// another gets the one given.
func (e *Error) causedBy(cause error, otherwise platen.Kind) *Error {
	e.cause, e.kind = cause, otherwise
	var kind platen.Kind
	if errors.As(cause, &kind) {
		e.kind = kind
	}
	return e
}
