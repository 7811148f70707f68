package templates

import (
	"strings"
	"testing"
)

// A template for a contract with signatures shows of each what 21 CFR 11.50 asks for.
func TestLintSigned(t *testing.T) {
	row := func(inner string) string { return "{{#each signatures}}" + inner + "{{/each}}" }
	for _, c := range []struct {
		name, body string
		files      map[string]string
		missing    string // "" for no warning
		at         string // where it stands
	}{
		{name: "none", body: "{{record.id}}", missing: "meaning, name, at", at: "document.hbs: "},
		{name: "the list alone", body: "{{#if signatures}}signed{{/if}}", missing: "meaning, name, at", at: "document.hbs: "},
		{name: "all", body: row(`{{meaning}} {{name}} {{dateTime at}}`)},
		{name: "in partials", body: row(`{{> one}}`), files: partials("one", "{{meaning}}{{> two}}", "two", "{{name}} {{at}}")},
		{name: "as a whole", body: row(`{{signature this}}`)},
		{name: "as a whole, by another name", body: `{{#each signatures as |s|}}{{signature s}}{{/each}}`},
		{name: "the first alone, as a whole", body: `{{#with (first signatures)}}{{signature this}}{{/with}}`},
		{name: "without the time", body: row("\n{{meaning}} {{name}}"), missing: "at", at: "document.hbs:3:3: "},
		{name: "without meaning and time", body: row(`{{name}}`), missing: "meaning, at", at: "document.hbs:2:"},
		{name: "without the name", body: row(`{{#if reason}}{{meaning}} {{at}}{{/if}}`), missing: "name", at: "document.hbs:2:"},
		{name: "a name of somebody else", body: `{{#each people}}{{name}}{{/each}}` + row(`{{meaning}} {{at}}`), missing: "name", at: "document.hbs:2:"},
		{name: "in a partial that nothing calls", body: row(`{{meaning}} {{at}}`), files: partials("one", "{{name}}"), missing: "name", at: "document.hbs:2:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{defaultEntry: bodyStart + c.body + bodyEnd}
			for path, text := range c.files {
				files[path] = text
			}
			got := ""
			for _, f := range Lint(mustOpen(t, files)) {
				if strings.Contains(f.Message, "21 CFR 11.50") {
					got = f.String()
				}
			}
			if c.missing == "" {
				if got != "" {
					t.Errorf("got %q", got)
				}
				return
			}
			if want := "does not print " + c.missing + " of them"; !strings.HasPrefix(got, c.at) || !strings.Contains(got, want) {
				t.Errorf("got %q, want %q at %s", got, want, c.at)
			}
		})
	}
}
