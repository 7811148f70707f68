package renderer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// A bait is an address and a file that nobody should ask for.
type bait struct {
	host, file string
	calls      atomic.Int32
}

// secret is what the file of a bait says.
const secret = "canary0content"

func layBait(t *testing.T) *bait {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &bait{host: l.Addr().String(), file: filepath.Join(t.TempDir(), "canary.html")}
	if err := os.WriteFile(b.file, []byte(secret), 0o644); err != nil {
		t.Fatal(err)
	}
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			b.calls.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		if n := b.calls.Load(); n != 0 {
			t.Errorf("%d connections came", n)
		}
	})
	return b
}

// on puts the bait's address and file into an attack.
func (b *bait) on(attack string) string {
	return strings.NewReplacer("HOST", b.host, "FILE", b.file).Replace(attack)
}

// elements are attacks that the data of a job carries, and that are errors where a
// template prints them as they are. HOST and FILE are those of a bait.
var elements = []string{
	`<img src="http://HOST/a.png">`, `<iframe src="file://FILE"></iframe>`, `<script>fetch("http://HOST")</script>`, `"><object data="file://FILE">`,
	`<link rel="stylesheet" href="//HOST/a.css">`, `<base href="http://HOST/">`, `<meta http-equiv="refresh" content="0;url=file://FILE">`, `<svg><image href="file://FILE"/></svg>`,
	`</style><img src="http://HOST/b.png">`, `</title><script src="http://HOST"></script>`, `<style>@import "http://HOST/a.css";</style>`, `<p style='background: url("file://FILE")'>`,
}

// values are such that do no harm there.
var values = []string{
	`' onerror='fetch("http://HOST")`, `http://HOST/a.png`, `FILE`, `file://FILE`, `FiLe:///etc/passwd`, `\\localhost\etc\passwd`, `javascript:fetch("http://HOST")`, `view-source:file://FILE`,
	`url(http://HOST/a.png)`, `red; background: url("file://FILE")`, `@import "http://HOST/a.css";`,
	`![a](http://HOST/a.png)`, `[a](javascript:fetch("http://HOST"))`, `[a]: file://FILE "x"`,
	`{{> secret}}`, `{{{record}}}`, `${7*7}`, `{{constructor.constructor "return process"}}`, `__proto__`,
}

// places are where a template prints a value. Where it is escaped it stands in the PDF as
// it was written.
var places = map[string]struct {
	snippet string
	literal bool
}{
	"text":            {`<p>{{product.name}}</p>`, true},
	"attribute":       {`<p title="{{product.name}}">{{product.name}}</p>`, true},
	"title":           {`<p>x</p>`, false},
	"raw":             {`<p>{{{product.name}}}</p>`, false},
	"rich text":       {`{{markdown product.name}}`, false},
	"link":            {`<a href="{{product.name}}">x</a>`, false},
	"picture":         {`<img alt="" src="{{product.name}}">`, false},
	"style attribute": {`<p style="color: {{product.name}}">x</p>`, false},
	"style sheet":     {`<style>p { color: {{{product.name}}} }</style><p>x</p>`, false},
	"drawing":         {`<svg width="9" height="9"><image width="9" height="9" href="{{product.name}}"/><text>{{product.name}}</text></svg>`, false},
}

// bundle compiles a template of one document.
func bundle(t *testing.T, settings, body string, files map[string]string) renderer.Templates {
	t.Helper()
	fsys := fstest.MapFS{
		"template.yaml": {Data: []byte("name: t\nversion: 1.0.0\ncontract: batch-record/1\n" + settings)},
		"document.hbs":  {Data: []byte(`<!DOCTYPE html><html lang="en"><head><title>{{product.name}}</title></head><body>` + body + `</body></html>`)},
	}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	b, err := templates.OpenFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	template, err := templates.Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	return func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil }
}

