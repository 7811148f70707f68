package platen

import (
	"errors"
	"fmt"
)

// A Kind says what a caller can do about an error. It is an error itself:
// wrap it with %w beside the cause, and ask with errors.Is or KindOf.
type Kind string

const (
	// NotFound: the named thing does not exist.
	NotFound Kind = "not found"
	// Invalid: the caller's input must be changed; trying again will not help.
	Invalid Kind = "invalid"
	// Denied: the caller may not do this.
	Denied Kind = "denied"
	// Conflict: the thing exists already, or changed meanwhile.
	Conflict Kind = "conflict"
	// Busy: a limit of load or time was reached; trying again may help.
	Busy Kind = "busy"
	// Internal: Platen or what it stands on is broken.
	Internal Kind = "internal"
)

// Error makes a Kind an error that can be wrapped.
func (k Kind) Error() string { return string(k) }

// KindOf returns the kind that err carries. An error without one is Internal,
// because nobody has said that the caller could mend it; nil has the kind "".
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}

// WithKind gives err a kind without changing its text. A nil err stays nil.
func WithKind(k Kind, err error) error {
	if err == nil {
		return nil
	}
	return &kindError{k, err}
}

// A FieldError says which field of what a caller asks for cannot be. It is Invalid.
type FieldError struct {
	Field  string // as in finish.watermarks[0].text
	Reason string // what is wrong and how to mend it; it goes on where the field ends
}

// Error implements error.
func (e *FieldError) Error() string { return e.Field + " " + e.Reason }

// Unwrap makes every FieldError Invalid.
func (e *FieldError) Unwrap() error { return Invalid }

// refuse makes a FieldError.
func refuse(field, format string, args ...any) error {
	return &FieldError{field, fmt.Sprintf(format, args...)}
}

// within puts the name of what a field stands in before its own.
func within(parent string, err error) error {
	var e *FieldError
	if !errors.As(err, &e) {
		return err
	}
	return &FieldError{parent + "." + e.Field, e.Reason}
}

type kindError struct {
	kind Kind
	err  error
}

func (e *kindError) Error() string   { return e.err.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.err} }
