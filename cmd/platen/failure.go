package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dicode/platen"
)

const (
	exitDone        = 0
	exitRefused     = 1
	exitUsage       = 2
	exitMachine     = 3
	exitBusy        = 4
	exitInterrupted = 130
)

// errReported is an error whose words stand on stderr already.
type errReported struct{ error }

func (e errReported) Unwrap() error { return e.error }

// failure prints err for people and returns the exit code.
func failure(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	if reported := (errReported{}); !errors.As(err, &reported) {
		fmt.Fprintf(w, "platen: %s\n", words(err))
	}
	return exitCode(err)
}

// words is what an error says, without the name of its kind at the end: the exit
// code says that.
func words(err error) string {
	return strings.TrimSuffix(err.Error(), ": "+string(platen.KindOf(err)))
}

func exitCode(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	switch platen.KindOf(err) {
	case platen.Invalid, platen.NotFound, platen.Conflict, platen.Denied:
		return exitRefused
	case platen.Busy:
		return exitBusy
	default:
		return exitMachine
	}
}
