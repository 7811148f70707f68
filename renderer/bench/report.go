package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// A report writes tables and remembers which bars were missed.
type report struct {
	w      io.Writer
	missed []string
}

// A bar is what a figure has to reach; the zero value is none.
type bar struct {
	limit float64
	least bool
}

func atMost(limit float64) bar  { return bar{limit, false} }
func atLeast(limit float64) bar { return bar{limit, true} }

// table begins a table. Its first column holds words, the others figures.
func (r *report) table(title string, columns ...string) {
	fmt.Fprintf(r.w, "\n### %s\n\n", title)
	r.row(columns...)
	fmt.Fprintf(r.w, "|---%s|\n", strings.Repeat("|--:", len(columns)-1))
}

func (r *report) row(cells ...string) { fmt.Fprintf(r.w, "| %s |\n", strings.Join(cells, " | ")) }

// against returns a figure as a cell, with its bar behind it, and in bold when it
// misses that. what names the figure in the list of those that did.
func (r *report) against(b bar, what, format string, value float64) string {
	text := fmt.Sprintf(format, value)
	if b == (bar{}) {
		return text
	}
	limit, word, reached := fmt.Sprintf(format, b.limit), "most", value <= b.limit
	if b.least {
		word, reached = "least", value >= b.limit
	}
	if !reached {
		r.missed = append(r.missed, fmt.Sprintf("%s: %s, want at %s %s", what, text, word, limit))
		text = "**" + text + "**"
	}
	return text + " / " + limit
}

// verdict lists the missed bars; it is an error if there are any.
func (r *report) verdict() error {
	if r.missed == nil {
		return nil
	}
	fmt.Fprintf(r.w, "\nmissed:\n\n- %s\n", strings.Join(r.missed, "\n- "))
	return fmt.Errorf("%d bars were missed", len(r.missed))
}

// one and two write a figure with so many decimals.
func one(v float64) string { return fmt.Sprintf("%.1f", v) }
func two(v float64) string { return fmt.Sprintf("%.2f", v) }

// progress tells people how far a measurement is.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
