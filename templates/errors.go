package templates

import (
	"fmt"

	"github.com/dicode/platen"
)

// An Error says which file of a bundle is wrong, where, and how to mend it. It
// is platen.Invalid.
type Error struct {
	File      string // path in the bundle
	Line, Col int    // from 1, the column in characters; 0 when the whole file is meant
	Msg       string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// Unwrap makes every Error platen.Invalid.
func (e *Error) Unwrap() error { return platen.Invalid }
