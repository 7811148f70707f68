package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dicode/platen"
)

// shown is how many characters of a value a message shows.
const shown = 40

// describe says in a few words what a data value is.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return "the number " + cut(string(v))
	case string:
		return "the text " + quote(v)
	case []any:
		if len(v) == 0 {
			return "an empty list"
		}
		return "a list of " + strconv.Itoa(len(v))
	case *platen.Object:
		if v.Len() == 0 {
			return "an empty object"
		}
		return "an object"
	}
	return fmt.Sprintf("a Go value of type %T", v)
}

// quote puts s in quotation marks, cut and without control characters.
func quote(s string) string { return strconv.Quote(cut(s)) }

func cut(s string) string {
	n := 0
	for i := range s {
		if n == shown {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// words splits a name such as inProcessControls into words.
func words(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func sortedNames(fields map[string]*Shape) []string {
	return slices.Sorted(maps.Keys(fields))
}
