package platen

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// A PanicError is a panic that has become an error. It is Internal, and holds no data.
type PanicError struct {
	Text  string // as PanicText says it
	Stack []byte // of where the code panicked: for the log alone
}

// Error implements error.
func (e *PanicError) Error() string {
	return fmt.Sprintf("the code panicked: %s: %v", e.Text, Internal)
}

// Unwrap makes every PanicError Internal.
func (e *PanicError) Unwrap() error { return Internal }

// Recover is deferred by a function, with its error: when that panics, it returns a
// *PanicError. Nothing but the goroutine that panics can recover, so each one that a
// group or a flight starts begins with
//
//	defer platen.Recover(&err)
func Recover(err *error) {
	if p := recover(); p != nil {
		*err = &PanicError{PanicText(p), debug.Stack()}
	}
}

// PanicText says for the log what code panicked with. The text of a panic may hold
// data, so only that of an error of the runtime is told, and of all else the type.
func PanicText(value any) string {
	if err, ok := value.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a value of type %T", value)
}
