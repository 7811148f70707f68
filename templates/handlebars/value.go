package handlebars

import (
	"encoding/json"
	"strconv"
	"unicode/utf16"

	"github.com/dicode/platen"
)

// isTrue says what {{#if}} makes of a value: false, null, what is missing, "",
// the number zero and an empty list are false. With includeZero zero is true.
func isTrue(v any, includeZero bool) bool {
	switch v := v.(type) {
	case json.Number:
		return includeZero || !isZero(v)
	default:
		return !isEmpty(v)
	}
}

// isEmpty says for which values {{#with}} takes its inverse.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil, Missing:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case platen.HTML:
		return v == ""
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

// isZero recognises zero in every spelling: 0, -0, 0.00, 0e5.
func isZero(n json.Number) bool {
	for i := range len(n) {
		switch c := n[i]; {
		case c == 'e' || c == 'E':
			return true
		case c >= '1' && c <= '9':
			return false
		}
	}
	return true
}

// member returns what name names in v: a field of an object, an element or the
// length of a list, the length of a string.
func member(v any, name string) (any, bool) {
	switch v := v.(type) {
	case *platen.Object:
		return v.Get(name)
	case *merged:
		return v.get(name)
	case []any:
		if name == "length" {
			return number(len(v)), true
		}
		if i := indexOf(name); i >= 0 && i < len(v) {
			return v[i], true
		}
	case string:
		if name == "length" {
			return number(len(utf16.Encode([]rune(v)))), true
		}
	}
	return nil, false
}

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// indexOf reads an index as JavaScript writes it, or returns -1.
func indexOf(s string) int {
	if s == "" || len(s) > 9 || len(s) > 1 && s[0] == '0' {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = 10*n + int(s[i]-'0')
	}
	return n
}

// same tells whether a and b are one value: the same object or list, or equal
// otherwise.
func same(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
	case nil, bool, json.Number, string, platen.HTML, *platen.Object, *merged:
		switch b.(type) {
		case nil, bool, json.Number, string, platen.HTML, *platen.Object, *merged:
			return a == b
		}
	}
	return false
}

// A merged is the context of a partial that got key=value arguments: those over
// the fields or elements of what it was called with.
type merged struct {
	over *platen.Object
	base any
}

func (m *merged) get(name string) (any, bool) {
	if v, ok := m.over.Get(name); ok {
		return v, true
	}
	if _, text := m.base.(string); text || name == "length" && !isObject(m.base) {
		return nil, false
	}
	return member(m.base, name)
}

func isObject(v any) bool {
	switch v.(type) {
	case *platen.Object, *merged:
		return true
	default:
		return false
	}
}

// object makes the plain object that loops and helpers want.
func (m *merged) object() *platen.Object {
	all := &platen.Object{}
	switch base := plain(m.base).(type) {
	case *platen.Object:
		for name, v := range base.All() {
			all.Set(name, v)
		}
	case []any:
		for i, v := range base {
			all.Set(strconv.Itoa(i), v)
		}
	}
	for name, v := range m.over.All() {
		all.Set(name, v)
	}
	return all
}

// plain returns v as a data value.
func plain(v any) any {
	if m, ok := v.(*merged); ok {
		return m.object()
	}
	return v
}

// kindOf names the type of a value for a message.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case Missing:
		return "missing"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case string, platen.HTML:
		return "text"
	case []any:
		return "a list"
	case *platen.Object, *merged:
		return "an object"
	default:
		return "not data"
	}
}
