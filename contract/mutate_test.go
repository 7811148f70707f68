package contract

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// Whatever is taken away from the examples or put in place of a value is found,
// and found at its place.
//
// Requirement: R-02
func TestEveryChangeOfAnExampleIsFoundAtItsPlace(t *testing.T) {
	for _, name := range Names() {
		c, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		example, err := platen.ParseData(c.Example(), platen.DefaultDataLimits)
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		eachPlace(example, c.Shape(), nil, func(path []string, required bool) {
			changes++
			if required {
				expectAt(t, c, change(example, path, drop), path, "nothing")
			} else if err := c.Validate(change(example, path, drop)); err != nil && !strings.Contains(err.Error(), "because") && !strings.Contains(err.Error(), "does not exist") {
				t.Errorf("%s without the optional %s: %v", name, strings.Join(path, "/"), err)
			}
			expectAt(t, c, change(example, path, json.Number("12.5")), path, "the number 12.5")
		})
		if changes < 80 {
			t.Errorf("%s: only %d places", name, changes)
		}
	}
}

func expectAt(t *testing.T, c *Contract, data any, path []string, what string) {
	t.Helper()
	var e *Error
	if !errors.As(c.Validate(data), &e) {
		t.Errorf("%s: %s at /%s is accepted", c.Name(), what, strings.Join(path, "/"))
		return
	}
	for _, v := range e.Violations {
		if v.Pointer == "/"+strings.Join(path, "/") && v.Found == what {
			return
		}
	}
	t.Errorf("%s: %s at /%s is not among\n%v", c.Name(), what, strings.Join(path, "/"), e)
}

// eachPlace visits the fields of all objects below v.
func eachPlace(v any, s *Shape, path []string, visit func(path []string, required bool)) {
	switch v := v.(type) {
	case *platen.Object:
		for field, value := range v.All() {
			below := append(path[:len(path):len(path)], field)
			visit(below, s.Required[field])
			eachPlace(value, s.Fields[field], below, visit)
		}
	case []any:
		for i, e := range v {
			eachPlace(e, s.Items, append(path[:len(path):len(path)], strconv.Itoa(i)), visit)
		}
	}
}

type dropped struct{}

var drop = dropped{}

// change returns v with the value at path replaced, or taken away.
func change(v any, path []string, by any) any {
	if len(path) == 0 {
		return by
	}
	switch v := v.(type) {
	case *platen.Object:
		out := platen.NewObject()
		for field, value := range v.All() {
			if field == path[0] {
				value = change(value, path[1:], by)
			}
			if value != by || by != drop {
				out.Set(field, value)
			}
		}
		return out
	case []any:
		out := append([]any{}, v...)
		i, _ := strconv.Atoi(path[0])
		out[i] = change(out[i], path[1:], by)
		return out
	}
	return v
}
