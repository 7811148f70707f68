package templates

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// Where a template can name something.
var namings = []string{
	`{{> "%s"}}`, `{{#> "%s"}}{{/"%[1]s"}}`, `{{> [%s]}}`, `{{> (lookup @root "%s")}}`,
	`{{asset "%s"}}`, `{{text "%s" default=""}}`, `{{t "%s" default=""}}`, `{{t "%s" default="" locale="%[1]s"}}`, `{{lookup @root "%s"}}`, `{{markdown "![a](%s)"}}`,
	`<img src="%s" alt="">`, `<link rel="stylesheet" href="%s">`, `<a href="%s">a</a>`, `<svg><use href="%s"/></svg>`,
	`<style>@import url("%s");</style>`, `<style>@font-face{font-family:a;src:url(%s)}</style>`, `<style>body{background:url('%s')}</style>`, `<p style="background:url(%s)">`,
}

// No name that is written into a template leads to another tenant, whatever is done with
// it: what the document says and may load is the bundle's and its own tenant's.
func TestTemplatesAreApart(t *testing.T) {
	const secret = "SECRET-OF-THE-OTHER"
	other := brandOf(t, "globex", map[string]string{"secret-seal": drawing(secret), "logo-primary": drawing(secret + "2")}, `{
		"texts": {"secret": {"locales": {"en": "`+secret+`"}}, "note": {"locales": {"en": "`+secret+`"}}, "parts": {"blocks": {"en": [{"paragraph": "`+secret+`"}]}}},
		"copy": {"secret": {"en": "`+secret+`"}, "title": {"en": "`+secret+`"}}}`)
	var theirs []string
	for path := range other.Files() {
		theirs = append(theirs, path, strings.TrimPrefix(path, "brand/"))
	}
	names := &namer{rand.New(rand.NewPCG(3, 4)), theirs}
	own := acme(t)
	filled, reached := 0, 0
	for range 4000 {
		naming, name := namings[names.IntN(len(namings))], names.next()
		body := fmt.Sprintf(strings.ReplaceAll(naming, "%s", "%[1]s"), name)
		b, err := openFiles(map[string]string{
			settingsFile: minimalYAML + "slots: {logo-primary: assets/logo.svg}\nstrings: {title: Title}\n", defaultEntry: "<p>" + body,
			"assets/logo.svg": drawing("bundle"), "texts/note.md": "note",
		})
		if err != nil {
			continue // it is no template
		}
		tpl, err := Compile(b)
		if err != nil {
			continue
		}
		if theirs, err := tpl.Fill(t.Context(), parseData(t, data), platen.IssueBlock{}, other); err == nil && strings.Contains(string(theirs.HTML), secret) {
			reached++ // by the one who may
		}
		got, err := tpl.Fill(t.Context(), parseData(t, data), platen.IssueBlock{}, own)
		if err != nil {
			continue
		}
		filled++
		if strings.Contains(string(got.HTML), secret) {
			t.Fatalf("%s shows what is another tenant's:\n%s", body, got.HTML)
		}
		for path, content := range got.Files {
			if other.Files()[path] != nil || strings.Contains(string(content), secret) {
				t.Fatalf("%s: the document may load %s of another tenant", body, path)
			}
		}
	}
	if filled < 1000 || reached < 20 {
		t.Errorf("only %d documents were filled, and %d names led to what a tenant has itself", filled, reached)
	}
}
