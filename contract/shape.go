package contract

import (
	"fmt"
	"strings"
)

// A Kind says which sort of value stands at a place.
type Kind string

// The kinds of value. Any is a place where every value may stand.
const (
	Any     Kind = "any"
	Object  Kind = "object"
	Array   Kind = "array"
	String  Kind = "string"
	Number  Kind = "number"
	Boolean Kind = "boolean"
)

// A Shape says what may stand at one place of the data. The shape of a
// recursive schema points back to itself.
type Shape struct {
	Kind     Kind
	Title    string            // what the value is, in a word or two
	Nullable bool              // null may stand there too
	Fields   map[string]*Shape // of an Object, by name
	Required map[string]bool   // which of the fields are always there
	Open     bool              // an Object may have fields beyond Fields
	Items    *Shape            // of an Array; nil if they can be anything
	Enum     []string          // of a String, when only these may stand there

	source     string   // where the schema describes it: # and a JSON Pointer
	want       string   // what is expected, in words
	refs       []string // sets in one of which the id must stand
	collection string   // set to which the item's or the object's id belongs
}

// shapeOf reads a schema that uses type, enum, const, properties, required,
// additionalProperties, items and $ref within itself. Conditional parts say
// nothing about shape.
func shapeOf(schema any) (*Shape, error) {
	b := shapeBuilder{root: schema, byRef: map[string]*Shape{}}
	s := b.build(schema, "#")
	return s, b.err
}

type shapeBuilder struct {
	root  any
	byRef map[string]*Shape
	err   error // the first reference that leads nowhere
}

func (b *shapeBuilder) build(schema any, source string) *Shape {
	m, ok := schema.(map[string]any)
	if !ok {
		return &Shape{Kind: Any, Open: true, source: source}
	}
	if ref, ok := m["$ref"].(string); ok {
		return b.refer(ref, m)
	}
	s := &Shape{source: source}
	b.fill(s, m)
	return s
}

// refer returns the shape behind ref, under the title that stands beside it. A
// shape that is being built is returned itself, which closes the cycle.
func (b *shapeBuilder) refer(ref string, beside map[string]any) *Shape {
	target, seen := b.byRef[ref]
	if !seen {
		m, ok := lookup(b.root, ref).(map[string]any)
		if !ok {
			b.err = fmt.Errorf("$ref %q leads to no schema", ref)
			return &Shape{Kind: Any, Open: true}
		}
		target = &Shape{source: ref}
		b.byRef[ref] = target
		b.fill(target, m)
	}
	title, _ := beside["title"].(string)
	if title == "" || title == target.Title || target.Kind == "" {
		return target
	}
	titled := *target
	titled.Title = title
	return &titled
}

func (b *shapeBuilder) fill(s *Shape, m map[string]any) {
	s.Title, _ = m["title"].(string)
	s.want, _ = m["x-want"].(string)
	s.collection, _ = m["x-collection"].(string)
	s.refs = texts(m["x-ref"])
	s.Enum = texts(m["enum"])
	if c, ok := m["const"].(string); ok {
		s.Enum = []string{c}
	}
	s.Required = map[string]bool{}
	for _, name := range texts(m["required"]) {
		s.Required[name] = true
	}
	s.Fields = map[string]*Shape{}
	properties, _ := m["properties"].(map[string]any)
	for name, p := range properties {
		s.Fields[name] = b.build(p, s.source+"/properties/"+escape.Replace(name))
	}
	if items, ok := m["items"]; ok && m["prefixItems"] == nil {
		s.Items = b.build(items, s.source+"/items")
	}
	more, closed := m["additionalProperties"].(bool)
	s.Open = !closed || more
	s.Kind, s.Nullable = kindOf(m)
}

func kindOf(m map[string]any) (kind Kind, nullable bool) {
	t := typesOf(m)
	if t == isAny {
		return Any, false
	}
	for kind, is := range kindTypes {
		if only := t &^ isNull; only != 0 && only&^is == 0 {
			return kind, t&isNull != 0
		}
	}
	return Any, t&isNull != 0
}

var kindTypes = map[Kind]types{Object: isObject, Array: isArray, String: isString, Number: isNumber, Boolean: isBoolean}

// texts returns the strings of a JSON list, nil if v is something else.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// lookup returns what stands in a schema at a reference such as "#/$defs/id",
// nil if nothing does.
func lookup(schema any, ref string) any {
	_, pointer, _ := strings.Cut(ref, "#")
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch v := schema.(type) {
		case map[string]any:
			schema = v[unescape.Replace(token)]
		case []any:
			i, ok := index(token, len(v))
			if !ok {
				return nil
			}
			schema = v[i]
		default:
			return nil
		}
	}
	return schema
}

// at returns the shape at the end of a path of names and numbers, an empty one
// where the path leaves the schema.
func (s *Shape) at(tokens []string) *Shape {
	for _, token := range tokens {
		if s == nil {
			return &Shape{Kind: Any}
		}
		if s.Kind == Array {
			s = s.Items
		} else {
			s = s.Fields[token]
		}
	}
	if s == nil {
		return &Shape{Kind: Any}
	}
	return s
}
