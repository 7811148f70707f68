package templates

import (
	"errors"
	"math/rand/v2"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// drawing is a picture that says whose it is.
func drawing(of string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg"><path id="` + of + `" d="M0 0h9"/></svg>`
}

// brandOf returns the brand of a tenant with these slots, and settings in JSON.
func brandOf(t testing.TB, id platen.TenantID, slots map[string]string, settings string) *tenant.Brand {
	t.Helper()
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	bucket, err := storage.ForTenant(fs, id)
	if err != nil {
		t.Fatal(err)
	}
	alt := "Logo {{record.id}} of \"" + string(id) + "\""
	for name, content := range slots {
		if _, err := tenant.Fill(t.Context(), bucket, name, []byte(content), &alt, tenant.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := tenant.Current(t.Context(), bucket)
	if err != nil {
		t.Fatal(err)
	}
	s, err := tenant.Merge(r.Settings, []byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	if r, err = tenant.Put(t.Context(), bucket, s, tenant.Change{Base: r.Number}); err != nil {
		t.Fatal(err)
	}
	brand, err := r.Brand(t.Context(), bucket)
	if err != nil {
		t.Fatal(err)
	}
	return brand
}

// acme is the brand of a tenant that has one of each.
func acme(t testing.TB) *tenant.Brand {
	return brandOf(t, "acme", map[string]string{"logo-primary": drawing("acme")}, `{
		"locale": "de", "theme": {"space": "1mm"}, "flags": {"live": true},
		"texts": {"note": {"locales": {"de": "**acme** de", "fr": "acme fr"}}, "plain": {"format": "plain", "locales": {"en": "<acme>"}},
			"parts": {"blocks": {"en": [{"heading": "A*B"}, {"paragraph": "<b>1.</b> www.x.example ![p](q)"}, {"list": ["- a", "b"]}]}}},
		"copy": {"title": {"en": "acme <en>"}, "own": {"de-CH": "acme de-CH", "de": "acme de"}}}`)
}

// branded is a bundle that has something of each to fall back on.
func branded(t *testing.T, body string, more map[string]string) *Bundle {
	t.Helper()
	files := map[string]string{
		settingsFile: minimalYAML + "locale: en\nslots: {logo-primary: assets/logo.svg}\nstrings:\n  title: Title\n  own: {de: Titel, en-GB: Title GB}\n",
		defaultEntry: body, "assets/logo.svg": drawing("bundle"), "texts/note.md": "note", "texts/note.de.md": "note *de*",
	}
	for name, src := range more {
		files[name] = src
	}
	return mustOpen(t, files)
}

const data = `{"record":{"id":"R-1"}}`

func TestBrandedFill(t *testing.T) {
	logo := func(b *tenant.Brand, slot string) string { return b.Pictures()[slot].Path }
	own, none := acme(t), (*tenant.Brand)(nil)
	mine := `<img src="` + logo(own, "logo-primary") + `" alt="Logo &#123;&#123;record.id}} of &#34;acme&#34;">`
	for _, c := range []struct {
		name, body string
		brand      *tenant.Brand
		files      map[string]string
		want       string
	}{
		{"slot, fallback", `{{> LogoPrimary}}|{{asset "logo-primary"}}|{{asset "logo.svg"}}`, none, nil, `<img src="assets/logo.svg" alt="">|assets/logo.svg|assets/logo.svg`},
		{"slot", `{{> LogoPrimary}}|{{asset "logo-primary"}}|{{asset "logo.svg"}}`, own, nil, mine + "|" + logo(own, "logo-primary") + "|assets/logo.svg"},
		{"partial of the bundle, fallback", `{{> LogoPrimary}}`, none, map[string]string{"partials/LogoPrimary.hbs": "own"}, "own"},
		{"partial of the bundle", `{{> LogoPrimary}}`, own, map[string]string{"partials/LogoPrimary.hbs": "own"}, mine},
		{"block, fallback", `{{#> Seal}}no {{record.id}}{{/Seal}}`, own, nil, "no R-1"},
		{"block", `{{#> LogoPrimary}}no{{/LogoPrimary}}`, own, nil, mine},
		{"computed", `{{#each l}}{{> (lookup . "n")}}{{/each}}{{asset (lookup @root "s")}}`, own, nil, mine + logo(own, "logo-primary")},
		{"inline partial", `{{#*inline "LogoPrimary"}}i{{/inline}}{{> LogoPrimary}}`, own, nil, "i"},
		{"text, fallback", `{{text "note"}}{{text "note" locale="de-AT"}}{{text "note" locale="fr"}}`, none, nil, "<p>note</p>\n<p>note <em>de</em></p>\n<p>note</p>\n"},
		{"text", `{{text "note"}}{{text "note" locale="fr-CA"}}{{text "plain"}}`, own, nil, "<p><strong>acme</strong> de</p>\n<p>acme fr</p>\n<p>&lt;acme&gt;</p>\n"},
		{"blocks", `{{text "parts"}}`, own, nil, "<p><strong>A*B</strong></p>\n<p>&lt;b&gt;1.&lt;/b&gt; www.x.example ![p](q)</p>\n<ul>\n<li>- a</li>\n<li>b</li>\n</ul>\n"},
		{"words, fallback", `{{t "title"}} {{t "own" locale="de-CH"}} {{t "own" locale="en-GB"}} {{t "none" default=record.id}}`, none, nil, "Title Titel Title GB R-1"},
		{"words", `{{t "title"}} {{t "own" locale="de-CH"}} {{t "own" locale="en-GB"}} {{t "none" default=record.id}}`, own, nil, "acme &lt;en&gt; acme de-CH acme de R-1"},
		{"words of the document's language", `{{t "own"}}`, own, map[string]string{settingsFile: minimalYAML + "locale: de-CH\n"}, "acme de-CH"},
		{"feature, fallback", `{{#feature "live"}}on{{else}}off{{/feature}}`, none, nil, "off"},
		{"feature", `{{#feature "live"}}on{{else}}off{{/feature}}{{#if (feature "dead")}}on{{/if}}`, own, nil, "on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tpl := compile(t, branded(t, "<p>"+c.body, c.files))
			got, err := tpl.Fill(t.Context(), parseData(t, `{"record":{"id":"R-1"},"l":[{"n":"LogoPrimary"}],"s":"logo-primary"}`), platen.IssueBlock{}, c.brand)
			if err != nil {
				t.Fatal(err)
			}
			style := "<style>@page{size:A4 portrait;margin:20mm}" + c.brand.CSS() + "</style>"
			if diff := cmp.Diff(style+"<p>"+c.want, string(got.HTML)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			again, err := tpl.Fill(t.Context(), parseData(t, `{"record":{"id":"R-1"},"l":[{"n":"LogoPrimary"}],"s":"logo-primary"}`), platen.IssueBlock{}, c.brand)
			if diff := cmp.Diff(got, again); err != nil || diff != "" {
				t.Errorf("filled again: %v\n%s", err, diff)
			}
			for path := range c.brand.Files() {
				if got.Files[path] == nil {
					t.Errorf("the document cannot load %s", path)
				}
			}
			if same := got.FilesDigest == tpl.bundle.digest; same != (c.brand == nil) {
				t.Errorf("the files have the digest %s", got.FilesDigest)
			}
		})
	}
}

// What neither the tenant nor the bundle has is an error that says where.
func TestFillWithoutWhatItNeeds(t *testing.T) {
	for body, want := range map[string]string{
		"a\n {{> Seal}}":             "document.hbs:2:2: unknown partial Seal",
		`{{asset "seal"}}`:           "document.hbs:1:1: asset: the tenant has put no picture into the slot seal",
		`{{asset "sael.svg"}}`:       "document.hbs:1:1: asset: the bundle has no assets/sael.svg",
		`{{text "disclaimer"}}`:      `document.hbs:1:1: text: neither the tenant nor the template has a text "disclaimer" for en`,
		`{{text "nte"}}`:             "did you mean note?",
		`{{t "titel"}}`:              `document.hbs:1:1: t: neither the tenant nor the template has words for "titel" in en: did you mean title?`,
		`{{t "own" locale="fr"}}`:    `words for "own" in fr`,
		`{{asset "../globex/logo"}}`: "the bundle has no assets/../globex/logo",
	} {
		_, err := compile(t, branded(t, body, nil)).Fill(t.Context(), parseData(t, data), platen.IssueBlock{}, nil)
		var at *handlebars.Error
		if !errors.As(err, &at) || at.Line == 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func TestStandIn(t *testing.T) {
	b := branded(t, `{{> Seal}}{{asset "stamp"}} {{text "disclaimer"}}{{t "titel"}} {{> LogoPrimary}}`, nil)
	got, err := compile(t, b).StandIn().Fill(t.Context(), parseData(t, data), platen.IssueBlock{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `<style>@page{size:A4 portrait;margin:20mm}</style><img src="brand/stand-in.svg" alt="">brand/stand-in.svg <p>[disclaimer]</p>` + "\n" + `[titel] <img src="assets/logo.svg" alt="">`
	if diff := cmp.Diff(want, string(got.HTML)); diff != "" || got.Files["brand/stand-in.svg"] == nil {
		t.Errorf("-want +got\n%s\nfiles %v", diff, got.Files)
	}
}

func TestBrandSettings(t *testing.T) {
	for yaml, want := range map[string]string{
		"slots: {LogoPrimary: assets/a.svg}":     `template.yaml:4:9: "LogoPrimary": want the name of a slot`,
		"slots: [a]":                             "template.yaml:4:8: want keys and values",
		"slots:\n  logo: {a: b}":                 "template.yaml:5:9: want a text",
		"strings: {batch-record: x}":             `"batch-record": want letters and digits`,
		"strings: {a: {deutsch: x}}":             `"deutsch": want a BCP 47 language tag`,
		"strings: {a: {de: [x]}}":                "want a text",
		"slots:\n  logo-primary: assets/no.svg":  `template.yaml:5:17: the slot logo-primary is "assets/no.svg"`,
		"slots:\n  logo-primary: document.hbs":   `the slot logo-primary is "document.hbs"`,
		"slots:\n  logo-primary: ../x/logo.svg ": `the slot logo-primary is "../x/logo.svg"`,
	} {
		b, err := openFiles(map[string]string{settingsFile: minimalYAML + yaml + "\n", defaultEntry: ""})
		if err == nil {
			_, err = Compile(b)
		}
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", yaml, err, want)
		}
	}
	for file, want := range map[string]string{
		"texts/a.html": "texts/ holds only .md", "texts/a b.md": "not the name of a text", "texts/a/b.md": "not the name of a text",
		"texts/a.deutsch.md": "not the name of a text", "texts/A.md": "not the name of a text",
	} {
		b, err := openFiles(map[string]string{settingsFile: minimalYAML, defaultEntry: "", file: "x"})
		if err == nil {
			_, err = Compile(b)
		}
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
	for content, want := range map[string]string{strings.Repeat("a", 17<<10): "the limit is 16384", "\xff": "not UTF-8"} {
		b := mustOpen(t, map[string]string{defaultEntry: "", "texts/a.md": content})
		if _, err := Compile(b); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.9q: got %v, want %q", content, err, want)
		}
	}
}

func TestLintBrand(t *testing.T) {
	more := map[string]string{settingsFile: minimalYAML + "slots: {logo-primary: assets/logo.svg}\nstrings: {title: Title}\n",
		"assets/logo.svg": drawing("bundle"), "texts/note.md": "note"}
	body := `{{> LogoPrimary}}{{asset "logo-primary"}}{{text "note"}}{{t "title"}}{{#feature "live"}}{{t "none" default="x"}}{{/feature}}{{#> Seal}}{{/Seal}}{{text "a" default=""}}`
	wantFindings(t, lintBody(t, body, more))

	needs := "{{> Seal}}\n<img src=\"{{asset \"stamp\"}}\" alt=\"\">\n{{text \"disclaimer\"}}\n{{upper (t \"titel\")}}\n{{#feature record.idd}}{{/feature}}"
	wantFindings(t, lintBody(t, needs, nil),
		"document.hbs:2:1: warning: the tenant has to have a picture in the slot seal: template.yaml names no file",
		`document.hbs:3:19: warning: the tenant has to have a picture in the slot stamp`,
		"document.hbs:4:8: warning: the tenant has to have the text disclaimer: the bundle has no texts/disclaimer.md",
		"document.hbs:5:12: warning: the tenant has to have words for titel: template.yaml has none",
		"document.hbs:6:12: error: record.idd is not in the contract")

	runLint(t, []lintCase{
		{name: "typo of a partial", body: "{{> Covr}}", files: partials("Cover", "x"), want: []string{
			"document.hbs:2:1: error: no partial is named Covr: did you mean Cover?", "document.hbs:2:1: warning: the tenant has to have a picture in the slot covr",
			"partials/Cover.hbs: warning: no template calls"}},
		{name: "inline partial", body: `{{#*inline "Row"}}x{{/inline}}{{> Row}}`},
		{name: "unused text", files: map[string]string{"texts/note.de.md": "x"}, want: []string{"texts/note.de.md: warning: no template prints this text"}},
		{name: "computed text", body: "{{text record.id}}", files: map[string]string{"texts/note.de.md": "x"}},
		{name: "field of the name", body: "{{text}}", want: []string{"document.hbs:2:3: error: text is a helper: write ./text"}},
		{name: "text in an attribute", body: `<i title="{{text "note"}}"></i>`, files: map[string]string{"texts/note.md": "x"}, want: []string{"document.hbs:2:11: error: text makes HTML"}},
		{name: "wrong slot", files: map[string]string{settingsFile: minimalYAML + "slots:\n  seal: assets/x.svg\n"}, want: []string{`template.yaml:5:9: error: the slot seal is "assets/x.svg"`}},
	})
}

func TestLintForTenant(t *testing.T) {
	b := branded(t, bodyStart+`{{> LogoPrimary}}{{> Seal}}{{text "plain"}}{{text "note" locale="fr"}}{{t "own" locale="fr"}}{{text "disclaimer"}}`+bodyEnd, nil)
	var got []string
	for _, f := range LintFor(b, acme(t)) {
		if f.Severity == Fault {
			got = append(got, f.String())
		}
	}
	wantFindings(t, got,
		"document.hbs:2:18: error: the tenant does not have a picture in the slot seal",
		"document.hbs:2:101: error: the tenant does not have the text disclaimer")
}

// No name that a template can write, or data can hold, leads to another tenant: what a
// document says and may load is the bundle's and its own tenant's.
func TestTenantsAreApart(t *testing.T) {
	other := brandOf(t, "globex", map[string]string{"secret-seal": drawing("globex"), "logo-primary": drawing("globex2")}, `{
		"texts": {"secret": {"locales": {"en": "globex"}}, "note": {"locales": {"en": "globex"}}},
		"copy": {"secret": {"en": "globex"}, "title": {"en": "globex"}}, "flags": {"secret": true}, "theme": {"space": "3mm"}}`)
	var theirs []string
	for path := range other.Files() {
		theirs = append(theirs, path, strings.TrimPrefix(path, "brand/"))
	}
	names := &namer{rand.New(rand.NewPCG(1, 2)), theirs}
	tpl, own := compile(t, branded(t, `<p>{{> (lookup . "partial")}}<img src="{{asset asset}}"><i style="background:url({{ref}})"></i>`+
		`{{text text default=""}}{{t words default=""}}{{#feature words}}globex{{/feature}}`, nil)), acme(t)
	filled := 0
	for i := range 3000 {
		object := platen.NewObject(platen.Field{Name: "partial", Value: "LogoPrimary"}, platen.Field{Name: "asset", Value: "logo-primary"})
		for _, field := range []string{"text", "words", "ref", []string{"partial", "asset"}[i%2]} {
			object.Set(field, names.next())
		}
		if i%4 > 1 { // so that half of the documents can be filled
			object.Set("partial", "LogoPrimary")
			object.Set("asset", "logo-primary")
		}
		if _, err := tpl.Fill(t.Context(), object, platen.IssueBlock{}, other); err != nil && i%4 > 1 {
			t.Fatal(err)
		}
		got, err := tpl.Fill(t.Context(), object, platen.IssueBlock{}, own)
		if err != nil {
			continue
		}
		filled++
		ref, _ := object.Get("ref")
		shown := strings.Replace(string(got.HTML), "url("+inHTML(ref.(string))+")", "", 1)
		if strings.Contains(shown, "globex") || strings.Contains(shown, "3mm") {
			t.Fatalf("%q shows what is another tenant's:\n%s", platen.AppendJSON(nil, object), shown)
		}
		for path, content := range got.Files {
			if strings.Contains(string(content), "globex") {
				t.Fatalf("a document may load %s of another tenant", path)
			}
		}
		if file := loaded(ref.(string)); other.Files()[file] != nil && got.Files[file] != nil {
			t.Fatalf("%s leads to another tenant", ref)
		}
	}
	if filled < 1000 {
		t.Errorf("only %d documents were filled", filled)
	}
}

// loaded is the file that a browser asks for.
func loaded(ref string) string {
	u, err := (&url.URL{Scheme: "https", Host: "x"}).Parse(ref)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(path.Clean(u.Path), "/")
}

// inHTML is text as a template prints it.
func inHTML(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;", "`", "&#x60;", "=", "&#x3D;").Replace(text)
}

// A namer makes names that try to lead elsewhere.
type namer struct {
	*rand.Rand
	theirs []string // paths of the other tenant's files
}

func (n *namer) pick(list ...string) string { return list[n.IntN(len(list))] }

func (n *namer) next() string {
	name := n.pick("secret", "secret-seal", "SecretSeal", "logo-primary", "LogoPrimary", "note", "title", "logo.svg", "settings/00000001.json", n.pick(n.theirs...))
	for range n.IntN(4) {
		switch n.IntN(9) {
		case 0:
			name = n.pick("../", "..\\", "/", "//", "./", "%2e%2e/", "..%2f", "....//") + name
		case 1:
			name = n.pick("tenants/globex/", "assets/", "brand/", "globex/", "partials/", "file:///", "https://x/", "data:,", "\x00") + name
		case 2:
			name = url.PathEscape(name)
		case 3:
			name = strings.ToUpper(name)
		case 4:
			name += n.pick(".svg", "#x", "?x", "%00", "\n", " ")
		case 5:
			name = n.pick("@", "globex.", "../tenants/acme/../globex/") + name
		case 6: // other dots, slashes and letters that a careless program takes for these
			name = strings.NewReplacer("/", n.pick("／", "∕", "⁄", "\\u002f", "%252f"), ".", n.pick("．", "․", "%252e")).Replace(name)
		case 7:
			name = n.pick("\u200b", "\ufeff", "\u202e", "ｓ", "е") + name
		default:
			name = `"` + name + n.pick(`"`, "'", ")", "\\")
		}
	}
	return name
}
