package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// unprinted are the values that a baseline shows in no text, by their places in the data; docs/templates.md
// says why.
var unprinted = map[string][]string{
	"batch-record": {"/contract", "/record/language"},
	"certificate-of-analysis": {
		"/certificate/language", "/contract",
		"/people/0/department", "/people/0/id", "/people/0/initials", "/people/0/name", "/people/0/role", "/people/0/userId",
		"/tests/0/acceptance/high", "/tests/0/acceptance/low", "/tests/0/result/value",
	},
	"diff-report":     {"/contract", "/report/language"},
	"validation-pack": {"/contract", "/pack/language"},
}

// Every value that a contract allows is read in the baseline of it, whichever others are there.
//
// Requirement: R-04
func TestBaselinesPrintEveryValue(t *testing.T) {
	for _, name := range BaselineNames() {
		t.Run(name, func(t *testing.T) {
			c := newChecker(t, name)
			full := c.schema.value(c.schema.root, "")
			c.check("all values", full)
			least, variants := c.least(full), 0
			for _, at := range c.schema.optional() {
				if data, ok := c.valid(full, at, remove); ok {
					c.check("without "+at, data)
					variants++
				}
				if data, ok := c.valid(least, at, func(o map[string]any, name string) { o[name] = get(full, at) }); ok {
					c.check("with nothing but "+at, data)
					variants++
				}
			}
			for _, at := range c.schema.lists() {
				if data, ok := c.valid(full, at, func(o map[string]any, name string) { o[name] = []any{} }); ok {
					c.check("with an empty "+at, data)
					variants++
				}
			}
			if variants == 0 {
				t.Error("the contract leaves nothing open")
			}
			for at, left := range c.left {
				if !left {
					t.Errorf("%s is printed, or not there", at)
				}
			}
		})
	}
}

// A checker fills data into a baseline and looks for its values.
type checker struct {
	*testing.T
	schema   schema
	contract *contract.Contract
	template *Template
	left     map[string]bool // what is not printed: true once it was left out
	told     map[string]bool // what was reported
}

func newChecker(t *testing.T, name string) *checker {
	t.Helper()
	bundle, err := Open("baseline/" + name)
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{T: t, left: map[string]bool{}, told: map[string]bool{}}
	if c.template, err = Compile(bundle); err != nil {
		t.Fatal(err)
	}
	if c.contract, err = contract.Open(bundle.Settings().Contract); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.contract.Schema(), &c.schema.root); err != nil {
		t.Fatal(err)
	}
	for _, at := range unprinted[name] {
		c.left[at] = false
	}
	return c
}

// check reports the values that do not stand in the body of the document, and say nothing in it.
func (c *checker) check(when string, data any) {
	c.Helper()
	v, err := c.read(data)
	if err != nil {
		c.Fatalf("%s: %v", when, err)
	}
	m, trace, err := c.template.Trace(c.Context(), v, sampleIssue, nil)
	if err != nil {
		c.Fatalf("%s: %v", when, err)
	}
	printed := map[string]bool{}
	for _, p := range trace.Prints {
		for _, pointer := range p.Of {
			printed[pointer] = printed[pointer] || isText(m.HTML, p)
		}
	}
	for pointer, node := range c.schema.leaves(data) {
		_, known := c.left[pointer]
		switch {
		case printed[pointer] || choosesWords(node) && trace.Used[pointer] || c.tells(data, pointer, node, m.HTML):
		case known:
			c.left[pointer] = true
		case !c.told[pointer]:
			c.told[pointer] = true
			c.Errorf("%s: %s is not printed", when, pointer)
		}
	}
}

// tells reports whether a value that chooses words, or stands for a name, makes a difference.
func (c *checker) tells(data any, pointer string, node map[string]any, html []byte) bool {
	other := another(get(data, pointer), node)
	if other == nil {
		return false
	}
	changed := clone(data)
	parent, name := path.Split(pointer)
	switch in := get(changed, strings.TrimSuffix(parent, "/")).(type) {
	case map[string]any:
		in[name] = other
	case []any:
		in[0] = other
	}
	src, err := json.Marshal(changed)
	if err != nil {
		c.Fatal(err)
	}
	v, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		c.Fatal(err)
	}
	m, err := c.template.Fill(c.Context(), v, sampleIssue, nil)
	return err != nil || !bytes.Equal(body(m.HTML), body(html))
}

