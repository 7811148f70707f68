package pdf

import (
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

// An Error says where a PDF is wrong, and how to mend it. It is platen.Invalid.
type Error struct {
	Object     int    // number of the object; 0 where none is known
	Offset     int    // in the file; -1 where none is known
	Reason     string // what is wrong and how to mend it
	Encryption string // how the file is encrypted, when that is the reason
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("PDF")
	if e.Object > 0 {
		fmt.Fprintf(&b, " object %d", e.Object)
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&b, " at offset %d", e.Offset)
	}
	return b.String() + ": " + e.Reason
}

// Unwrap makes every Error Invalid.
func (e *Error) Unwrap() error { return platen.Invalid }

// rebuild is the advice for a file whose structure is damaged.
const rebuild = "; export the file again, or rebuild it with qpdf in.pdf out.pdf"

// wrong makes an Error about object num; offset -1 means that none is known.
func wrong(num, offset int, format string, args ...any) error {
	return &Error{Object: num, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
