package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/dicode/platen"
)

// A Report says what was verified. After an error it says what was found sound before.
type Report struct {
	Tenant   platen.TenantID
	Count    int64     // of records
	First    int64     // number of the first record, 0 if there is none
	Last     int64     // and of the last one
	Hash     string    // of the last one: keep it, and a later export proves that nothing was cut off
	From, To time.Time // when the first and the last one were written
	Actions  []Action  // the only ones that it has: what is left out between them is not proven
}

// A Fault is the first place at which a trail is not as it was written.
type Fault struct {
	What string // changed, removed, inserted, moved or cut off
	Seq  int64  // number of the entry
	Line int    // of the export, from 1; 0 in a bucket
	Text string // for people
}

// Error implements error.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.Text
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Text)
}

// Unwrap makes every Fault Invalid.
func (f *Fault) Unwrap() error { return platen.Invalid }

// A Mark is the number and hash of a record that were kept somewhere else, as from the
// report of an earlier export.
type Mark struct {
	Seq  int64
	Hash string
}

// Verify checks an export without the store that it comes from, in one pass. An error is
// a *Fault, or Invalid if this is no export, or one of reading. The records that the
// marks name must be as they were, and those after the export's beginning be there.
//
// Who can write an export can write another one that is sound in itself. What proves that
// it is the trail's are marks, or another export.
func Verify(src io.Reader, marks ...Mark) (Report, error) {
	lines := &lines{in: bufio.NewReaderSize(src, 2*MaxRecord)}
	text, err := lines.next()
	var h head
	if err == nil && (json.Unmarshal(text, &h) != nil || h.Format != Format) {
		err = platen.Invalid
	}
	if errors.Is(err, io.EOF) || errors.Is(err, platen.Invalid) {
		return Report{}, fmt.Errorf("this is no export of an audit trail: want the answer of GET /v1/audit, or what platen audit export writes: %w", platen.Invalid)
	}
	if err != nil {
		return Report{}, err
	}
	c := newChecker(h.Tenant, h.After, h.Prev, marks)
	c.report.Actions = h.Actions
	end, err := c.run(lines.records(), len(h.Actions) > 0)
	if err == nil {
		err = c.finish(end, lines)
	}
	return c.report, err
}

// finish compares what was found with the last line.
func (c *checker) finish(end *tail, l *lines) error {
	switch {
	case end == nil:
		return &Fault{"cut off", c.seq + 1, l.number + 1, fmt.Sprintf("the export is cut off after entry %d: its last line is missing", c.seq)}
	case end.Last > c.seq:
		return &Fault{"removed", c.seq + 1, l.number, fmt.Sprintf("entry %d was removed: the last line names %d as the last one", c.seq+1, end.Last)}
	case end.Last != c.seq || end.Hash != c.hash || end.Count != c.report.Count || end.First != c.first:
		return &Fault{"changed", c.seq, l.number, "the last line was changed: it does not fit the entries"}
	}
	if _, err := l.next(); !errors.Is(err, io.EOF) {
		return &Fault{"inserted", c.seq + 1, l.number, "something was inserted after the last line"}
	}
	return c.missed()
}

// lines reads an export.
type lines struct {
	in     *bufio.Reader
	number int
}

// next returns a line, or io.EOF. It is good until the one after the next is read.
func (l *lines) next() ([]byte, error) {
	l.number++
	text, err := l.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, &Fault{"changed", 0, l.number, "the line is longer than an entry can be"}
	case errors.Is(err, io.EOF) && len(text) > 0:
		return text, nil // the line feed is missing
	case err != nil:
		return nil, err
	}
	return text[:len(text)-1], nil
}

// A found record is one as it was found in a line.
type found struct {
	Record
	ok   bool  // its hash fits
	line int   // 0 in a bucket
	end  *tail // it is the last line
}

// records yields the rest of an export.
func (l *lines) records() iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		for {
			text, err := l.next()
			if errors.Is(err, io.EOF) {
				return
			}
			f := found{line: l.number}
			if err == nil {
				f.Record, f.ok = parse(text)
				f.Record.line = nil // it is overwritten
			}
			if err == nil && !f.ok && f.Seq == 0 {
				f.end = asTail(text)
			}
			if !yield(f, err) || err != nil || f.end != nil {
				return
			}
		}
	}
}

// asTail returns the last line that a text is, or nil.
func asTail(text []byte) *tail {
	var t tail
	if json.Unmarshal(text, &t) != nil || t.Hash == "" {
		return nil
	}
	return &t
}
