package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// What Compare promises holds for generated schemas and data: where it sees no
// harm for backends, data that was valid stays valid; where it sees none for
// templates, data that is valid now is what the old schema promised.
func TestComparePromises(t *testing.T) {
	backends, templates := 0, 0 // how often that was tried
	for seed := range uint64(2000) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		before := g.document()
		after := g.changed(before).(map[string]any)
		v := versions{schema(t, text(t, before)), schema(t, text(t, after)), nil}
		if v.changes = contract.Compare(v.old, v.new); v.changes.Impact() == "" {
			continue
		}
		if !harms(v.changes, ofBackends) {
			backends += g.try(t, v, v.old, before, func(data any) string { return fmt.Sprint(v.new.Validate(data)) })
		}
		if !harms(v.changes, ofTemplates) {
			templates += g.try(t, v, v.new, after, func(data any) string { return surprise(v.old.Shape(), data) })
			if lost := missing(v.old.Shape(), v.new.Shape(), ""); lost != nothing {
				t.Errorf("%s is lost\n%v", lost, v)
			}
		}
		if t.Failed() {
			return
		}
	}
	if backends < 1000 || templates < 1000 {
		t.Errorf("only %d and %d tries", backends, templates)
	}
}

// nothing is what is wrong when all is well.
const nothing = "<nil>"

type versions struct {
	old, new *contract.Contract
	changes  contract.Changes
}

func harms(changes contract.Changes, whom func(contract.Change) string) bool {
	return slices.ContainsFunc(changes, func(c contract.Change) bool { return whom(c) != "" })
}

func ofBackends(c contract.Change) string  { return c.Backends }
func ofTemplates(c contract.Change) string { return c.Templates }

func (v versions) String() string {
	return fmt.Sprintf("from\n%s\nto\n%s\n%s", v.old.Schema(), v.new.Schema(), brief(v.changes))
}

// try asks what is wrong with data that is valid under one of the versions, and
// returns how often it did.
func (g generator) try(t *testing.T, v versions, valid *contract.Contract, schema map[string]any, wrong func(data any) string) (n int) {
	for range 12 {
		data := parse(t, []byte(text(t, g.data(schema, schema, 0))))
		if valid.Validate(data) != nil {
			continue
		}
		n++
		if what := wrong(data); what != nothing {
			t.Errorf("%s\n%s\n%v", what, platen.AppendJSON(nil, data), v)
		}
	}
	return n
}

// surprise says what in a value is not as a template may expect it.
func surprise(s *contract.Shape, v any) string {
	if s == nil {
		return nothing
	}
	is := kindOf(v)
	switch {
	case v == nil && (s.Nullable || s.Kind == contract.Any):
		return nothing
	case s.Kind != contract.Any && s.Kind != is:
		return "a " + string(is) + " stands where a " + string(s.Kind) + " did"
	}
	switch v := v.(type) {
	case string:
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
			return v + " is not among " + strings.Join(s.Enum, ", ")
		}
	case []any:
		for _, e := range v {
			if what := surprise(s.Items, e); what != nothing {
				return what
			}
		}
	case *platen.Object:
		for name := range s.Required {
			if _, ok := v.Get(name); !ok {
				return name + " is absent"
			}
		}
		for name, e := range v.All() {
			if what := surprise(s.Fields[name], e); what != nothing {
				return what
			}
		}
	}
	return nothing
}

func kindOf(v any) contract.Kind {
	switch v.(type) {
	case string:
		return contract.String
	case json.Number:
		return contract.Number
	case bool:
		return contract.Boolean
	case []any:
		return contract.Array
	case *platen.Object:
		return contract.Object
	}
	return "null"
}

// missing returns a path that one shape has and another has not.
func missing(old, new *contract.Shape, path string) string {
	if old == nil || new == nil || len(path) > 8 {
		return nothing
	}
	switch old.Kind {
	case contract.Array:
		return missing(old.Items, new.Items, path+"/*")
	case contract.Object:
		for _, name := range slices.Sorted(maps.Keys(old.Fields)) {
			if new.Fields[name] == nil && !new.Open {
				return path + "/" + name
			}
			if lost := missing(old.Fields[name], new.Fields[name], path+"/"+name); lost != nothing {
				return lost
			}
		}
	}
	return nothing
}

// A generator makes schemas, changes of them, and data that may be valid.
type generator struct{ *rand.Rand }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func one[T any](g generator, of ...T) T { return of[g.IntN(len(of))] }

func (g generator) document() map[string]any {
	root := g.object(0)
	root["$defs"] = map[string]any{"d": g.list(2), "e": g.object(2), "s": map[string]any{"type": "string", "maxLength": 2}}
	return root
}

func (g generator) schema(depth int) any {
	switch {
	case g.chance(3):
		return true
	case depth > 0 && g.chance(15):
		return map[string]any{"$ref": "#/$defs/" + one(g, "d", "e", "s"), one(g, "title", "$comment"): "T"}
	case depth > 0 && g.chance(10):
		return map[string]any{"$ref": "#/$defs/s", "maxLength": 1 + g.IntN(3)}
	case depth < 3 && g.chance(40):
		return g.object(depth)
	case depth < 3 && g.chance(25):
		return g.list(depth)
	}
	m := map[string]any{}
	for range 1 + g.IntN(3) {
		g.keyword(m, depth)
	}
	return m
}

