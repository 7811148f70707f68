package contract

import (
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/dicode/platen"
)

// explain turns the validator's tree of errors into findings: only its leaves
// say something, so only they are kept.
func (c *Contract) explain(data any, err *jsonschema.ValidationError) findings {
	if len(err.Causes) == 0 {
		return c.explainLeaf(data, err)
	}
	var found findings
	for _, cause := range err.Causes {
		found = append(found, c.explain(data, cause)...)
	}
	return found
}

func (c *Contract) explainLeaf(data any, err *jsonschema.ValidationError) findings {
	at, v := find(data, err.InstanceLocation)
	schema, _ := lookup(c.raw, err.SchemaURL).(map[string]any)
	switch k := err.ErrorKind.(type) {
	case *kind.Required:
		return c.missing(at, k.Missing, text(schema, "x-why"))
	case *kind.DependentRequired:
		return c.missing(at, k.Missing, fmt.Sprintf("because %q is there", k.Prop))
	case *kind.AdditionalProperties:
		return c.unknown(at, v, k.Properties)
	}
	return findings{{at, want(err.ErrorKind, schema), found(err.ErrorKind, v)}}
}

// missing makes a finding for each field that is not there, at the place where
// it should be, before all fields that are there.
func (c *Contract) missing(at place, names []string, why string) findings {
	var out findings
	object := c.shape.at(at.tokens)
	for i, name := range names {
		what := fmt.Sprintf("the field %q", name)
		if f := object.Fields[name]; f != nil && f.Title != "" {
			what = fmt.Sprintf("%s (%s)", what, f.Title)
		}
		if f := object.Fields[name]; f != nil && len(f.Enum) == 1 {
			what = fmt.Sprintf("%s with the value %q", what, f.Enum[0])
		}
		if why != "" {
			what += ", " + why
		}
		out = append(out, finding{at.child(name, i-len(names)), what, "nothing"})
	}
	return out
}

// unknown makes a finding for each field that the schema does not have.
func (c *Contract) unknown(at place, v any, names []string) findings {
	var out findings
	data, _ := v.(*platen.Object)
	object := c.shape.at(at.tokens)
	for _, name := range names {
		what := "no field of this name"
		if near := platen.Nearest(name, sortedNames(object.Fields)); near != "" {
			what += fmt.Sprintf(" (did you mean %q?)", near)
		} else if object.Fields["extensions"] != nil {
			what += ` (fields of your own go into "extensions")`
		}
		value, _ := data.Get(name)
		out = append(out, finding{at.child(name, fieldNumber(data, name)), what, describe(value)})
	}
	return out
}

// want says what the schema expects. Words in the schema stand before words
// that are made of its keywords.
func want(k jsonschema.ErrorKind, schema map[string]any) string {
	switch k := k.(type) {
	case *kind.MaxLength:
		return fmt.Sprintf("a text of at most %d characters", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("a list of %d or more", k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("an object with %d or more fields", k.Want)
	case *kind.Minimum:
		return "a number of at least " + k.Want.RatString()
	}
	if words := text(schema, "x-want"); words != "" {
		return words
	}
	switch k := k.(type) {
	case *kind.Type:
		return kinds(k.Want)
	case *kind.Enum:
		return oneOf(k.Want)
	case *kind.Const:
		return describeConst(k.Want)
	}
	return k.LocalizedString(message.NewPrinter(language.English))
}

func found(k jsonschema.ErrorKind, v any) string {
	if k, ok := k.(*kind.MaxLength); ok {
		return fmt.Sprintf("%d characters", k.Got)
	}
	return describe(v)
}

func text(schema map[string]any, keyword string) string {
	s, _ := schema[keyword].(string)
	return s
}

// kinds names JSON types as people call them.
func kinds(types []string) string {
	names := map[string]string{
		"object": "an object", "array": "a list", "string": "a text", "number": "a number",
		"integer": "a whole number", "boolean": "true or false", "null": "null",
	}
	var out []string
	for _, t := range types {
		out = append(out, names[t])
	}
	return strings.Join(out, " or ")
}

func oneOf(values []any) string {
	var out []string
	for _, v := range values {
		out = append(out, describeConst(v))
	}
	return "one of " + strings.Join(out, ", ")
}

func describeConst(v any) string {
	if s, ok := v.(string); ok {
		return quote(s)
	}
	return describe(v)
}
