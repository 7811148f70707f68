package contract

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// types compares the types and returns those that both schemas allow.
func (c *comparer) types(s spot, old, new part) types {
	before, after := typesOf(old.keywords()), typesOf(new.keywords())
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
	if came == 0 && gone != 0 && (gone&(isObject|isArray) != 0 || both&^isNull == 0) {
		change.Templates = "a template that reads it finds nothing"
	}
	if came|gone != 0 {
		c.add(s, old, new, keyword, change)
	}
	return both
}

// choices compares the values that a schema lists.
func (c *comparer) choices(s spot, old, new part, both types) {
	before, was := choicesOf(old.keywords())
	after, is := choicesOf(new.keywords())
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

func listed(values []any) string { return strings.TrimPrefix(oneOf(values), "one of ") }

// exact returns a number of a schema, 0 for what is none.
func exact(v any) *big.Rat {
	n, _ := v.(json.Number)
	if r, ok := new(big.Rat).SetString(string(n)); ok {
		return r
	}
	return new(big.Rat)
}

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
		change := Change{What: difference(b.keyword, old, new)}
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
