package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/dicode/platen"
)

// Format is the version of the form of exports.
const Format = 1

// A head is the first line of an export.
type head struct {
	Format  int             `json:"auditExport"`
	Tenant  platen.TenantID `json:"tenant"`
	At      time.Time       `json:"exported"`
	From    *time.Time      `json:"from,omitempty"`
	To      *time.Time      `json:"to,omitempty"`
	Actions []Action        `json:"actions,omitempty"` // other records are left out
	After   int64           `json:"after"`             // number of the record before the first one
	Prev    string          `json:"prev"`              // its hash
}

// A tail is the last line of an export.
type tail struct {
	Count int64  `json:"count"`
	First string `json:"firstHash,omitempty"`
	Last  int64  `json:"last"` // number of the last record, or of the one before if there is none
	Hash  string `json:"lastHash"`
}

// Export writes the records of a tenant in a range as lines of JSON, between a line that
// says what it is and one that says how it ends: all that Verify needs. With an error
// the last line is missing. What is written meanwhile is not part of it.
func (t *Trail) Export(ctx context.Context, w io.Writer, tenant platen.TenantID, g Range) error {
	newest, err := t.Last(ctx, tenant)
	if err != nil && platen.KindOf(err) != platen.NotFound {
		return fmt.Errorf("export the audit trail: %w", err)
	}
	x := &export{out: bufio.NewWriterSize(w, 64<<10), g: g, head: head{Format: Format, Tenant: tenant, At: t.now().Round(0), Actions: g.Actions}}
	if !g.From.IsZero() {
		x.head.From = &g.From
	}
	if !g.To.IsZero() {
		x.head.To = &g.To
	}
	all := g
	all.Actions = nil // those that are left out are counted, too
	for r, err := range t.Records(ctx, tenant, all) {
		if err == nil && r.Seq > newest.Seq {
			break
		}
		if err == nil {
			err = x.record(r)
		}
		if err != nil {
			return fmt.Errorf("export the audit trail: %w", err)
		}
	}
	if !x.begun { // nothing is in the range
		x.head.After, x.head.Prev = g.After, none
		if err := x.begin(); err != nil {
			return err
		}
	}
	if err := x.line(x.tail); err != nil {
		return err
	}
	return x.out.Flush()
}

// An export is on its way out.
type export struct {
	out   *bufio.Writer
	g     Range
	head  head
	tail  tail
	begun bool
}

func (x *export) begin() error {
	x.begun = true
	x.tail.Last, x.tail.Hash = x.head.After, x.head.Prev
	return x.line(x.head)
}

func (x *export) record(r Record) error {
	if !x.begun {
		x.head.After, x.head.Prev = r.Seq-1, r.Prev
		if err := x.begin(); err != nil {
			return err
		}
	}
	if !x.g.wants(r) {
		return nil
	}
	if x.tail.Count++; x.tail.Count == 1 {
		x.tail.First = r.hash
	}
	x.tail.Last, x.tail.Hash = r.Seq, r.hash
	x.out.Write(r.line)
	return x.out.WriteByte('\n')
}

func (x *export) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("export the audit trail: %w: %w", err, platen.Internal)
	}
	x.out.Write(text)
	return x.out.WriteByte('\n')
}