// named is a job whose product has the name.
func named(t *testing.T, name string) platen.Job {
	t.Helper()
	text, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	data := record(t, "tablet-2p.json")
	changed := bytes.Replace(data, []byte(`"name": "Bisoprolol fumarate"`), append([]byte(`"name": `), text...), 1)
	if bytes.Equal(data, changed) {
		t.Fatal("the product was not found")
	}
	return job(changed)
}

// Whatever a value is, and wherever a template prints it, nothing is loaded from outside
// the bundle, in strict templates and in others.
//
// Requirement: R-05
func TestAttacksInValues(t *testing.T) {
	bait, pool := layBait(t), openPool(t)
	for where, place := range places {
		for _, strict := range []bool{true, false} {
			cfg := config(t, nil, pool)
			cfg.Templates = bundle(t, fmt.Sprintf("strict: %t\n", strict), place.snippet, nil)
			r := renderer.New(cfg)
			for i, value := range slices.Concat(elements, values) {
				value = bait.on(value)
				doc, err := r.Render(t.Context(), named(t, value))
				refused := where == "raw" && i < len(elements)
				if err != nil && (place.literal || !errors.Is(err, platen.Invalid)) || err == nil && refused {
					t.Errorf("%s as %s, strict %t: %v", value, where, strict, err)
				}
				if err == nil {
					checkText(t, value+" as "+where, tool(t, doc.PDF, "pdftotext", "-raw", "PDF", "-"), value, place.literal)
				}
			}
		}
	}
}

// checkText finds nothing of a file in the text of a PDF, and a value if that stands there.
func checkText(t *testing.T, name, text, value string, literal bool) {
	t.Helper()
	text, value = strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields(value), "")
	if strings.Contains(text, secret) || strings.Contains(text, "root:") {
		t.Errorf("%s reads %q", name, text)
	}
	if literal && !strings.Contains(text, value) {
		t.Errorf("%s is not literal: %q", name, text)
	}
}

// A bundle's own files load no more than its document does.
//
// Requirement: R-05
func TestAttacksInFiles(t *testing.T) {
	bait, pool := layBait(t), openPool(t)
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9">`
	for name, test := range map[string]struct{ body, file, content string }{
		"a drawing with a picture": {`<img alt="" src="assets/a.svg">`, "assets/a.svg", svg + `<image href="http://HOST/a.png" width="9" height="9"/></svg>`},
		"a drawing with a file":    {`<img alt="" src="assets/a.svg">`, "assets/a.svg", svg + `<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="file://FILE"/></foreignObject></svg>`},
		"a drawing with a script":  {`<img alt="" src="assets/a.svg">`, "assets/a.svg", svg + `<script>fetch("http://HOST")</script></svg>`},
		"a drawing with a style":   {`<img alt="" src="assets/a.svg">`, "assets/a.svg", svg + `<style>@import "http://HOST/a.css"; rect { fill: url(http://HOST/a.svg#p) }</style><rect width="9" height="9"/></svg>`},
		"a drawing with entities":  {`<img alt="" src="assets/a.svg">`, "assets/a.svg", `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e SYSTEM "file://FILE">]>` + svg + `<text y="5">&e;</text></svg>`},
		"an embedded drawing":      {`<object data="assets/a.svg"></object>`, "assets/a.svg", svg + `<script>fetch("http://HOST")</script></svg>`},
		"a style sheet":            {`<link rel="stylesheet" href="styles/a.css"><p>x</p>`, "styles/a.css", `p { background: url(http://HOST/a.png) }`},
		"an import":                {`<link rel="stylesheet" href="styles/a.css"><p>x</p>`, "styles/a.css", `@import url("//HOST/a.css");`},
		"a font":                   {`<link rel="stylesheet" href="styles/a.css"><p>x</p>`, "styles/a.css", `@font-face { font-family: F; src: url(file://FILE) } p { font-family: F }`},
	} {
		cfg := config(t, nil, pool)
		cfg.Templates = bundle(t, "", test.body, map[string]string{test.file: bait.on(test.content)})
		doc, err := renderer.New(cfg).Render(t.Context(), named(t, "x"))
		if !strings.Contains(name, "a drawing") && err == nil || err != nil && !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if text := tool(t, doc.PDF, "pdftotext", "PDF", "-"); strings.Contains(text, secret) {
				t.Errorf("%s reads %q", name, text)
			}
		}
	}
}

