package contract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/contract"
)

// Each case is an old and a new schema, and what Compare says: a line for each
// change, with B if it breaks backends and T if it breaks templates.
var comparisons = map[string][3]string{
	"the same in another order": {`{"type": "object", "title": "A"}`, ` {"title":"A","type":"object"}`, ``},
	"words": {
		`{"title": "A", "properties": {"a": {"type": "string", "description": "old", "x-want": "a text"}}}`,
		`{"title": "A", "properties": {"a": {"type": "string", "description": "new", "deprecated": true}}}`,
		`documentation /a: other words: deprecated, description, x-want`},
	"id and unused definitions": {`{"$id": "https://platen.invalid/a"}`, `{"$id": "https://platen.invalid/b", "$defs": {"a": {"type": "string"}}}`, ``},
	"the contract's own name":   {`{"properties": {"contract": {"const": "a/1"}}}`, `{"properties": {"contract": {"const": "a/2"}}}`, ``},
	"the name of another contract": {`{"properties": {"contract": {"const": "a/1"}}}`, `{"properties": {"contract": {"const": "b/1"}}}`,
		"breaking B /contract: may not be \"a/1\" any more\nbreaking T /contract: may be \"b/1\", too"},

	"new optional field":     {object(`"a": {}`, ``), object(`"a": {}, "b": {}`, ``), `additive /b: the field is new and optional`},
	"new required field":     {object(`"a": {}`, ``), object(`"a": {}, "b": {}`, `"b"`), `breaking B /b: the field is new and required`},
	"field gone":             {object(`"a": {}, "b": {}`, ``), object(`"a": {}`, ``), `breaking BT /b: the field is gone`},
	"required field gone":    {object(`"b": {}`, `"b"`), object(``, ``), `breaking BT /b: the field is gone`},
	"field becomes optional": {object(`"a": {}`, `"a"`), object(`"a": {}`, ``), `breaking T /a: the field is optional, was required`},
	"field becomes required": {object(`"a": {}`, ``), object(`"a": {}`, `"a"`), `breaking B /a: the field is required, was optional`},
	"name to be escaped":     {object(``, ``), object(`"a/b~c": {}`, ``), `additive /a~1b~0c: the field is new and optional`},

	"new field where any field was allowed": {`{}`, `{"properties": {"a": {"type": "string"}}}`,
		`breaking BT /a: may not be an object or a list or a number or true or false or null any more`},
	"field of an open object is not described any more": {`{"properties": {"a": {"type": "string"}}}`, `{}`,
		`breaking T /a: may be an object or a list or a number or true or false or null, too`},
	"required field that is not described": {`{}`, `{"required": ["a"]}`, `breaking B /a: the field is required, was optional`},
	"object opened":                        {`{"additionalProperties": false}`, `{}`, `additive /*: something may stand there now`},
	"object closed":                        {`{}`, `{"additionalProperties": false}`, `breaking BT /*: nothing may stand there any more`},
	"further fields of one type":           {`{"additionalProperties": {"type": "string"}}`, `{"additionalProperties": {"type": ["string", "null"]}}`, `breaking T /*: may be null, too`},
	"named field was a further one": {`{"additionalProperties": {"type": "string"}}`, `{"additionalProperties": {"type": "string"}, "properties": {"a": {"type": "string", "maxLength": 5}}}`,
		`breaking B /a: maxLength is new: 5`},
	"patterns of names": {`{"patternProperties": {"^a": {"type": "string"}}}`, `{"patternProperties": {"^b": {"type": "string"}}}`,
		`breaking BT : patternProperties has other patterns`},
	"below a pattern of names": {`{"patternProperties": {"^a": {"maxLength": 5}}}`, `{"patternProperties": {"^a": {"maxLength": 6}}}`,
		`additive /*: maxLength is 6, was 5`},
	"a name that a pattern may match": {`{"patternProperties": {"^a": {}}, "additionalProperties": false}`, `{"patternProperties": {"^a": {}}, "properties": {"b": {}}, "additionalProperties": false}`,
		"breaking BT : patternProperties may apply to the field \"b\", which only one of the schemas names\nadditive /b: the field is new and optional"},
	"names":                 {`{"propertyNames": {"maxLength": 5}}`, `{"propertyNames": {"maxLength": 6}}`, `breaking BT : propertyNames is another`},
	"names, in other words": {`{"propertyNames": {"maxLength": 5}}`, `{"propertyNames": {"maxLength": 5, "title": "A"}}`, ``},

	"another type":               {`{"type": "string"}`, `{"type": "number"}`, `breaking BT : is a number, was a text`},
	"another type, with parts":   {object(`"a": {}`, ``), `{"type": "array", "items": {"type": "string"}}`, `breaking BT : is a list, was an object`},
	"one type more":              {`{"type": "string"}`, `{"type": ["string", "number"]}`, `breaking T : may be a number, too`},
	"one type less":              {`{"type": ["string", "null"]}`, `{"type": "string"}`, `breaking B : may not be null any more`},
	"one type more and one less": {`{"type": ["string", "null"]}`, `{"type": ["string", "integer"]}`, `breaking BT : is a text or a whole number, was a text or null`},
	"null":                       {`{"type": "string"}`, `{"type": ["string", "null"]}`, `breaking T : may be null, too`},
	"null only":                  {`{"type": ["string", "null"]}`, `{"type": "null"}`, `breaking BT : may not be a text any more`},
	"no parts":                   {`{"type": ["object", "string"]}`, `{"type": "string"}`, `breaking BT : may not be an object any more`},
	"any type":                   {`{"type": ["object", "array", "string", "number", "boolean", "null"]}`, `{}`, ``},
	"fractions":                  {`{"type": "integer"}`, `{"type": "number"}`, `breaking T : may be a number that is not whole, too`},
	"no fractions":               {`{"type": "number"}`, `{"type": "integer"}`, `breaking B : may not be a number that is not whole any more`},
	"any number":                 {`{"type": "number"}`, `{"type": ["integer", "number"]}`, ``},

	"new value":                 {`{"enum": ["a", "b"]}`, `{"enum": ["b", "c", "a"]}`, `breaking T : may be "c", too`},
	"value gone":                {`{"enum": ["a", "b"]}`, `{"enum": ["a"]}`, `breaking B : may not be "b" any more`},
	"another value":             {`{"const": "a"}`, `{"const": "b"}`, "breaking B : may not be \"a\" any more\nbreaking T : may be \"b\", too"},
	"enum is const":             {`{"enum": ["a"]}`, `{"const": "a"}`, ``},
	"const that is not in enum": {`{"enum": ["b"], "const": "a"}`, `{"const": "a"}`, `breaking T : may be a text, too`},
	"value and type":            {`{"enum": ["a", null]}`, `{"enum": ["a", "b"]}`, "breaking B : may not be null any more\nbreaking T : may be \"b\", too"},
	"const beside enum":         {`{"enum": ["a", "b"], "const": "a"}`, `{"const": "a"}`, ``},
	"any value":                 {`{"enum": ["a"]}`, `{"type": "string"}`, `breaking T : may be of any value, was one of "a"`},
	"certain values":            {`{"type": "string"}`, `{"enum": ["a", "b"]}`, `breaking B : is one of "a", "b", was of any value`},
	"value of a new type":       {`{"enum": ["a"]}`, `{"enum": ["a", null]}`, `breaking T : may be null, too`},
	"values that are objects":   {`{"enum": [{"a": 1, "b": 2}]}`, `{"enum": [{"b": 2, "a": 1}]}`, ``},

	"pattern":            {`{"pattern": "a"}`, `{"pattern": "b"}`, `breaking BT : pattern is "b", was "a"`},
	"pattern new":        {`{}`, `{"pattern": "b"}`, `breaking B : pattern is new: "b"`},
	"pattern gone":       {`{"pattern": "a"}`, `{}`, `breaking T : pattern is gone, was "a"`},
	"pattern of no text": {`{"type": "number", "pattern": "a"}`, `{"type": "number"}`, ``},
	"format":             {`{"format": "date"}`, `{"format": "date-time"}`, `breaking BT : format is "date-time", was "date"`},
	"format new":         {`{}`, `{"format": "date"}`, `breaking B : format is new: "date"`},
	"format gone":        {`{"format": "date"}`, `{}`, `breaking T : format is gone, was "date"`},
	"longer text":        {`{"maxLength": 5}`, `{"maxLength": 6}`, `additive : maxLength is 6, was 5`},
	"shorter text":       {`{"maxLength": 5}`, `{"maxLength": 4.0}`, `breaking B : maxLength is 4.0, was 5`},
	"any length":         {`{"maxLength": 5}`, `{}`, `additive : maxLength is gone, was 5`},
	"least length":       {`{"minLength": 1}`, `{"minLength": 2}`, `breaking B : minLength is 2, was 1`},
	"least length new":   {`{}`, `{"minLength": 1}`, `breaking B : minLength is new: 1`},
	"least length 0":     {`{}`, `{"minLength": 0}`, ``},
	"lesser length":      {`{"minLength": 3}`, `{"minLength": 2}`, `additive : minLength is 2, was 3`},
	"empty text":         {`{"minLength": 1}`, `{"minLength": 0}`, `breaking T : minLength is 0, was 1`},
	"empty list":         {`{"minItems": 1}`, `{}`, `breaking T : minItems is gone, was 1`},
	"empty object":       {`{"minProperties": 2}`, `{}`, `breaking T : minProperties is gone, was 2`},
	"more items":         {`{"maxItems": 1}`, `{"maxItems": 2}`, `additive : maxItems is 2, was 1`},
	"fewer fields":       {`{"maxProperties": 3}`, `{"maxProperties": 2}`, `breaking B : maxProperties is 2, was 3`},
	"lower minimum":      {`{"minimum": 0.5}`, `{"minimum": -1e2}`, `additive : minimum is -1e2, was 0.5`},
	"higher minimum":     {`{"minimum": -1}`, `{"minimum": 0}`, `breaking B : minimum is 0, was -1`},
	"new minimum":        {`{}`, `{"minimum": 0}`, `breaking B : minimum is new: 0`},
	"no minimum":         {`{"minimum": 0}`, `{}`, `additive : minimum is gone, was 0`},
	"maximum":            {`{"maximum": 10}`, `{"maximum": 9}`, `breaking B : maximum is 9, was 10`},
	"the same maximum":   {`{"maximum": 10}`, `{"maximum": 1e1}`, ``},
	"exclusive":          {`{"exclusiveMaximum": 10, "exclusiveMinimum": 0}`, `{"exclusiveMaximum": 11, "exclusiveMinimum": 1}`, "breaking B : exclusiveMinimum is 1, was 0\nadditive : exclusiveMaximum is 11, was 10"},
	"multipleOf":         {`{"multipleOf": 2}`, `{"multipleOf": 4}`, `breaking BT : multipleOf is 4, was 2`},
	"multipleOf gone":    {`{"multipleOf": 2}`, `{}`, `additive : multipleOf is gone, was 2`},

	"items":               {`{"items": {"type": "string"}}`, `{"items": {"type": ["string", "null"]}}`, `breaking T /*: may be null, too`},
	"fields of items":     {`{"properties": {"a": {"items": {"properties": {"b": {"maxLength": 1}}}}}}`, `{"properties": {"a": {"items": {"properties": {"b": {"maxLength": 2}}}}}}`, `additive /a/*/b: maxLength is 2, was 1`},
	"no items":            {`{"items": {"type": "string"}}`, `{"items": false}`, `breaking BT /*: nothing may stand there any more`},
	"first items":         {`{"prefixItems": [{"type": "string"}, {"type": "null"}]}`, `{"prefixItems": [{"type": "number"}, {"type": "null"}]}`, `breaking BT /0: is a number, was a text`},
	"one more first item": {`{"prefixItems": [{}], "items": false}`, `{"prefixItems": [{}, {}], "items": false}`, `additive /1: something may stand there now`},
	"unique items":        {`{"uniqueItems": false}`, `{"uniqueItems": true}`, `breaking B : uniqueItems is true, was false`},
	"unique no more":      {`{"uniqueItems": true}`, `{}`, `additive : uniqueItems is gone, was true`},
	"not unique":          {`{"uniqueItems": false}`, `{}`, ``},
	"contains":            {`{"contains": {"const": 1}}`, `{"contains": {"const": 1}, "minContains": 0}`, `breaking BT : minContains is new: 0`},

	"ids":         {`{"x-ref": ["people"]}`, `{"x-ref": ["people", "steps"]}`, `breaking BT : x-ref is another`},
	"ids checked": {`{}`, `{"x-ref": ["people"]}`, `breaking B : x-ref is new`},
	"ids no more": {`{"x-ref": ["people"]}`, `{}`, `breaking T : x-ref is gone`},
	"ids of a definition": {`{"properties": {"a": {"$ref": "#/$defs/d", "x-ref": ["p"]}, "b": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"type": "string"}}}`,
		`{"properties": {"a": {"$ref": "#/$defs/d"}, "b": {"$ref": "#/$defs/d", "x-ref": ["p"]}}, "$defs": {"d": {"type": "string"}}}`,
		"breaking T /a: x-ref is gone\nbreaking B /b: x-ref is new"},
	"collection":                  {`{"x-collection": "people"}`, `{}`, `breaking BT : x-collection is gone, was "people"`},
	"a keyword that nobody knows": {`{"colour": 1}`, `{"colour": 2}`, `breaking BT : colour is 2, was 1`},

	"behind a reference": {`{"properties": {"a": {"type": "string"}}}`, `{"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}}}`, ``},
	"one definition, two places": {
		`{"properties": {"a": {"$ref": "#/$defs/d"}, "b": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"maxLength": 1}}}`,
		`{"properties": {"a": {"$ref": "#/$defs/d"}, "b": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"maxLength": 2}}}`,
		`additive /a /b: maxLength is 2, was 1`},
	"one definition becomes two": {
		`{"properties": {"a": {"$ref": "#/$defs/d"}, "b": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"maxLength": 1}}}`,
		`{"properties": {"a": {"$ref": "#/$defs/d"}, "b": {"$ref": "#/$defs/e"}}, "$defs": {"d": {"maxLength": 2}, "e": {"maxLength": 2}}}`,
		"additive /a: maxLength is 2, was 1\nadditive /b: maxLength is 2, was 1"},
	"recursion where anything was allowed": {`{}`, `{"properties": {"a": {"$ref": "#"}, "b": {"maxLength": 1}}}`,
		`breaking B /a/b /b: maxLength is new: 1`},
	"words beside a reference": {
		`{"properties": {"a": {"$ref": "#/$defs/d", "title": "A"}}, "$defs": {"d": {"title": "D", "type": "string"}}}`,
		`{"properties": {"a": {"$ref": "#/$defs/d", "title": "A"}}, "$defs": {"d": {"title": "E", "type": "string"}}}`, ``},
	"a condition beside a reference": {
		`{"$ref": "#/$defs/d", "minLength": 1, "$defs": {"d": {"maxLength": 5}}}`,
		`{"$ref": "#/$defs/d", "minLength": 1, "$defs": {"d": {"maxLength": 4}}}`, `breaking B : maxLength is 4, was 5`},
	"recursion": {
		`{"$ref": "#/$defs/s", "$defs": {"s": {"properties": {"a": {"maxLength": 1}, "s": {"items": {"$ref": "#/$defs/s"}}}}}}`,
		`{"$ref": "#/$defs/s", "$defs": {"s": {"properties": {"a": {"maxLength": 2}, "s": {"items": {"$ref": "#/$defs/s"}}}}}}`,
		`additive /a: maxLength is 2, was 1`},
	"recursion through alternatives": {
		`{"$ref": "#/$defs/s", "$defs": {"s": {"anyOf": [{"type": "null"}, {"properties": {"a": {"maxLength": 1}, "s": {"$ref": "#/$defs/s"}}}]}}}`,
		`{"$ref": "#/$defs/s", "$defs": {"s": {"anyOf": [{"type": "null"}, {"properties": {"a": {"maxLength": 2}, "s": {"$ref": "#/$defs/s"}}}]}}}`,
		`breaking BT : anyOf has other alternatives`},

	"allOf":                 {`{"allOf": [{"minLength": 1}, {"maxLength": 5}]}`, `{"allOf": [{"maxLength": 6}, {"minLength": 1}]}`, `additive : maxLength is 6, was 5`},
	"allOf new":             {`{"allOf": [{"minLength": 1}]}`, `{"allOf": [{"minLength": 1}, {"maxLength": 5}]}`, `breaking B : conditions of allOf are new`},
	"allOf gone":            {`{"allOf": [{"minLength": 1}]}`, `{}`, `breaking T : conditions of allOf are gone`},
	"anyOf in other order":  {`{"anyOf": [{"type": "string"}, {"type": "null"}]}`, `{"anyOf": [{"type": "null", "title": "A"}, {"type": "string"}]}`, ``},
	"alternative new":       {`{"anyOf": [{"type": "string"}]}`, `{"anyOf": [{"type": "null"}, {"type": "string"}]}`, `breaking T : alternatives of anyOf are new`},
	"alternative gone":      {`{"anyOf": [{"type": "null"}, {"type": "string"}]}`, `{"anyOf": [{"type": "string"}]}`, `breaking B : alternatives of anyOf are gone`},
	"alternative changed":   {`{"anyOf": [{"type": "null"}, {"maxLength": 5}]}`, `{"anyOf": [{"type": "null"}, {"maxLength": 6}]}`, `breaking BT : anyOf has other alternatives`},
	"anyOf new":             {`{}`, `{"anyOf": [{"type": "string"}]}`, `breaking B : anyOf is new`},
	"anyOf gone":            {`{"anyOf": [{"type": "string"}]}`, `{}`, `breaking T : anyOf is gone`},
	"oneOf":                 {`{"oneOf": [{"type": "string"}]}`, `{"oneOf": [{"type": "null"}, {"type": "string"}]}`, `breaking BT : oneOf has other alternatives`},
	"oneOf, one less":       {`{"oneOf": [{"type": "string"}, {"type": "null"}]}`, `{"oneOf": [{"type": "string"}]}`, `breaking BT : oneOf has other alternatives`},
	"not":                   {`{"not": {"maxLength": 1}}`, `{"not": {"maxLength": 2}}`, `breaking BT : not is another`},
	"not, by another name":  {`{"not": {"maxLength": 1}}`, `{"not": {"$ref": "#/$defs/d"}, "$defs": {"d": {"maxLength": 1, "title": "D"}}}`, ``},
	"dependentRequired":     {`{}`, `{"dependentRequired": {"a": ["b"]}}`, `breaking B : dependentRequired is new`},
	"dependentSchemas":      {`{"dependentSchemas": {"a": {"maxProperties": 1}}}`, `{"dependentSchemas": {"a": {"maxProperties": 2}}}`, `breaking BT : dependentSchemas is another`},
	"condition new":         {`{}`, conditional(`"a"`, `"b"`), `breaking B : a condition is new`},
	"condition gone":        {conditional(`"a"`, `"b"`), `{}`, `breaking T : a condition is gone`},
	"condition changed":     {conditional(`"a"`, `"b"`), conditional(`"c"`, `"b"`), `breaking BT : the condition of if is another`},
	"more follows":          {conditional(`"a"`, `"b"`), conditional(`"a"`, `"b", "c"`), `breaking B /c: the field is required, was optional, where the condition of if holds`},
	"less follows":          {conditional(`"a"`, `"b"`), conditional(`"a"`, ``), `breaking T /b: the field is optional, was required, where the condition of if holds`},
	"else":                  {`{"if": {"maxLength": 3}, "else": {"pattern": "a"}}`, `{"if": {"maxLength": 3}, "else": {}}`, `breaking T : pattern is gone, was "a", where the condition of if does not hold`},
	"if alone says nothing": {`{"if": {"maxLength": 3}}`, `{}`, ``},
}

func object(properties, required string) string {
	return fmt.Sprintf(`{"type": "object", "additionalProperties": false, "properties": {%s}, "required": [%s]}`, properties, required)
}

func conditional(condition, then string) string {
	return fmt.Sprintf(`{"if": {"required": [%s]}, "then": {"required": [%s]}}`, condition, then)
}

func TestCompare(t *testing.T) {
	for name, c := range comparisons {
		t.Run(name, func(t *testing.T) {
			got := brief(contract.Compare(schema(t, c[0]), schema(t, c[1])))
			if diff := cmp.Diff(c[2], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func schema(t testing.TB, src string) *contract.Contract {
	t.Helper()
	c, err := contract.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func brief(changes contract.Changes) string {
	var lines []string
	for _, c := range changes {
		who := ""
		if c.Backends != "" {
			who += "B"
		}
		if c.Templates != "" {
			who += "T"
		}
		if who != "" {
			who += " "
		}
		lines = append(lines, fmt.Sprintf("%s %s%s: %s", c.Impact, who, strings.Join(c.Paths, " "), c.What))
	}
	return strings.Join(lines, "\n")
}
