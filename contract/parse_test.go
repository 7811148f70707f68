package contract_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

func TestParse(t *testing.T) {
	embedded := open(t, "batch-record/1")
	c, err := contract.Parse(embedded.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if c.Name() != "batch-record/1" || c.Digest() != embedded.Digest() || c.Title() != embedded.Title() || c.Example() != nil {
		t.Errorf("%s, %s", c.Name(), c.Digest())
	}
	if err := c.Validate(parse(t, embedded.Example())); err != nil {
		t.Error(err)
	}
	if changes := contract.Compare(embedded, c); changes != nil {
		t.Error(brief(changes))
	}
}

func TestParseKeepsItsOwnText(t *testing.T) {
	src := []byte(`{"title": "A"}`)
	c, err := contract.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	src[11] = 'B'
	if string(c.Schema()) != `{"title": "A"}` {
		t.Errorf("%s", c.Schema())
	}
}

// A schema may name the characters that data cannot have.
func TestParseTakesPatterns(t *testing.T) {
	if _, err := contract.Parse([]byte(`{"pattern": "^[^\u0000-\u001f\u202e]*$"}`)); err != nil {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	for src, want := range map[string]string{
		``:                         "the JSON text ends in the middle of a value",
		`{"type": "text"}`:         "not a JSON Schema of draft 2020-12: ",
		`{"a": 1, "a": 2}`:         "1:10: at /a: the key stands twice",
		`[]`:                       "the schema is no JSON object",
		`true`:                     "the schema is no JSON object",
		`{"pattern": "("}`:         "not a JSON Schema of draft 2020-12: ",
		`{"maximum": 1e999999999}`: "the schema has a number that is too long: 1e999999999",
		`{"$schema": "http://json-schema.org/draft-07/schema#"}`:                                   `the schema is of "http://json-schema.org/draft-07/schema#": want "https://json-schema.org/draft/2020-12/schema"`,
		`{"properties": {"a": {"$ref": "#/$defs/a"}}}`:                                             `the schema has $ref "#/$defs/a", which leads to no schema in it`,
		`{"properties": {"a": {"$ref": "file:///etc/passwd"}}}`:                                    `the schema has $ref "file:///etc/passwd", which leads to no schema in it`,
		`{"$ref": "other.json#/$defs/a", "$defs": {"a": {}}}`:                                      `the schema has $ref "other.json#/$defs/a", which leads to no schema in it`,
		`{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}`: `the schema has $ref "#/$defs/b", which leads to references only`,
		`{"items": {"$id": "https://platen.invalid/a"}}`:                                           `the schema has $id "https://platen.invalid/a" within it: refer with $ref to a JSON Pointer, as in #/$defs/lot`,
		`{"$anchor": "a"}`: `the schema has $anchor "a" within it`,
		`{"allOf": [{"unevaluatedProperties": false}]}`:                    `the schema has unevaluatedProperties: name all fields and items in one place`,
		strings.Repeat(`{"items":`, 200) + `{}` + strings.Repeat(`}`, 200): "nested deeper than 128",
	} {
		c, err := contract.Parse([]byte(src))
		if c != nil || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v\nwant %s", src, err, want)
		}
	}
}

func TestDigest(t *testing.T) {
	of := func(src string) string { return schema(t, src).Digest() }
	base := of(`{"title": "A", "maximum": 10}`)
	if len(base) != 64 {
		t.Errorf("%q", base)
	}
	for src, same := range map[string]bool{
		"{\n  \"maximum\": 10, \"title\": \"\\u0041\"}\n":           true,
		`{"title": "B", "maximum": 10}`:                             false,
		`{"title": "A", "maximum": 10.0}`:                           false,
		`{"title": "A", "maximum": 10, "$comment": "why it is so"}`: false,
	} {
		if (of(src) == base) != same {
			t.Errorf("%s: the same is %t", src, !same)
		}
	}
	if of(`{"maximum": 9007199254740993}`) == of(`{"maximum": 9007199254740992}`) {
		t.Error("digits are lost")
	}
}
