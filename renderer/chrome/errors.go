package chrome

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

// maxProblems bounds how many problems an error lists.
const maxProblems = 20

// A Problem is one thing that keeps a document from being printed.
type Problem struct {
	What  string // one of the constants below
	Where string // the path, the URL, the font's name, or the code point
}

// What a Problem can be.
const (
	MissingFile    = "missing file"
	RefusedRequest = "refused request"
	RefusedElement = "refused element"
	RefusedByRule  = "refused by the browser:"
	BrokenImage    = "broken image"
	BrokenFont     = "broken font"
	LargeDataURL   = "data URL over the limit"
	ScriptError    = "script error"
	MissingGlyph   = "missing glyph"
)

// remedy says how to mend a kind of problem.
func remedy(what string) string {
	switch what {
	case MissingFile:
		return "put it into the bundle, or correct the path"
	case RefusedRequest, RefusedByRule:
		return "a document loads nothing but files of its bundle"
	case RefusedElement:
		return "remove it from the template"
	case BrokenImage, BrokenFont:
		return "replace the file"
	case LargeDataURL:
		return "make it a file of the bundle"
	case ScriptError:
		return "correct the template's script"
	}
	return "use another character, or a font that has it"
}

// A DocumentError lists what is wrong with a document. It is platen.Invalid.
type DocumentError struct {
	Problems []Problem
	More     int // further problems that are not listed
}

func (e *DocumentError) Error() string {
	var kinds []string
	text := make(map[string][]string)
	for _, p := range e.Problems {
		if text[p.What] == nil {
			kinds = append(kinds, p.What)
		}
		text[p.What] = append(text[p.What], p.What+" "+p.Where)
	}
	for i, what := range kinds {
		kinds[i] = strings.Join(text[what], ", ") + " (" + remedy(what) + ")"
	}
	message := "the document was not printed: " + strings.Join(kinds, "; ")
	if e.More > 0 {
		message += fmt.Sprintf("; and %d more problems", e.More)
	}
	return message
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
	errHung    = errors.New("the browser did not answer")
	errSlow    = errors.New("the print took longer than the time limit")
)