// What a tenant decides gets into every document: an attack there is refused when it is
// decided, or comes out harmless.
func TestAttacksInBrand(t *testing.T) {
	bait := layBait(t)
	bucket := openBucket(t)
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	for _, patch := range []string{
		`{"theme":{"colors":{"primary":"url(http://HOST/a.png)"}}}`, `{"theme":{"colors":{"primary":"red;background:url(file://FILE)"}}}`,
		`{"theme":{"fonts":{"sans":{"family":"F\";src:url(http://HOST)"}}}}`, `{"theme":{"fonts":{"sans":{"family":"</style><img src=http://HOST>"}}}}`,
		`{"watermarks":[{"image":"http://HOST/a.png"}]}`, `{"watermarks":[{"image":"../../etc/passwd"}]}`,
	} {
		s, err := tenant.Merge(tenant.Settings{}, []byte(bait.on(patch)))
		if err == nil {
			_, err = tenant.Put(t.Context(), own, s, tenant.Change{})
		}
		if !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %v", patch, err)
		}
	}
	for _, picture := range []string{
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>fetch("http://HOST")</script></svg>`,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="file://FILE" width="9" height="9"/></svg>`,
		`<!DOCTYPE svg [<!ENTITY e SYSTEM "file://FILE">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>&e;</text></svg>`,
	} {
		if _, err := tenant.Fill(t.Context(), own, "logo-primary", []byte(bait.on(picture)), nil, tenant.Change{}); !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %v", picture, err)
		}
	}
	h := house{t, own}
	h.patch(bait.on(`{"texts":{"disclaimer":{"locales":{"en":"For ![a](http://HOST/a.png) <iframe src='file://FILE'></iframe> **internal** use <script>fetch('http://HOST')</script>"}}},
		"copy":{"batchRecord":{"en":"<img src=http://HOST/a.png> LOG"}}}`))
	r := renderer.New(config(t, bucket, openPool(t)))
	doc, err := r.Render(t.Context(), job(record(t, "tablet-2p.json")))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(tool(t, doc.PDF, "pdftotext", "-raw", "PDF", "-")), " ")
	if !strings.Contains(text, "internal use") || strings.Contains(text, secret) {
		t.Errorf("it reads %s", text)
	}
}

// Scripts of a template run only for a tenant that says so, and get no further for it.
//
// Requirement: R-05
func TestScriptsMustBeAllowed(t *testing.T) {
	bait, bucket := layBait(t), openBucket(t)
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	h := house{t, own}
	cfg := config(t, bucket, openPool(t))
	render := func(script string) (string, error) {
		cfg.Templates = bundle(t, "scripts: true\n", `<p id="p">before</p><script>`+bait.on(script)+`</script>`, nil)
		doc, err := renderer.New(cfg).Render(t.Context(), named(t, "x"))
		if err != nil {
			return "", err
		}
		return tool(t, doc.PDF, "pdftotext", "PDF", "-"), nil
	}
	const harmless = `p.textContent = "by a script"`
	if _, err := render(harmless); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "set scripts to true in the settings") {
		t.Errorf("without a word of the tenant: %v", err)
	}
	h.patch(`{"scripts":true}`)
	if text, err := render(harmless); err != nil || !strings.Contains(text, "by a script") {
		t.Errorf("allowed: %q, %v", text, err)
	}
	for _, attack := range []string{`fetch("http://HOST")`, `location = "file://FILE"`, `new WebSocket("ws://HOST")`, `navigator.sendBeacon("http://HOST", "x")`} {
		if text, err := render(attack); !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %q, %v", attack, text, err)
		}
	}
	h.patch(`{"scripts":null}`)
	if _, err := render(harmless + " // again"); !errors.Is(err, platen.Invalid) {
		t.Errorf("taken back: %v", err)
	}
}
