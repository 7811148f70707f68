package contract

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dicode/platen"
)

// Validate checks a data value (see platen.ParseData) against the contract: the
// schema, that ids are unique and that every id referred to exists. The error
// is an *Error with one violation for each place where the data is wrong. Data
// that names another contract gets that one violation.
func (c *Contract) Validate(v any) error {
	if name := NameIn(v); name != "" && name != c.name {
		return c.fail(findings{{place{[]string{"contract"}, []int{0}}, quote(c.name), describe(name)}})
	}
	found := c.checkReferences(v)
	err := c.compiled.Validate(plain(v))
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		found = append(c.explain(v, invalid), found...)
	}
	return c.fail(found)
}

// A finding is a violation with its place in the data.
type finding struct {
	place    place
	expected string
	found    string
}

type findings []finding

// fail makes the error of what was found, nil if nothing was. Of several
// findings at one place the first stands: mending it answers them all.
func (c *Contract) fail(found findings) error {
	if len(found) == 0 {
		return nil
	}
	seen := map[string]bool{}
	found = slices.DeleteFunc(found, func(f finding) bool {
		pointer := f.place.pointer()
		again := seen[pointer]
		seen[pointer] = true
		return again
	})
	slices.SortStableFunc(found, func(a, b finding) int { return slices.Compare(a.place.order, b.place.order) })
	e := &Error{Contract: c.name, More: max(0, len(found)-MaxViolations)}
	for _, f := range found[:len(found)-e.More] {
		e.Violations = append(e.Violations, Violation{f.place.pointer(), f.expected, f.found})
	}
	return e
}

// plain is platen.Plain with numbers that are cheap to compare: the validator
// computes with exact fractions, for which 1e999999 is a million digits. A
// number of that sort becomes one half, which no schema of ours allows.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !isModest(string(v)) {
			return json.Number("0.5")
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plain(e)
		}
		return list
	case *platen.Object:
		m := make(map[string]any, v.Len())
		for name, e := range v.All() {
			m[name] = plain(e)
		}
		return m
	default:
		return v
	}
}

func isModest(number string) bool {
	if len(number) > 64 {
		return false
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(number[i+1:])
	return err == nil && -64 <= exponent && exponent <= 64
}