// choosesWords reports whether a value chooses words, or stands for a name: it is looked at, and not printed.
func choosesWords(node map[string]any) bool { return node["enum"] != nil || node["x-ref"] != nil }

// another is a value that means something else; nil: it is told by being printed only.
func another(v any, node map[string]any) any {
	if words, ok := node["enum"].([]any); ok {
		return words[(slices.Index(words, v)+1)%len(words)]
	}
	if _, ok := node["x-ref"]; ok {
		return "nothing"
	}
	if v == true {
		return false
	}
	return nil
}

// body is what stands behind the head: that has the digest of the data.
func body(html []byte) []byte { return html[bytes.Index(html, []byte("<body")):] }

// isText reports whether a print is text of the body.
func isText(html []byte, p handlebars.Print) bool {
	before := html[:p.From]
	return bytes.Contains(before, []byte("<body")) && bytes.LastIndexByte(before, '<') < bytes.LastIndexByte(before, '>')
}

// read makes data of a value, if the contract allows it.
func (c *checker) read(data any) (any, error) {
	src, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	v, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		return nil, err
	}
	return v, c.contract.Validate(v)
}

// valid returns data with a change to the object that has the field at a place, if the contract
// allows that: perhaps with other words beside it, since a status may demand a field.
func (c *checker) valid(data any, at string, change func(o map[string]any, name string)) (any, bool) {
	parent, name := path.Split(at)
	node := c.schema.at(parent[:len(parent)-1])
	choices := []map[string]any{{}}
	for field, property := range properties(node) {
		values, ok := c.schema.resolve(property)["enum"].([]any)
		if !ok || field == name {
			continue
		}
		for _, v := range values {
			choices = append(choices, map[string]any{field: v})
		}
	}
	for _, words := range choices {
		changed := clone(data)
		o, ok := get(changed, parent[:len(parent)-1]).(map[string]any)
		if !ok {
			return nil, false
		}
		maps.Copy(o, words)
		change(o, name)
		if _, err := c.read(changed); err == nil {
			return changed, true
		}
	}
	return nil, false
}

func remove(o map[string]any, name string) { delete(o, name) }

// least removes what the contract does not require.
func (c *checker) least(full any) any {
	data := full
	for _, at := range slices.Backward(c.schema.optional()) {
		if less, ok := c.valid(data, at, remove); ok {
			data = less
		}
	}
	return data
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := maps.Clone(v)
		for name, e := range m {
			m[name] = clone(e)
		}
		return m
	case []any:
		list := slices.Clone(v)
		for i, e := range list {
			list[i] = clone(e)
		}
		return list
	default:
		return v
	}
}

// get returns what stands at a JSON Pointer of which no name needs escapes; nil: nothing.
func get(v any, pointer string) any {
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch at := v.(type) {
		case map[string]any:
			v = at[token]
		case []any: // of one item, or empty
			if v = nil; len(at) > 0 {
				v = at[0]
			}
		default:
			return nil
		}
	}
	return v
}

// A schema is that of a contract; its keywords are those that the contracts of the baselines use.
type schema struct {
	root map[string]any
	made int // values
}

// resolve follows references, and keeps what is said beside them.
func (s *schema) resolve(node any) map[string]any {
	m := node.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return m
	}
	target := maps.Clone(s.resolve(get(s.root, strings.TrimPrefix(ref, "#"))))
	maps.Copy(target, m)
	delete(target, "$ref")
	return target
}

func properties(node map[string]any) map[string]any {
	m, _ := node["properties"].(map[string]any)
	return m
}

