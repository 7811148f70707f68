package contract

import (
	"encoding/json"
	"slices"
	"strings"
)

// A types is a set of the types that a value can have.
type types uint

const (
	isObject types = 1 << iota
	isArray
	isString
	isInteger
	isFraction // a number that is not whole
	isBoolean
	isNull

	isNumber = isInteger | isFraction
	isAny    = isObject | isArray | isString | isNumber | isBoolean | isNull
)

var typeNames = []struct {
	is   types
	name string // in a schema
	word string // for people
}{
	{isObject, "object", "an object"}, {isArray, "array", "a list"}, {isString, "string", "a text"},
	{isNumber, "number", "a number"}, {isInteger, "integer", "a whole number"}, {isFraction, "", "a number that is not whole"},
	{isBoolean, "boolean", "true or false"}, {isNull, "null", "null"},
}

func (t types) String() string {
	if t == isAny {
		return "anything"
	}
	var words []string
	for _, n := range typeNames {
		if t&n.is == n.is {
			words = append(words, n.word)
			t &^= n.is
		}
	}
	return strings.Join(words, " or ")
}

// typesOf returns what type, enum and const of a schema allow.
func typesOf(schema map[string]any) types {
	t := isAny
	if schema["type"] != nil {
		names := texts(schema["type"])
		if one, ok := schema["type"].(string); ok {
			names = []string{one}
		}
		t = 0
		for _, n := range typeNames {
			if slices.Contains(names, n.name) {
				t |= n.is
			}
		}
	}
	if values, ok := choicesOf(schema); ok {
		among := types(0)
		for _, v := range values {
			among |= typeOf(v)
		}
		t &= among
	}
	return t
}

func typeOf(v any) types {
	switch v := v.(type) {
	case map[string]any:
		return isObject
	case []any:
		return isArray
	case string:
		return isString
	case bool:
		return isBoolean
	case json.Number:
		if exact(v).IsInt() {
			return isInteger
		}
		return isFraction
	}
	return isNull
}

// choicesOf returns the values that enum and const allow, if one of them is there.
func choicesOf(schema map[string]any) ([]any, bool) {
	values, isEnum := schema["enum"].([]any)
	only, isConst := schema["const"]
	switch {
	case isEnum && isConst:
		return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return !sameText(v, only) }), true
	case isConst:
		return []any{only}, true
	}
	return values, isEnum
}

// sameText reports whether two JSON values are written alike, but for the order of keys.
func sameText(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
