package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/dicode/platen"
)

// A Range is a part of a trail: what comes after a record, from a moment on, up to
// another one. Its zero value is the whole trail. A moment counts in the order of the
// trail: the first record that was written then begins the range, or ends it.
type Range struct {
	After    int64     // number of a record
	From, To time.Time // zero: no limit
	Actions  []Action  // only these; nil: all
	Limit    int       // most records, from the first on; 0: no limit
}

// begins and ends report whether a record is the first in the range, and whether it is
// behind its end, of which n records are known.
func (g Range) begins(r Record) bool { return r.Seq > g.After && !r.At.Before(g.From) }
func (g Range) ends(r Record, n int) bool {
	return g.Limit > 0 && n == g.Limit || !g.To.IsZero() && r.At.After(g.To)
}

// wants reports whether a record in the range is one of the actions.
func (g Range) wants(r Record) bool { return g.Actions == nil || slices.Contains(g.Actions, r.Action) }

// read returns the records of a part. NotFound says that there is no
// such part.
func (c *chain) read(ctx context.Context, number int) ([]Record, error) {
	lines, err := c.lines(ctx, number)
	if err != nil {
		return nil, err
	}
	return c.records(number, lines)
}

// records reads the texts of a part.
func (c *chain) records(number int, lines [][]byte) ([]Record, error) {
	records := make([]Record, len(lines))
	for i, line := range lines {
		var ok bool
		if records[i], ok = parse(line); !ok {
			return nil, c.broken(number, "the hash of an entry does not fit")
		}
	}
	return records, nil
}

// lines returns the texts of a part, at least one. Where it was changed, one of them is
// no record.
func (c *chain) lines(ctx context.Context, number int) ([][]byte, error) {
	text, err := c.log.Get(ctx, number)
	if err != nil {
		return nil, err
	}
	text, begins := bytes.CutPrefix(text, []byte("["))
	text, ends := bytes.CutSuffix(text, []byte("]\n"))
	lines := bytes.Split(text, separator) // which stands in no record: JSON writes a line feed as \n
	if !begins || !ends {
		lines = [][]byte{nil}
	}
	return lines, nil
}

// ahead is how many parts are read at the same time.
const ahead = 16

// parts yields the texts of one part after the other, without end: the caller stops when
// one is NotFound.
func (c *chain) parts(ctx context.Context, number int) iter.Seq2[[][]byte, error] {
	type text struct {
		lines [][]byte
		err   error
	}
	return func(yield func([][]byte, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		var coming []chan text
		for {
			for len(coming) < ahead {
				next, at := make(chan text, 1), number
				go func() {
					lines, err := c.lines(ctx, at)
					next <- text{lines, err}
				}()
				coming = append(coming, next)
				number++
			}
			t := <-coming[0]
			coming = coming[1:]
			if !yield(t.lines, t.err) {
				return
			}
		}
	}
}

var separator = []byte(",\n")

// broken is the error of a part that somebody has changed.
func (c *chain) broken(number int, why string) error {
	return fmt.Errorf("the audit trail is broken at %s: %s: find out with platen audit verify what was changed: %w", c.log.Key(number), why, platen.Internal)
}

// Records yields the records of a tenant in a range, in their order. An error is
// yielded last. It does not wait for new ones.
func (t *Trail) Records(ctx context.Context, tenant platen.TenantID, g Range) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		c, err := t.chain(tenant)
		if err != nil {
			yield(Record{}, err)
			return
		}
		number, err := c.first(ctx, g)
		if err != nil {
			yield(Record{}, err)
			return
		}
		n := 0
		for lines, err := range c.parts(ctx, number) {
			var records []Record
			if err == nil {
				records, err = c.records(number, lines)
			}
			if errors.Is(err, platen.NotFound) {
				if err = c.noneAfter(ctx, number); err == nil {
					return
				}
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range records {
				if n == 0 && !g.begins(r) {
					continue
				}
				if g.ends(r, n) {
					return
				}
				n++
				if g.wants(r) && !yield(r, nil) {
					return
				}
			}
			number++
		}
	}
}

// noneAfter returns an error if there is a part after one that is not there. One that
// was stored just now is no fault.
func (c *chain) noneAfter(ctx context.Context, number int) error {
	if after, err := c.has(ctx, number+1); err != nil || !after {
		return err
	}
	if there, err := c.has(ctx, number); err != nil || there {
		return err
	}
	return c.broken(number, "it was removed")
}

// first returns the part in which a range begins, or one before it.
func (c *chain) first(ctx context.Context, g Range) (int, error) {
	if g.After == 0 && g.From.IsZero() {
		return 1, nil
	}
	last, err := c.last(ctx)
	if err != nil || last == 0 {
		return 1, err
	}
	return bisect(1, last+1, func(number int) (bool, error) {
		records, err := c.read(ctx, number)
		if err != nil {
			return false, err
		}
		return !g.begins(records[0]), nil
	})
}

// Last returns the last record of a tenant, or NotFound.
func (t *Trail) Last(ctx context.Context, tenant platen.TenantID) (r Record, err error) {
	c, err := t.chain(tenant)
	if err != nil {
		return r, err
	}
	number, err := c.last(ctx)
	if err == nil && number == 0 {
		err = fmt.Errorf("the audit trail has no entries: %w", platen.NotFound)
	}
	if err != nil {
		return r, err
	}
	records, err := c.read(ctx, number)
	if err != nil {
		return r, err
	}
	return records[len(records)-1], nil
}

// poll is how often it is looked for what other processes have written.
const poll = time.Second

// Follow yields the records of a tenant after a number, and then each that is written,
// until ctx ends. An error is yielded last.
func (t *Trail) Follow(ctx context.Context, tenant platen.TenantID, after int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		c, err := t.chain(tenant)
		if err != nil {
			yield(Record{}, err)
			return
		}
		number, err := c.first(ctx, Range{After: after})
		for {
			changed := c.next()
			var records []Record
			if err == nil {
				records, err = c.read(ctx, number)
			}
			switch {
			case errors.Is(err, platen.NotFound):
				err = nil
				wait(ctx, changed)
			case err != nil:
				yield(Record{}, err)
				return
			default:
				number++
			}
			for _, r := range records {
				if r.Seq > after && !yield(r, nil) {
					return
				}
			}
			if ctx.Err() != nil {
				yield(Record{}, ctx.Err())
				return
			}
		}
	}
}

func wait(ctx context.Context, changed <-chan struct{}) {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	}
}
