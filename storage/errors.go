package storage

import "strings"

// An Error is what went wrong in the Bucket of a tenant. Its text names keys, and says
// what the store said: it is for the log and for who runs Platen, not for callers.
type Error struct{ err error }

// Error implements error.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns what has the kind.
func (e *Error) Unwrap() error { return e.err }

// inside makes err an Error. A nil err stays nil.
func inside(err error) error {
	if err == nil {
		return nil
	}
	return &Error{err}
}

// IsInside reports whether a text, as a record keeps it, is that of an Error or has one
// in it.
func IsInside(text string) bool { return strings.Contains(text, `"tenants/`) }
