package contract_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/contract"
)

// Each definition of the batch record is changed in turn, and what Compare says
// holds for real records.
func TestCompareChangesOfTheBatchRecord(t *testing.T) {
	old := open(t, "batch-record/1")
	records := []any{parse(t, old.Example()), parse(t, read(t, data+"tablet-20p.json"))}
	names := slices.Sorted(maps.Keys(definitions(t, old)))
	tried := 0
	for i, name := range names {
		schemas := decode(t, old.Schema())
		d := schemas["$defs"].(map[string]any)[name].(map[string]any)
		properties, _ := d["properties"].(map[string]any)
		required, _ := d["required"].([]any)
		if len(properties) == 0 || len(required) == 0 {
			continue
		}
		tried++
		impact, backends, templates, valid := contract.Breaking, false, false, true
		switch i % 4 {
		case 0:
			impact, properties["novel"] = contract.Additive, map[string]any{"type": "string"}
		case 1:
			backends, valid, d["required"] = true, false, append(required, "novel")
			properties["novel"] = map[string]any{"type": "string"}
		case 2:
			templates, d["required"] = true, required[1:]
		case 3:
			templates, backends, valid, d["required"] = true, true, false, required[1:]
			delete(properties, required[0].(string))
		}
		new := schema(t, text(t, schemas))
		changes := contract.Compare(old, new)
		if changes.Impact() != impact || harms(changes, ofBackends) != backends || harms(changes, ofTemplates) != templates {
			t.Errorf("%s, change %d: %s", name, i%4, brief(changes))
		}
		if err := cmp.Or(new.Validate(records[0]), new.Validate(records[1])); (err == nil) != valid {
			t.Errorf("%s, change %d: %v\n%s", name, i%4, err, brief(changes))
		}
	}
	if tried < 20 {
		t.Errorf("only %d definitions were changed", tried)
	}
}

func definitions(t *testing.T, c *contract.Contract) map[string]any {
	t.Helper()
	return decode(t, c.Schema())["$defs"].(map[string]any)
}

func decode(t *testing.T, src []byte) (schema map[string]any) {
	t.Helper()
	if err := json.Unmarshal(src, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// A change says on which lines it stands, and in which keyword.
func TestChangesHaveSources(t *testing.T) {
	old := schema(t, `{
  "properties": {
    "a": {"$ref": "#/$defs/d"},
    "gone": {}
  },
  "additionalProperties": false,
  "$defs": {
    "d": {
      "title": "D",
      "maxLength": 5
    }
  }
}`)
	new := schema(t, `{"additionalProperties": false, "required": ["a"],
"properties": {"a": {"$ref": "#/$defs/d", "title": "A"}},
"$defs": {"d": {"title": "D",
"pattern": "x"}}}`)
	var got [][2]contract.Source
	for _, c := range contract.Compare(old, new) {
		got = append(got, [2]contract.Source{c.Old, c.New})
	}
	want := [][2]contract.Source{
		{{"/properties/a", 3}, {"/properties/a", 2}},
		{{"/$defs/d/title", 9}, {"/properties/a/title", 2}},
		{{"/$defs/d/maxLength", 10}, {"/$defs/d", 3}},
		{{"/$defs/d", 8}, {"/$defs/d/pattern", 4}},
		{{"/properties/gone", 4}, {"/additionalProperties", 1}},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImpactIsTheGravest(t *testing.T) {
	all := contract.Changes{{Impact: contract.Documentation}, {Impact: contract.Breaking}, {Impact: contract.Additive}}
	for i, want := range []contract.Impact{"", contract.Documentation, contract.Breaking, contract.Breaking} {
		if got := all[:i].Impact(); got != want {
			t.Errorf("of %d changes: %q", i, got)
		}
	}
}

// The data has 2^40 paths.
func TestCompareOfTooManyPathsSaysSo(t *testing.T) {
	defs := map[string]any{}
	for i := range 40 {
		next := map[string]any{"$ref": fmt.Sprintf("#/$defs/d%d", i+1)}
		defs[fmt.Sprintf("d%d", i)] = map[string]any{"properties": map[string]any{"a": next, "b": next}}
	}
	of := func(length int) *contract.Contract {
		defs["d40"] = map[string]any{"maxLength": length}
		return schema(t, text(t, map[string]any{"$ref": "#/$defs/d0", "$defs": defs}))
	}
	changes := contract.Compare(of(1), of(2))
	if changes[0].What != "the schemas are too large to be compared to the end" || changes.Impact() != contract.Breaking {
		t.Errorf("%+v", changes[0])
	}
}
