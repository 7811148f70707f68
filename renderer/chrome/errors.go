package chrome

import (
	"errors"
	"fmt"
	"strings"

	platen "github.com/dicode/platen"
)

// maxProblems bounds how many problems an error lists.
const maxProblems = 20

// A Problem is one thing that keeps a document from being printed.
type Problem struct {
	What  string // "missing file", "refused request", "broken font", "broken image", "missing glyph", "data URL over the limit"
	Where string // the path, the URL, the font's name, or the code point
}

// A DocumentError lists what is wrong with a document. It is platen.Invalid.
type DocumentError struct {
	Problems []Problem
	More     int // further problems that are not listed
}

func (e *DocumentError) Error() string {
	var b strings.Builder
	b.WriteString("the document was not printed")
	for i, p := range e.Problems {
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		b.WriteString(p.What + " " + p.Where)
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "; and %d more", e.More)
	}
	return b.String()
}

// Unwrap makes the error platen.Invalid.
func (e *DocumentError) Unwrap() error { return platen.Invalid }

// add notes a problem once.
func (e *DocumentError) add(what, where string) {
	p := Problem{what, where}
	for _, known := range e.Problems {
		if known == p {
			return
		}
	}
	if len(e.Problems) == maxProblems {
		e.More++
		return
	}
	e.Problems = append(e.Problems, p)
}

// orNil returns e as an error when it holds a problem.
func (e *DocumentError) orNil() error {
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

// What went wrong with a browser rather than with a document. Each costs the
// browser and, while there is time, is tried once more on a fresh one.
var (
	errCrashed = errors.New("the browser crashed, or the system took its memory")
	errMemory  = errors.New("the print needed too much memory")
	errSlow    = errors.New("the print took longer than the time limit")
)
