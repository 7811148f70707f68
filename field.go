package platen

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FieldNameForm says which names IsFieldName accepts, for errors.
const FieldNameForm = "1 to 63 characters without a full stop, which separates names, and without those that are not printed"

// IsFieldName reports whether a signature field can have the name (ISO 32000-2 §12.7.4.2).
func IsFieldName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n > 0 && n <= 63 && utf8.ValidString(name) && strings.TrimSpace(name) == name &&
		!strings.Contains(name, ".") && !strings.ContainsFunc(name, unicode.IsControl)
}

// fieldScheme begins the links that reserve a place for a signature.
const fieldScheme = "platen-signature:"

// FieldLink is the target of a link that is printed where a signature field is to be.
func FieldLink(name string) string { return fieldScheme + url.PathEscape(name) }

// FieldOf returns the name of the signature field that a link reserves a place for. It
// is false for any other link.
func FieldOf(link string) (name string, ok bool) {
	escaped, ok := strings.CutPrefix(link, fieldScheme)
	if !ok {
		return "", false
	}
	name, err := url.PathUnescape(escaped)
	return name, err == nil && IsFieldName(name)
}
