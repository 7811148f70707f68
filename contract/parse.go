package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dicode/platen"
)

// MaxSchema is how many bytes of a schema Parse reads.
const MaxSchema = 4 << 20

var schemaLimits = platen.DataLimits{Bytes: MaxSchema, Depth: 128, Values: MaxSchema}

const draft = "https://json-schema.org/draft/2020-12/schema"

// Parse makes a contract of the text of its JSON Schema, which is one of draft
// 2020-12 and refers to nothing outside of itself. The contract is called as its
// field "contract" demands, "" if it has none, and has no example. Errors are Invalid.
func Parse(schema []byte) (*Contract, error) {
	if _, err := platen.ParseJSON(schema, schemaLimits); err != nil {
		return nil, err
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w: %w", err, platen.Invalid)
	}
	root, ok := raw.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the schema is no JSON object: %w", platen.Invalid)
	}
	if err := checkDialect(root); err != nil {
		return nil, fmt.Errorf("the schema %w: %w", err, platen.Invalid)
	}
	name := nameOf(root)
	c, err := compile(name, bytes.Clone(schema), nil)
	if err != nil {
		return nil, fmt.Errorf("not a JSON Schema of draft 2020-12: %w: %w", err, platen.Invalid)
	}
	return c, nil
}

// contractName is how contracts are called.
var contractName = regexp.MustCompile(`^([a-z0-9][a-z0-9-]*)/[1-9][0-9]*$`)

// nameOf returns the name that data of a schema must give in its field "contract".
func nameOf(schema map[string]any) string {
	properties, _ := schema["properties"].(map[string]any)
	field, _ := properties["contract"].(map[string]any)
	name, _ := field["const"].(string)
	if !contractName.MatchString(name) {
		return ""
	}
	return name
}

// checkDialect says what in a schema makes it mean something that the parts of
// this package do not all understand alike.
func checkDialect(root map[string]any) error {
	if s, ok := root["$schema"].(string); ok && strings.TrimSuffix(s, "#") != draft {
		return fmt.Errorf("is of %s: want %q", quote(s), draft)
	}
	for _, keyword := range slices.Sorted(maps.Keys(root)) {
		if err := checkKeyword(root, keyword, root[keyword]); err != nil && keyword != "$id" {
			return err
		}
	}
	return nil
}

// checkKeyword checks what stands under a keyword, or under the name of a field,
// where texts are no references.
func checkKeyword(root map[string]any, keyword string, v any) error {
	if keyword == "unevaluatedProperties" || keyword == "unevaluatedItems" {
		return fmt.Errorf("has %s: name all fields and items in one place, and say additionalProperties or items", keyword)
	}
	switch v := v.(type) {
	case json.Number:
		if !isModest(string(v)) {
			return fmt.Errorf("has a number that is too long: %s", cut(string(v)))
		}
	case string:
		return checkText(root, keyword, v)
	case []any:
		for _, e := range v {
			if err := checkKeyword(root, "", e); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, below := range slices.Sorted(maps.Keys(v)) {
			if err := checkKeyword(root, below, v[below]); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkText(root map[string]any, keyword, text string) error {
	switch keyword {
	case "$id", "$anchor", "$dynamicAnchor", "$dynamicRef":
		return fmt.Errorf("has %s %s within it: refer with $ref to a JSON Pointer, as in #/$defs/lot", keyword, quote(text))
	case "$ref":
		return checkRef(root, text)
	}
	return nil
}

// maxRefs is how many references may follow each other before a schema says something.
const maxRefs = 16

// checkRef follows a reference to what is no mere reference itself.
func checkRef(root any, ref string) error {
	for range maxRefs {
		target := lookup(root, ref)
		_, isBool := target.(bool)
		m, isObject := target.(map[string]any)
		if ref != "#" && !strings.HasPrefix(ref, "#/") || !isBool && !isObject {
			return fmt.Errorf("has $ref %s, which leads to no schema in it", quote(ref))
		}
		next, ok := m["$ref"].(string)
		if !ok {
			return nil
		}
		ref = next
	}
	return fmt.Errorf("has $ref %s, which leads to references only", quote(ref))
}

// digestOf is the sha256 over the canonical text of a schema: that of RFC 8785,
// but numbers keep their digits.
func digestOf(schema []byte) (string, error) {
	text := jsontext.Value(bytes.Clone(schema))
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false)); err != nil {
		return "", err
	}
	return platen.Digest(text), nil
}

// Digest identifies the contract as it stands: the sha256 of its schema's
// canonical text, as 64 lower-case hexadecimal digits. It changes with every
// change, also with an additive one.
func (c *Contract) Digest() string { return c.digest }
