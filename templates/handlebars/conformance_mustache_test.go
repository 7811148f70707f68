package handlebars_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// mustacheGroups are the files of the mustache specification that are in scope.
// Not in scope: delimiters, because handlebars.js has no {{=<% %>=}}; lambdas,
// because data is JSON; the optional modules on inheritance and dynamic names.
var mustacheGroups = []string{"comments", "interpolation", "inverted", "partials", "sections"}

// mustacheExclusions are the cases in which handlebars.js itself leaves the
// specification. Here Platen does what handlebars.js does.
var mustacheExclusions = map[string]string{
	"sections: Deeply Nested Contexts": "a section sees only its own context in handlebars.js, the ones around it need ../",
	"partials: Failed Lookup":          "an unknown partial is an error in handlebars.js, and nothing in mustache",
	"partials: Standalone Indentation": "handlebars.js indents the lines of values as well, mustache only those of the partial's source",
}

// TestMustache runs the cases of the mustache specification.
func TestMustache(t *testing.T) {
	o := newOracle(t)
	seen := map[string]bool{}
	for _, group := range mustacheGroups {
		for _, m := range readMustache(t, group) {
			name := group + ": " + m.Name
			t.Run(name, func(t *testing.T) {
				seen[name] = true
				c := m.testCase(name)
				got := renderCase(t, c)
				reason, excluded := mustacheExclusions[name]
				asSpecified := got.is(result{output: m.Expected})
				switch {
				case excluded && asSpecified:
					t.Errorf("passes: take it out of the exclusions (%s)", reason)
				case excluded:
					if want := o.render(t, c); !got.agrees(want) {
						t.Errorf("%q\n  want %v (handlebars.js)\n  got  %v", c.template, want, got)
					}
				case !asSpecified:
					t.Errorf("%q with %s\n  want %q\n  got  %v\n  handlebars.js %v", c.template, c.data, m.Expected, got, o.render(t, c))
				}
			})
		}
	}
	for name := range mustacheExclusions {
		if !seen[name] {
			t.Errorf("exclusion %q names no case", name)
		}
	}
}

// A mustacheCase is one case as the specification's files hold it.
type mustacheCase struct {
	Name     string            `json:"name"`
	Data     json.RawMessage   `json:"data"`
	Template string            `json:"template"`
	Partials map[string]string `json:"partials"`
	Expected string            `json:"expected"`
}

func (m mustacheCase) testCase(name string) testCase {
	c := testCase{name: name, template: m.Template, data: string(m.Data), bare: true}
	for partial, source := range m.Partials {
		c.partials = append(c.partials, [2]string{partial, source})
	}
	return c
}

func readMustache(t *testing.T, group string) []mustacheCase {
	t.Helper()
	path := fmt.Sprintf("%s/%s.json", mustacheDir, group)
	requireOracles(t, path)
	src, err := os.ReadFile(fromRoot(path))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tests []mustacheCase `json:"tests"`
	}
	if err := json.Unmarshal(src, &file); err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	if len(file.Tests) == 0 {
		t.Fatalf("%s holds no cases", path)
	}
	return file.Tests
}
