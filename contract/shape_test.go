package contract

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestShapeOfTheBatchRecord(t *testing.T) {
	c, err := Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		kind               Kind
		title              string
		required, nullable bool
	}{
		"batch/size/value":  {String, "Value", true, false},
		"batch/completedAt": {String, "Completed at", false, false},
		"procedure":         {Array, "Procedure", true, false},
		"procedure/*/operations/*/phases/*/critical":                {Boolean, "Critical", true, false},
		"procedure/*/operations/*/phases/*/parameters/*/action":     {Object, "Action limits", false, false},
		"procedure/*/operations/*/phases/*/parameters/*/unit":       {String, "Unit", true, false},
		"procedure/*/operations/*/phases/*/verifiedBy/by":           {String, "By", true, false},
		"inProcessControls/*/samples/*/value":                       {String, "Value", true, false},
		"audit/*/old":                                               {String, "Old value", true, true},
		"attachments/*/pages":                                       {Number, "Pages", false, false},
		"extensions":                                                {Object, "Extensions", false, false},
		"materials/*/planned/source":                                {String, "Source", true, false},
		"record/status":                                             {String, "Status", true, false},
		"procedure/*/operations/*/phases/*/deviations/*":            {String, "Deviation", false, false},
		"procedure/*/operations/*/phases/*/parameters/*/extensions": {Object, "Extensions", false, false},
	} {
		tokens := strings.Split(path, "/")
		last := tokens[len(tokens)-1]
		s, parent := c.Shape().at(tokens), c.Shape().at(tokens[:len(tokens)-1])
		if s.Kind != want.kind || s.Title != want.title || s.Nullable != want.nullable || parent.Required[last] != want.required {
			t.Errorf("%s: %s %q, required %t, nullable %t", path, s.Kind, s.Title, parent.Required[last], s.Nullable)
		}
	}
	if c.Shape().Open || !c.Shape().Fields["extensions"].Open {
		t.Error("only extensions are open")
	}
	if got := strings.Join(c.Shape().Fields["release"].Fields["decision"].Enum, " "); got != "pending released releasedWithConditions rejected" {
		t.Errorf("decisions: %s", got)
	}
}

// No contract has one yet, but sub-batches within batches would be one.
func TestShapeOfARecursiveSchemaIsCyclic(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(`{
		"$ref": "#/$defs/step", "$defs": {"step": {"title": "Step", "type": "object", "additionalProperties": false,
			"properties": {"id": {"type": "string"}, "steps": {"type": "array", "x-collection": "steps", "items": {"$ref": "#/$defs/step"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := shapeOf(schema)
	if err != nil {
		t.Fatal(err)
	}
	if s.Fields["steps"].Items != s {
		t.Error("the items do not lead back to the whole")
	}
}

func TestShapeIsOfTheValuesThatAreAllowed(t *testing.T) {
	for src, want := range map[string]Shape{
		`{"enum": ["a", null]}`:                  {Kind: String, Nullable: true},
		`{"enum": ["a", 1]}`:                     {Kind: Any},
		`{"const": true}`:                        {Kind: Boolean},
		`{"enum": [1, 2.5]}`:                     {Kind: Number},
		`{"type": ["number", "null"]}`:           {Kind: Number, Nullable: true},
		`{"type": ["string", "object"]}`:         {Kind: Any},
		`{"type": ["string", "object", "null"]}`: {Kind: Any, Nullable: true},
		`{"type": "null"}`:                       {Kind: Any, Nullable: true},
		`{}`:                                     {Kind: Any},
	} {
		c, err := Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Shape(); got.Kind != want.Kind || got.Nullable != want.Nullable {
			t.Errorf("%s: %s, nullable %t", src, got.Kind, got.Nullable)
		}
	}
}

// Items are described only where all have one schema.
func TestShapeOfItems(t *testing.T) {
	for src, want := range map[string]bool{
		`{"type": "array", "items": {"type": "string"}}`:                        true,
		`{"type": "array", "items": {"type": "string"}, "prefixItems": [true]}`: false,
	} {
		c, err := Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if (c.Shape().Items != nil) != want {
			t.Errorf("%s: %v", src, c.Shape().Items)
		}
	}
}

func TestShapeOfASchemaWithABrokenReference(t *testing.T) {
	schema := map[string]any{"properties": map[string]any{"a": map[string]any{"$ref": "#/$defs/nope"}}}
	if _, err := shapeOf(schema); err == nil || err.Error() != `$ref "#/$defs/nope" leads to no schema` {
		t.Errorf("got %v", err)
	}
}
