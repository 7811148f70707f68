package templates

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

const usesBody = `{{batch.number}} {{#with batch}}{{expiry}}{{/with}}
{{#if release.by}}{{release.by}}{{/if}}{{default release.by "-"}}
{{#each materials}}{{lot}} {{> own item=this}}{{/each}}
{{sum yields field="percent"}}
{{#each (sortBy equipment "id")}}{{name}}{{/each}}
{{#with (first people)}}{{name}} {{@root.batch.number}}{{/with}}
{{#each (groupBy materials "kind")}}{{#each items}}{{code}}{{/each}}{{/each}}`

// Each change affects the places that read what it is about, however they came to it.
func TestUsesThatAChangeAffects(t *testing.T) {
	b := mustOpen(t, map[string]string{defaultEntry: usesBody, "partials/own.hbs": "{{item.lot}}\n{{lot}}"})
	old := mustContract(t, "batch-record/1")
	for name, c := range map[string]struct{ def, field, want string }{
		"a field of an object":            {"batch", "number", "document.hbs:1 document.hbs:6"},
		"a field of the context":          {"batch", "expiry", "document.hbs:1"},
		"a field that is asked for":       {"release", "by", "document.hbs:2"},
		"a field of items, in a partial":  {"material", "lot", "document.hbs:3 partials/own.hbs:1 partials/own.hbs:2"},
		"a field that a helper is given":  {"yield", "percent", "document.hbs:4"},
		"a field by which is sorted":      {"equipment", "id", "document.hbs:5"},
		"a field of sorted items":         {"equipment", "name", "document.hbs:5"},
		"a field of the first item":       {"person", "name", "document.hbs:6"},
		"a field by which is grouped":     {"material", "kind", "document.hbs:7"},
		"a field of the items of a group": {"material", "code", "document.hbs:7"},
		"a field that nothing reads":      {"batch", "order", ""},
		"a list":                          {"", "materials", "document.hbs:3 document.hbs:7"},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, f := range Outgrown(b, old, without(t, old, c.def, c.field)) {
				if f.Severity != Fault || !strings.Contains(f.Message, c.field+": the field is gone: a template that reads it finds nothing") {
					t.Error(f)
				}
				lines = append(lines, fmt.Sprintf("%s:%d", f.File, f.Line))
			}
			if diff := cmp.Diff(c.want, strings.Join(slices.Compact(lines), " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a template reads of an item breaks when the item is something else.
func TestUsesOfItems(t *testing.T) {
	b := mustOpen(t, map[string]string{defaultEntry: "{{#each people}}\n{{name}}\n{{/each}}{{#each remarks}}\n{{this}}\n{{/each}}"})
	old := mustContract(t, "certificate-of-analysis/1")
	for line, change := range map[int]func(schema map[string]any){
		2: func(schema map[string]any) {
			schema["$defs"].(map[string]any)["person"].(map[string]any)["type"] = []any{"object", "null"}
		},
		4: func(schema map[string]any) {
			schema["properties"].(map[string]any)["remarks"].(map[string]any)["items"] = map[string]any{"type": "number"}
		},
	} {
		findings := Outgrown(b, old, edited(t, old, "", change))
		if len(findings) != 1 || findings[0].Line != line {
			t.Errorf("want line %d: %v", line, findings)
		}
	}
}

// What a guard asks for may become absent.
func TestUsesThatAreGuarded(t *testing.T) {
	b := mustOpen(t, map[string]string{defaultEntry: `{{#if batch.expiry}}{{batch.expiry}}{{/if}}
{{batch.expiry}} {{default batch.expiry "-"}}
{{#each (sortBy materials "lot" optional=true)}}{{#if lot}}{{lot}}{{/if}}{{/each}}
{{#each (sortBy materials "lot")}}.{{/each}}`})
	old := mustContract(t, "batch-record/1")
	for def, want := range map[string]string{"batch": "[document.hbs:2:3]", "material": "[document.hbs:4:27]"} {
		field := map[string]string{"batch": "expiry", "material": "lot"}[def]
		new := edited(t, old, def, func(schema map[string]any) {
			schema["required"] = slices.DeleteFunc(schema["required"].([]any), func(v any) bool { return v == field })
		})
		var got []string
		for _, a := range contract.Compare(old, new).Affected(Uses(b, old)) {
			got = append(got, fmt.Sprintf("%s:%d:%d", a.File, a.Line, a.Col))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", def, got, want)
		}
	}
}

// Whatever lint finds wrong with the batch record when a field is gone is among
// the places that the change affects.
func TestUsesAreAllThatLintMisses(t *testing.T) {
	b, err := Baseline("batch-record")
	if err != nil {
		t.Fatal(err)
	}
	old := mustContract(t, "batch-record/1")
	uses, tried, n := Uses(b, old), 0, 0
	for _, def := range slices.Sorted(maps.Keys(definitionsOf(t, old))) {
		fields, _ := definitionsOf(t, old)[def].(map[string]any)["properties"].(map[string]any)
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if n++; n%7 != 0 {
				continue
			}
			new := without(t, old, def, field)
			affected := map[place]bool{}
			for _, a := range contract.Compare(old, new).Affected(uses) {
				affected[place{a.File, handlebars.Pos{Line: a.Line, Col: a.Col}}] = true
			}
			for f := range missed(b, new) {
				tried++
				if !affected[place{f.File, handlebars.Pos{Line: f.Line, Col: f.Col}}] {
					t.Errorf("without %s.%s %v is not affected", def, field, f)
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d findings", tried)
	}
}

// missed returns what lint does not find in a contract.
func missed(b *Bundle, c *contract.Contract) map[Finding]bool {
	l := newLinter(b)
	l.contract = c
	l.parse()
	l.lintPaths()
	maps.DeleteFunc(l.seen, func(f Finding, _ bool) bool { return !strings.Contains(f.Message, "is not in the contract") })
	return l.seen
}

func mustContract(t *testing.T, name string) *contract.Contract {
	t.Helper()
	c, err := contract.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func schemaOf(t *testing.T, c *contract.Contract) (schema map[string]any) {
	t.Helper()
	if err := json.Unmarshal(c.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

func definitionsOf(t *testing.T, c *contract.Contract) map[string]any {
	return schemaOf(t, c)["$defs"].(map[string]any)
}

// edited returns a contract with a definition changed, "" being the whole.
func edited(t *testing.T, c *contract.Contract, def string, edit func(schema map[string]any)) *contract.Contract {
	t.Helper()
	schema := schemaOf(t, c)
	if def == "" {
		edit(schema)
	} else {
		edit(schema["$defs"].(map[string]any)[def].(map[string]any))
	}
	src, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	out, err := contract.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// without returns a contract in which a definition lacks a field.
func without(t *testing.T, c *contract.Contract, def, field string) *contract.Contract {
	t.Helper()
	return edited(t, c, def, func(schema map[string]any) {
		delete(schema["properties"].(map[string]any), field)
		required, _ := schema["required"].([]any)
		schema["required"] = slices.DeleteFunc(required, func(v any) bool { return v == field })
	})
}
