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

// A usageError is a command line that asks for what cannot be.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

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
	if wrong := (usageError{}); errors.As(err, &wrong) {
		return exitUsage
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

// worst returns the error with the highest exit code, as one that is reported.
func worst(errs []error) error {
	var top error
	for _, err := range errs {
		if top == nil || exitCode(err) > exitCode(top) {
			top = err
		}
	}
	if top == nil {
		return nil
	}
	return errReported{top}
}
