package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// A moment is a time on the command line (RFC 3339).
type moment struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *moment) UnmarshalText(text []byte) (err error) {
	if m.Time, err = time.Parse(time.RFC3339, string(text)); err != nil {
		return fmt.Errorf("%q is no time: want one as in 2026-03-01T00:00:00Z", text)
	}
	return nil
}

// show prints the entries of a stream (server-sent events) until it ends.
func (cmd *auditTailCmd) show(std streams, stream io.Reader) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 2*audit.MaxRecord)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if !cmd.JSON {
			var r audit.Record
			if err := json.Unmarshal([]byte(data), &r); err != nil {
				return fmt.Errorf("the server sends what is no audit entry: %w: %w", err, platen.Internal)
			}
			data = printable(entryText(r))
		}
		if _, err := fmt.Fprintln(std.out, data); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	if err := lines.Err(); err != nil {
		return unanswered(err)
	}
	return fmt.Errorf("the server has ended the stream: %w", platen.Busy)
}

// entryText says in a line who did what.
func entryText(r audit.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d  %s  %s  by %s", r.Seq, r.At.Format(time.RFC3339), r.Action, r.By)
	if r.From != "" {
		fmt.Fprintf(&b, " from %s", r.From)
	}
	for _, o := range r.On {
		if o.ID != "" {
			fmt.Fprintf(&b, "  %s %s", o.Type, o.ID)
		}
	}
	if r.Failed != "" {
		fmt.Fprintf(&b, "  (entry %d: not done, %s)", r.Of, r.Failed)
	}
	if r.Reason != "" {
		fmt.Fprintf(&b, "  %q", r.Reason)
	}
	return b.String()
}
