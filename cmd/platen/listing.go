package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oapi-codegen/runtime/types"
)

// listFlags say how much of a list is printed, and how.
type listFlags struct {
	Limit int  `default:"50" help:"Most rows; 0: no limit."`
	JSON  bool `name:"json" help:"Print each row as the API has it, as a JSON line."`
}

// Validate is called by kong.
func (f *listFlags) Validate() error {
	if f.Limit < 0 {
		return fmt.Errorf("--limit is %d: want 0 or more", f.Limit)
	}
	return nil
}

// dayFlags choose what was accepted on some days.
type dayFlags struct {
	From time.Time `format:"2006-01-02" placeholder:"DAY" help:"First day of acceptance, UTC, as in 2026-03-01. Default: 30 days ago."`
	To   time.Time `format:"2006-01-02" placeholder:"DAY" help:"Last day. Default: today."`
}

func (f dayFlags) from() *types.Date { return given(types.Date{Time: f.From}) }
func (f dayFlags) to() *types.Date   { return given(types.Date{Time: f.To}) }

const maxPage = 200 // rows that the API lists at once

// page is how many rows the server is asked for at once: one more than the limit, to
// know whether there are more.
func (f listFlags) page() *int64 {
	if f.Limit == 0 {
		return new(int64(maxPage))
	}
	return new(min(int64(f.Limit)+1, maxPage))
}

// pages yields a list that comes in pages. Nothing comes after an error.
func pages[T any](page func(before *string) (list []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var before *string
		for {
			list, next, err := page(before)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			before = &next
		}
	}
}

// printList prints a list as a table for people, or as JSON lines.
func printList[T any](std streams, f listFlags, list iter.Seq2[T, error], head []string, cells func(T) []string) error {
	table := newTable(std.out)
	lines := json.NewEncoder(std.out)
	n := 0
	for v, err := range list {
		if err != nil {
			return err
		}
		if n == f.Limit && n > 0 {
			fmt.Fprintf(std.err, "platen: there are more than %d: raise --limit\n", n)
			break
		}
		if n++; f.JSON {
			if err := lines.Encode(v); err != nil {
				return cannotWrite("stdout", err)
			}
			continue
		}
		if n == 1 {
			table.row(head...)
		}
		table.row(cells(v)...)
	}
	if n == 0 {
		fmt.Fprintln(std.err, "platen: there is none")
	}
	return cannotWrite("stdout", table.Flush())
}

// An aligned is a table whose columns are aligned when it is flushed.
type aligned struct{ *tabwriter.Writer }

func newTable(w io.Writer) aligned { return aligned{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)} }

func (t aligned) row(cells ...string) {
	for i, c := range cells {
		cells[i] = printable(c)
	}
	fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

// fact is a row of two cells, or none if there is no value.
func (t aligned) fact(name, value string) {
	if value != "" {
		t.row(name, value)
	}
}

// utc is a time as it is printed; empty if there is none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// given returns a parameter, nil for the zero value.
func given[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