func (g generator) object(depth int) map[string]any {
	m := map[string]any{"type": "object", "properties": map[string]any{}}
	for range 1 + g.IntN(3) {
		m["properties"].(map[string]any)[g.name()] = g.schema(depth + 1)
	}
	if g.chance(60) {
		m["additionalProperties"] = false
	}
	if names := slices.Sorted(maps.Keys(m["properties"].(map[string]any))); g.chance(40) {
		m["required"] = []any{one(g, names...)}
	}
	if g.chance(30) {
		g.keyword(m, depth)
	}
	return m
}

func (g generator) list(depth int) map[string]any {
	m := map[string]any{"type": "array", "items": g.schema(depth + 1)}
	if g.chance(40) {
		g.keyword(m, depth)
	}
	return m
}

func (g generator) name() string { return one(g, "a", "b", "c") }

// keyword sets one keyword of a schema.
func (g generator) keyword(m map[string]any, depth int) {
	below := func() any { return g.schema(max(depth+1, 3)) }
	all := 20
	if depth > 3 {
		all = 12 // those that nest no further
	}
	switch g.IntN(all) {
	case 0, 1, 2:
		m["type"] = one[any](g, "string", "integer", "number", "null", "boolean", "object", "array", []any{"string", "null"}, []any{"number", "string"}, []any{"object", "null"})
	case 3:
		m["enum"] = one(g, []any{"x", "xx"}, []any{"x"}, []any{"x", "xx", "y"}, []any{"x", nil}, []any{1, 2}, []any{1, "x"})
	case 4:
		m["const"] = one[any](g, "x", 1, nil)
	case 5, 6:
		m[one(g, "minLength", "minItems", "minProperties")] = g.IntN(3)
	case 7, 8:
		m[one(g, "maxLength", "maxItems", "maxProperties")] = 1 + g.IntN(3)
	case 9:
		m[one(g, "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")] = one(g, json.Number("0"), "1", "1.5", "2")
	case 10:
		m["pattern"] = one(g, "x", "^x", "y")
	case 11:
		m["format"] = one(g, "date", "date-time")
	case 12:
		m["allOf"] = []any{below(), below()}
	case 13:
		m["anyOf"] = []any{below(), below()}
	case 14:
		m["oneOf"] = []any{below(), below()}
	case 15:
		m["if"], m["then"] = below(), below()
	case 16:
		m["not"] = g.object(3)
	case 17:
		m["prefixItems"] = []any{below()}
	case 18:
		m[one(g, "contains", "propertyNames", "additionalProperties")] = below()
	case 19:
		m["dependentRequired"] = map[string]any{g.name(): []any{g.name()}}
	}
}

// changed returns a copy of a schema in which little is different.
func (g generator) changed(schema any) any {
	switch s := schema.(type) {
	case []any:
		out := []any{}
		for _, e := range s {
			out = append(out, g.changed(e))
		}
		if len(out) > 1 && g.chance(5) {
			return out[1:]
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for _, keyword := range slices.Sorted(maps.Keys(s)) {
			if keyword == "$defs" || keyword == "d" || keyword == "e" || keyword == "s" || !g.chance(4) {
				out[keyword] = g.changed(s[keyword])
			}
		}
		if properties, ok := out["properties"].(map[string]any); ok && g.chance(15) {
			properties[one(g, "a", "b", "c", "f")] = g.schema(2)
		}
		if _, isSchema := s["type"]; isSchema && g.chance(8) {
			g.keyword(out, 2)
		}
		return out
	}
	return schema
}

// data makes a value that has a chance to be valid.
func (g generator) data(root map[string]any, schema any, depth int) any {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		s, _ = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if values, ok := s["enum"].([]any); ok && g.chance(90) {
		return one(g, values...)
	}
	if v, ok := s["const"]; ok && g.chance(90) {
		return v
	}
	kind := one(g, "string", "integer", "number", "null", "boolean", "object", "array")
	switch t := s["type"].(type) {
	case string:
		kind = t
	case []any:
		kind = one(g, t...).(string)
	}
	if depth > 5 {
		return "x"
	}
	switch kind {
	case "object":
		return g.fields(root, s, depth)
	case "array":
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.data(root, s["items"], depth+1))
		}
		return list
	case "integer":
		return one(g, 0, 1, 2, 3)
	case "number":
		return one(g, json.Number("0.5"), "1", "1.5", "2", "1e0")
	case "boolean":
		return g.chance(50)
	case "null":
		return nil
	}
	return one(g, "", "x", "xx", "y", "xyx", "2026-03-02", "2026-03-02T05:40:12Z")
}

func (g generator) fields(root, s map[string]any, depth int) any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	for _, name := range []string{"a", "b", "c", "f"} {
		schema, named := properties[name]
		_, more := s["additionalProperties"]
		if required, _ := s["required"].([]any); slices.Contains(required, any(name)) || named && g.chance(60) || !more && g.chance(20) {
			out[name] = g.data(root, schema, depth+1)
		}
	}
	return out
}

func text(t testing.TB, v any) string {
	t.Helper()
	src, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}
