package contract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/contract"
)

const before = `{
	"type": "object", "additionalProperties": false, "required": ["made", "checked", "parts", "status"],
	"properties": {
		"made": {"$ref": "#/$defs/signOff"},
		"checked": {"$ref": "#/$defs/signOff", "title": "Checked"},
		"parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
		"status": {"enum": ["open", "done"]},
		"own": {"type": "object", "properties": {"y": {}}}
	},
	"$defs": {
		"signOff": {"type": "object", "additionalProperties": false, "required": ["by"], "properties": {"by": {"$ref": "#/$defs/text"}, "at": {"type": "string"}}},
		"part": {"type": "object", "additionalProperties": false, "required": ["lot"], "properties": {"lot": {"$ref": "#/$defs/text"}, "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}}}},
		"text": {"type": "string", "minLength": 1}
	}
}`

// Each change concerns the places that read what it is about, and no others, but
// for places whose values have the same definition. A place is called as its
// path; those with ? ask whether the value is there.
func TestAffected(t *testing.T) {
	places := []string{
		"/made", "/made/by", "/made/at", "/checked", "/checked/by", "/parts", "/parts/*", "/parts/*/lot", "/parts/*/parts/*/lot",
		"/status", "/own", "/own/x", "/own/y", "/checked/by?", "/parts/*/lot?",
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"a field of a definition is gone":     {`, "at": {"type": "string"}`, ``, "/made/at"},
		"a field of a definition is optional": {`"required": ["by"]`, `"required": []`, "/checked/by /made/by"},
		"one of the fields is optional":       {`"made", "checked", "parts"`, `"made", "parts"`, "/checked"},
		"a field of items is gone":            {`"required": ["lot"], "properties": {"lot": {"$ref": "#/$defs/text"}, `, `"properties": {`, "/parts/*/lot /parts/*/lot? /parts/*/parts/*/lot"},
		"a field of items is optional":        {`"required": ["lot"]`, `"required": []`, "/parts/*/lot /parts/*/parts/*/lot"},
		"items may be null":                   {`"part": {"type": "object"`, `"part": {"type": ["object", "null"]`, "/parts/*"},
		"one list is of texts":                {`"items": {"$ref": "#/$defs/part"}}}`, `"items": {"type": "string"}}}`, "/parts/*"},
		"a list is of texts":                  {`"items": {"$ref": "#/$defs/part"}},`, `"items": {"type": "string"}},`, "/parts/*"},
		"a text is a number":                  {`"text": {"type": "string"`, `"text": {"type": "number"`, "/checked/by /checked/by? /made/by /parts/*/lot /parts/*/lot? /parts/*/parts/*/lot"},
		"one more value":                      {`["open", "done"]`, `["open", "done", "late"]`, "/status"},
		"no fields of their own":              {`"own": {`, `"own": {"additionalProperties": false, `, "/own/x"},
		"a new field":                         {`"status": {`, `"state": {}, "status": {`, ""},
		"a value less":                        {`["open", "done"]`, `["open"]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			after := strings.Replace(before, c.old, c.new, 1)
			if after == before {
				t.Fatal("nothing is changed")
			}
			old := schema(t, before)
			changes := contract.Compare(old, schema(t, after))
			var got []string
			for _, a := range changes.Affected(uses(t, old, places)) {
				got = append(got, a.File)
				if a.Templates == "" || a.What == "" || len(a.Paths) == 0 || a.Line == 0 {
					t.Errorf("it says too little: %+v", a)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, brief(changes))
			}
		})
	}
}

// uses makes a use of each place: of the field, and of the value that it has.
func uses(t *testing.T, c *contract.Contract, places []string) (all []contract.Use) {
	t.Helper()
	for i, p := range places {
		path, guarded := strings.CutSuffix(p, "?")
		in, s, field := (*contract.Shape)(nil), c.Shape(), ""
		for _, field = range strings.Split(path, "/")[1:] {
			in = s
			if s = in.Fields[field]; field == "*" {
				s = in.Items
			}
			if s == nil {
				s = &contract.Shape{Kind: contract.Any}
			}
		}
		u := contract.Use{Shape: in, Field: field, Guarded: guarded, File: p, Line: i + 1, Col: 1}
		all = append(all, u)
		u.Shape, u.Field = s, ""
		all = append(all, u)
	}
	return all
}

func TestAffectedAreSortedAndStandOnce(t *testing.T) {
	old := schema(t, before)
	changes := contract.Compare(old, schema(t, strings.Replace(before, `"text": {"type": "string"`, `"text": {"type": "number"`, 1)))
	shape := old.Shape().Fields["made"]
	const message = "/checked/by, /made/by, /parts/*/lot: is a number, was a text: a template that reads it expects a text"
	want := []string{"a.hbs:9:3: " + message, "a.hbs:10:2: " + message, "b.hbs:1:1: " + message}
	var got []string
	for _, a := range changes.Affected([]contract.Use{
		{Shape: shape, Field: "by", File: "b.hbs", Line: 1, Col: 1},
		{Shape: shape, Field: "by", File: "a.hbs", Line: 10, Col: 2},
		{Shape: shape, Field: "by", File: "a.hbs", Line: 9, Col: 3},
		{Shape: shape, Field: "by", File: "a.hbs", Line: 10, Col: 2, Guarded: true},
		{Shape: &contract.Shape{}, Field: "by", File: "a.hbs", Line: 1, Col: 1},
		{Shape: &contract.Shape{}, File: "a.hbs", Line: 1, Col: 1},
	}) {
		got = append(got, a.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
