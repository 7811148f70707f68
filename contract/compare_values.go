package contract

import (
	"encoding/json"
	"fmt"
	"math/big"
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

// types returns what type, enum and const of a schema allow.
func (p part) types() types {
	t := isAny
	if p.has("type") {
		names := texts(p.get("type"))
		if one, ok := p.get("type").(string); ok {
			names = []string{one}
		}
		t = 0
		for _, n := range typeNames {
			if slices.Contains(names, n.name) {
				t |= n.is
			}
		}
	}
	if values, ok := p.choices(); ok {
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

// choices returns the values of enum and const, if one of them is there.
func (p part) choices() ([]any, bool) {
	values, ok := p.get("enum").([]any)
	switch {
	case p.has("const") && ok:
		return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return !sameText(v, p.get("const")) }), true
	case p.has("const"):
		return []any{p.get("const")}, true
	}
	return values, ok
}

// exact returns a number of a schema, 0 for what is none.
func exact(v any) *big.Rat {
	n, _ := v.(json.Number)
	if r, ok := new(big.Rat).SetString(string(n)); ok {
		return r
	}
	return new(big.Rat)
}

// types compares the types and returns those that both schemas allow.
func (c *comparer) types(s spot, old, new part) types {
	before, after := old.types(), new.types()
	both, came, gone := before&after, after&^before, before&^after
	keyword := "type"
	if !old.has("type") && !new.has("type") {
		keyword = "enum"
	}
	change := Change{absence: came == isNull}
	if came != 0 {
		change.What = fmt.Sprintf("may be %s, too", came)
		change.Templates = fmt.Sprintf("a template that reads it expects %s", before)
	}
	if gone != 0 {
		change.What = fmt.Sprintf("may not be %s any more", gone)
		change.Backends = fmt.Sprintf("data that has %s there is refused", gone)
	}
	if came != 0 && gone != 0 {
		change.What = fmt.Sprintf("is %s, was %s", after, before)
	}
	if came|gone != 0 {
		c.add(s, old, new, keyword, change)
	}
	return both
}

// choices compares the values that a schema lists.
func (c *comparer) choices(s spot, old, new part, both types) {
	before, was := old.choices()
	after, is := new.choices()
	keyword := "enum"
	if !old.has("enum") && !new.has("enum") {
		keyword = "const"
	}
	const strange = "a template that compares or translates it does not know every value any more"
	switch {
	case was && !is:
		c.add(s, old, new, keyword, Change{What: "may be of any value, was " + oneOf(before), Templates: strange})
	case !was && is:
		c.add(s, old, new, keyword, Change{What: "is " + oneOf(after) + ", was of any value", Backends: "data with another value is refused"})
	case was && is && !isName(s, before, after):
		if gone := without(before, after, both); len(gone) > 0 {
			c.add(s, old, new, keyword, Change{What: "may not be " + listed(gone) + " any more", Backends: "data with that value is refused"})
		}
		if came := without(after, before, both); len(came) > 0 {
			c.add(s, old, new, keyword, Change{What: "may be " + listed(came) + ", too", Templates: strange})
		}
	}
}

// isName reports whether the values are the names of two versions of one
// contract, in the field that names it.
func isName(s spot, before, after []any) bool {
	if s.path != "/contract" || len(before) != 1 || len(after) != 1 {
		return false
	}
	a, _ := before[0].(string)
	b, _ := after[0].(string)
	old, new := contractName.FindStringSubmatch(a), contractName.FindStringSubmatch(b)
	return old != nil && new != nil && old[1] == new[1]
}

// without returns the values of a list that are of one of the types and not in another list.
func without(values, others []any, of types) []any {
	return slices.DeleteFunc(slices.Clone(values), func(v any) bool {
		return typeOf(v)&of == 0 || slices.ContainsFunc(others, func(o any) bool { return sameText(v, o) })
	})
}

// sameText reports whether two JSON values are written alike, but for the order of keys.
func sameText(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func listed(values []any) string { return strings.TrimPrefix(oneOf(values), "one of ") }

// A bound is a keyword that limits how large a value can be.
type bound struct {
	keyword string
	of      types
	upper   bool
	empty   string // of a count from 0: what becomes possible when it may be 0
}

var allBounds = []bound{
	{"minLength", isString, false, "the text may be empty"},
	{"minItems", isArray, false, "the list may be empty"},
	{"minProperties", isObject, false, "the object may be empty"},
	{"maxLength", isString, true, ""},
	{"maxItems", isArray, true, ""},
	{"maxProperties", isObject, true, ""},
	{"minimum", isNumber, false, ""},
	{"exclusiveMinimum", isNumber, false, ""},
	{"maximum", isNumber, true, ""},
	{"exclusiveMaximum", isNumber, true, ""},
}

// bounds compares how large values can be.
func (c *comparer) bounds(s spot, old, new part, both types) {
	for _, b := range allBounds {
		was, is := b.limits(old), b.limits(new)
		before, after := exact(old.get(b.keyword)), exact(new.get(b.keyword))
		if both&b.of == 0 || !was && !is || was && is && before.Cmp(after) == 0 {
			continue
		}
		change := Change{What: b.what(old, new)}
		switch wider := !is || was && (after.Cmp(before) > 0) == b.upper; {
		case !wider:
			change.Backends = "data beyond that bound is refused"
		case b.empty != "" && after.Sign() == 0:
			change.Templates = b.empty
		}
		c.add(s, old, new, b.keyword, change)
	}
}

// limits reports whether a schema has the bound. A count has one always, 0.
func (b bound) limits(p part) bool { return b.empty != "" || p.has(b.keyword) }

func (b bound) what(old, new part) string {
	switch {
	case !old.has(b.keyword):
		return fmt.Sprintf("%s is %v, was not there", b.keyword, new.get(b.keyword))
	case !new.has(b.keyword):
		return fmt.Sprintf("%s is not there any more, was %v", b.keyword, old.get(b.keyword))
	}
	return fmt.Sprintf("%s is %v, was %v", b.keyword, new.get(b.keyword), old.get(b.keyword))
}