// at returns the schema of what stands at a JSON Pointer.
func (s *schema) at(pointer string) map[string]any {
	node := s.resolve(s.root)
	for _, token := range strings.Split(pointer, "/")[1:] {
		if items, ok := node["items"]; ok {
			node = s.resolve(items)
		} else {
			node = s.resolve(properties(node)[token])
		}
	}
	return node
}

// value makes a value with all fields, lists of one item, and no text twice.
func (s *schema) value(node any, at string) any {
	n := s.resolve(node)
	if fixed, ok := n["const"]; ok {
		return fixed
	}
	if words, ok := n["enum"].([]any); ok {
		return words[0]
	}
	s.made++
	switch {
	case n["properties"] != nil:
		o := map[string]any{}
		names := slices.Sorted(maps.Keys(properties(n)))
		for _, name := range slices.Backward(names) { // numbers rise: low comes before high
			if name != "extensions" {
				o[name] = s.value(properties(n)[name], at+"/"+name)
			}
		}
		return o
	case n["items"] != nil:
		return []any{s.value(n["items"], at+"/0")}
	case n["type"] == "integer":
		return s.made
	case n["type"] == "boolean":
		return true
	}
	return s.text(n, at)
}

// text makes a text. An id is the place of what it is of, and so is known where it is referred to.
func (s *schema) text(n map[string]any, at string) string {
	if refs, ok := n["x-ref"].([]any); ok {
		return s.collections()[refs[0].(string)]
	}
	if parent, ok := strings.CutSuffix(at, "/id"); ok {
		return parent
	}
	switch n["format"] {
	case "date":
		return "2026-03-02"
	case "date-time":
		return "2026-03-02T05:40:12+01:00"
	case "time-zone":
		return "Europe/Berlin"
	case "gtin":
		return "04012345678901"
	}
	pattern, _ := n["pattern"].(string)
	form := regexp.MustCompile(pattern)
	for _, candidate := range []string{fmt.Sprint("text ", s.made), fmt.Sprint(s.made, ".0"), "en", "application/pdf", fmt.Sprintf("%064x", s.made)} {
		if form.MatchString(candidate) {
			return candidate
		}
	}
	panic("no text for " + at)
}

// collections returns for each collection the place of something that belongs to it.
func (s *schema) collections() map[string]string {
	places := map[string]string{}
	s.walk(s.root, "", func(n map[string]any, at string) {
		name, ok := n["x-collection"].(string)
		if !ok || places[name] != "" {
			return
		}
		if n["items"] != nil {
			at += "/0"
		}
		places[name] = at
	})
	return places
}

// walk yields each place of data that has one item in each list, in an order that is always the same.
func (s *schema) walk(node any, at string, yield func(n map[string]any, at string)) {
	n := s.resolve(node)
	yield(n, at)
	for _, name := range slices.Sorted(maps.Keys(properties(n))) {
		if name != "extensions" {
			s.walk(properties(n)[name], at+"/"+name, yield)
		}
	}
	if n["items"] != nil {
		s.walk(n["items"], at+"/0", yield)
	}
}

// optional lists the places of fields that may be left out, those of an object behind it.
func (s *schema) optional() (list []string) {
	s.walk(s.root, "", func(n map[string]any, at string) {
		required, _ := n["required"].([]any)
		for _, name := range slices.Sorted(maps.Keys(properties(n))) {
			if name != "extensions" && !slices.Contains(required, any(name)) {
				list = append(list, at+"/"+name)
			}
		}
	})
	return list
}

// lists lists the places of lists that are fields.
func (s *schema) lists() (list []string) {
	s.walk(s.root, "", func(n map[string]any, at string) {
		if n["items"] != nil {
			list = append(list, at)
		}
	})
	return list
}

// leaves returns the schemas of texts and numbers, by the places at which data has one.
func (s *schema) leaves(data any) map[string]map[string]any {
	leaves := map[string]map[string]any{}
	s.walk(s.root, "", func(n map[string]any, at string) {
		if n["properties"] == nil && n["items"] == nil && get(data, at) != nil {
			leaves[at] = n
		}
	})
	return leaves
}
