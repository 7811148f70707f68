package contract

import (
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

// A Violation is one place where data does not satisfy its contract.
type Violation struct {
	Pointer  string `json:"pointer"`  // JSON Pointer (RFC 6901); of a missing field, where it should stand
	Expected string `json:"expected"` // what should stand there, in words
	Found    string `json:"found"`    // what stands there, in words, long values cut
}

func (v Violation) String() string {
	place := v.Pointer
	if place == "" {
		place = "the whole data"
	}
	return fmt.Sprintf("%s: want %s, found %s", place, v.Expected, v.Found)
}

// An Error lists where data does not satisfy a contract, in the order of the
// data. It is Invalid.
type Error struct {
	Contract   string
	Violations []Violation // at most MaxViolations, never empty
	More       int         // how many there are beyond these
}

// MaxViolations is the greatest number of violations that an Error lists.
const MaxViolations = 100

// Error gives each violation a line of its own.
func (e *Error) Error() string {
	var b strings.Builder
	n := len(e.Violations) + e.More
	if n == 1 {
		fmt.Fprintf(&b, "the data violates %s in 1 place:", e.Contract)
	} else {
		fmt.Fprintf(&b, "the data violates %s in %d places:", e.Contract, n)
	}
	for _, v := range e.Violations {
		b.WriteString("\n  ")
		b.WriteString(v.String())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", e.More)
	}
	return b.String()
}

// Unwrap makes every Error Invalid.
func (e *Error) Unwrap() error { return platen.Invalid }
