package handlebars_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A testCase is one template with its data and partials.
type testCase struct {
	name     string // file:line, and the words if there are any
	template string
	data     string // JSON text
	partials [][2]string
	strict   bool
	bare     bool    // without the test helpers, whose names the data may have
	differs  string  // id of the known difference, or empty
	want     *result // for a known difference: what Platen does; err holds a part of the message
}

// partialsJSON returns the partials as a JSON object of name and source.
func (c testCase) partialsJSON() string {
	m := make(map[string]string, len(c.partials))
	for _, p := range c.partials {
		m[p[0]] = p[1]
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // a map of strings always has a JSON form
	}
	return string(text)
}

// visible is how line ends, blanks, NUL and nothing are written in the case files.
var visible = strings.NewReplacer("␊", "\n", "␍", "\r", "␉", "\t", "␠", " ", "␀", "\x00", "∅", "")

// readCases reads testdata/conformance/<group>.txt. Each line is a template, except:
//
//	# remark
//	@data JSON             data of the cases that follow
//	@partial NAME SOURCE   one more partial of the cases that follow
//	@clear                 no partials, data {}, no words
//	@for WORD = A | B | C  each case that follows and holds ‹WORD›, in its template,
//	                       data or a partial, stands for one case with A, one with B, ...
//	@strict                the cases that follow run strictly
//	@differs ID = OUTPUT   the next case is the known difference ID: Platen prints OUTPUT
//	@differs ID ! TEXT     the same: Platen refuses with a message that holds TEXT
func readCases(t testing.TB, group string) []testCase {
	t.Helper()
	file := filepath.Join("testdata", "conformance", group+".txt")
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	state := caseState{testCase: testCase{data: "{}"}}
	var cases []testCase
	for i, line := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "@") {
			if err := state.directive(line); err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
			continue
		}
		c := state.testCase
		c.name, c.template = fmt.Sprintf("%s:%d", group, i+1), line
		cases = append(cases, state.expand(c)...)
		state.differs, state.want = "", nil
	}
	return cases
}

// A caseState is what the directives so far say of the cases that follow.
type caseState struct {
	testCase
	words []word
}

type word struct {
	name   string // with the marks, ‹v›
	values []string
}

// expand returns the cases that c stands for, one for each combination of the words in it.
func (s *caseState) expand(c testCase) []testCase {
	cases := []testCase{c}
	for _, w := range s.words {
		var next []testCase
		for _, c := range cases {
			if !c.holds(w.name) {
				next = append(next, c)
				continue
			}
			for _, value := range w.values {
				next = append(next, c.replace(w.name, value))
			}
		}
		cases = next
	}
	for i := range cases {
		cases[i] = cases[i].eachText(visible.Replace)
	}
	return cases
}

func (c testCase) holds(word string) bool {
	found := false
	c.eachText(func(s string) string {
		found = found || strings.Contains(s, word)
		return s
	})
	return found
}

func (c testCase) replace(word, value string) testCase {
	c = c.eachText(func(s string) string { return strings.ReplaceAll(s, word, value) })
	c.name += fmt.Sprintf(" %s=%s", strings.Trim(word, "‹›"), value)
	return c
}

// eachText returns the case with f applied to template, data and partials.
func (c testCase) eachText(f func(string) string) testCase {
	c.template, c.data = f(c.template), f(c.data)
	partials := make([][2]string, len(c.partials))
	for i, p := range c.partials {
		partials[i] = [2]string{p[0], f(p[1])}
	}
	c.partials = partials
	return c
}

// directive applies one line that starts with @ to the cases that follow.
func (c *caseState) directive(line string) error {
	name, rest, _ := strings.Cut(line, " ")
	switch name {
	case "@data":
		c.data = rest
	case "@partial":
		name, source, _ := strings.Cut(rest, " ")
		c.partials = append(c.partials[:len(c.partials):len(c.partials)], [2]string{name, source})
	case "@clear":
		c.partials, c.data, c.words = nil, "{}", nil
	case "@for":
		name, values, ok := strings.Cut(rest, " = ")
		if !ok {
			return fmt.Errorf("want @for WORD = A | B | C")
		}
		c.words = append(c.words, word{"‹" + name + "›", strings.Split(values, " | ")})
	case "@strict":
		c.strict = true
	case "@differs":
		f := strings.SplitN(rest, " ", 3)
		switch {
		case len(f) >= 2 && f[1] == "=":
			c.want = &result{output: visible.Replace(strings.Join(f[2:], ""))}
		case len(f) == 3 && f[1] == "!" && f[2] != "":
			c.want = &result{err: f[2]}
		default:
			return fmt.Errorf("want @differs ID = OUTPUT or @differs ID ! TEXT")
		}
		c.differs = f[0]
	default:
		return fmt.Errorf("unknown directive %s", name)
	}
	return nil
}

// readGroups returns the cases of every file of testdata/conformance by group.
func readGroups(t testing.TB) map[string][]testCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "conformance", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in testdata/conformance: %v", err)
	}
	groups := make(map[string][]testCase, len(files))
	for _, file := range files {
		group := strings.TrimSuffix(filepath.Base(file), ".txt")
		groups[group] = readCases(t, group)
	}
	return groups
}
