package prove_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/prove"
	"github.com/dicode/platen/templates"
)

// example is the example of the contract of batch records.
func example(t testing.TB) string {
	t.Helper()
	c, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Example())
}

// small is a template of a document with a body and rules of CSS.
func small(t testing.TB, css, body string) *templates.Template {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"template.yaml": "name: small\nversion: 1.0.0\ntitle: Small\ncontract: batch-record/1\nlocale: en\ntimeZone: UTC\npage: {size: A5, margin: 10mm}\n",
		"document.hbs":  `<!DOCTYPE html><html lang="en"><head><title>Small</title><style>` + css + `</style></head><body><h1>Batch record</h1>` + body + `<p>The end</p></body></html>`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, dir)
}

// Whatever a style does to hide a value, it is found.
//
// Requirement: R-04
func TestHidden(t *testing.T) {
	const body = `<p>Before</p><div class="box"><p>Number <span class="x">{{batch.number}}</span>.</p></div><p>After</p>`
	for _, test := range []struct{ name, css, why string }{
		{"not hidden", "", ""},
		{"not displayed", ".x { display: none }", "does not stand there"},
		{"not visible", ".x { visibility: hidden }", "does not stand there"},
		{"white", ".x { color: #fff }", "is not seen: its colour"},
		{"nearly white", ".x { color: #f8f8f8 }", "is not seen: its colour"},
		{"as what is behind it", ".box { background: #123456 } .x { color: #123456 }", "is not seen: its colour"},
		{"transparent", ".x { color: transparent }", ""},
		{"opacity", ".x { opacity: 0 }", ""},
		{"less than a point", ".x { font-size: .5pt }", "is not seen: it is less than a point high"},
		{"no size", ".x { font-size: 0 }", "does not stand there"},
		{"off the page", ".x { position: absolute; left: -400mm }", ""},
		{"indented off the page", ".box p { text-indent: -400mm; overflow: hidden }", ""},
		{"clipped", ".x { display: inline-block; width: 0; height: 1em; overflow: hidden }", ""},
		{"clip-path", ".x { display: inline-block; clip-path: inset(50%) }", ""},
		{"no height", ".box { height: 0; overflow: hidden }", ""},
		{"scaled away", ".x { display: inline-block; transform: scale(0) }", ""},
		{"covered", `.box { position: relative } .box::after { content: ""; position: absolute; inset: 0; background: #fff }`, "is not seen: something is drawn over it"},
		{"ellipsis", ".x { display: inline-block; width: 3em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }", ""},
		{"in other letters", ".x { text-transform: lowercase }", "stands there in other letters"},
		{"replaced", `.x { font-size: 0 } .x::after { content: "BX-1"; font-size: 10pt }`, "does not stand there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, input(t, small(t, test.css, body), parse(t, example(t)), platen.IssueBlock{}))
			if test.name == "not hidden" {
				if !r.Proven || r.Values != 1 {
					t.Errorf("%+v", r)
				}
				return
			}
			if r.Proven || len(r.Lacks) != 1 {
				t.Fatalf("%+v", r)
			}
			l := r.Lacks[0]
			if l.Pointer != "/batch/number" || !l.Required || !strings.HasPrefix(l.Template, "document.hbs:1:") || l.Page != 1 || !strings.Contains(l.Why, test.why) {
				t.Errorf("%+v, want why %q", l, test.why)
			}
		})
	}
}

// A value that stands elsewhere, in the same words, does not stand for one that is hidden.
func TestHiddenBesideItsLike(t *testing.T) {
	tpl := small(t, "i { display: none }", `<p>Operator <i>{{people.[2].name}}</i>, approved by {{#each master.approvals}}{{name}}{{/each}}, number {{record.revision}}<i>{{master.recipe.version}}</i> 4 5 6</p>`)
	r := run(t, input(t, tpl, parse(t, example(t)), platen.IssueBlock{}))
	var got []string
	for _, l := range r.Lacks {
		got = append(got, l.Pointer)
	}
	if diff := cmp.Diff([]string{"/people/2/name", "/master/recipe/version"}, got); diff != "" || r.Values != 4 {
		t.Errorf("%+v (-want +got):\n%s", r, diff)
	}
}

// One place at which a value is seen is enough: it may be hidden where a style sorts by it.
func TestSeenOnce(t *testing.T) {
	tpl := small(t, "i { display: none }", `<p><i>{{batch.number}}</i> Number {{batch.number}}</p>`)
	if r := run(t, input(t, tpl, parse(t, example(t)), platen.IssueBlock{})); !r.Proven || r.Values != 1 {
		t.Errorf("%+v", r)
	}
}

// What styles and browsers do to a text that is seen is no reason against it.
//
// Requirement: R-04
func TestNoFalseAlarm(t *testing.T) {
	for _, test := range []struct{ name, css, body string }{
		{"letters apart", "p { letter-spacing: 3mm }", `<p>{{product.name}}</p>`},
		{"kerning and ligatures", "", `<p>Official {{product.name}} affluent fix</p>`},
		{"hyphens", "p { hyphens: auto; width: 12mm }", `<p lang="en">Manufacturing authorisation considerations {{product.name}}</p>`},
		{"broken anywhere", "p { width: 9mm; overflow-wrap: anywhere }", `<p>{{record.id}} {{product.name}}</p>`},
		{"without gaps", "", `<p>{{batch.number}}<b>{{record.revision}}</b>-<sup>{{master.version}}</sup>{{product.strength}}</p>`},
		{"cells without gaps", "td { padding: 0 } table { border-spacing: 0 }", `<table><tr><td>{{batch.number}}</td><td>{{record.revision}}</td><td>1</td></tr></table>`},
		{"lists", "", `<ol>{{#each people}}<li>{{name}}</li>{{/each}}</ol><ul><li>{{record.id}}<ul><li>{{batch.number}}</li></ul></li></ul>`},
		{"counters", `h2::before { counter-increment: x; content: counter(x) ". " }`, `<h2>{{record.id}}</h2><h2>{{batch.number}}</h2>`},
		{"generated", `b::before { content: "No. " } b::after { content: " (" attr(data-unit) ")" }`, `<p><b data-unit="mg">{{batch.number}}</b></p>`},
		{"flex in another order", "p { display: flex } b { order: -1 }", `<p><i>{{record.id}}</i><b>{{batch.number}}</b></p>`},
		{"floats and columns", "div { columns: 2 } b { float: right }", `<div><p>{{record.id}} <b>{{batch.number}}</b></p><p>{{product.name}}</p></div>`},
		{"heads that are repeated", "", `<table><thead><tr><th>Name</th><th>{{record.id}}</th></tr></thead><tbody>` + strings.Repeat(`<tr><td>{{product.name}}</td><td>{{batch.number}}</td></tr>`, 90) + `</tbody></table>`},
		{"running heads", `@page { @top-left { content: {{cssString record.id}} } @bottom-right { content: counter(page) } }`, `<p>{{batch.number}}</p>`},
		{"entities and spaces", "", `<p>a &amp; b&nbsp;{{batch.number}}&shy;{{record.id}}&#8239;mg</p>`},
		{"pictures", "", `<p>{{qr record.id}} {{batch.number}}</p>`},
		{"derived", "", `<p>{{unit "1204.50" "kg"}} {{upper product.name}} {{date record.createdAt pattern="yyyy-MM-dd"}}</p>`},
		{"a drawing with text", "", `<svg width="80" height="20"><title>{{record.id}}</title><text x="1" y="12" font-size="9">{{batch.number}}</text></svg>`},
		{"issued", "", `<p>{{@issue.by}} {{@issue.at}}</p>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, input(t, small(t, test.css, test.body), parse(t, example(t)), platen.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00"}))
			if !r.Proven || r.Values == 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A document of other data is told by each value that differs.
//
// Requirement: R-04
func TestContradicts(t *testing.T) {
	tpl := small(t, "", `<p>Batch {{batch.number}} of {{product.name}}</p><ul>{{#each people}}<li>{{name}}</li>{{/each}}</ul><p>{{#if deviations}}Deviations{{else}}No deviations{{/if}}</p>`)
	in := input(t, tpl, parse(t, example(t)), platen.IssueBlock{})
	data := in.Data.(*platen.Object)
	batch, _ := data.Get("batch")
	number, _ := batch.(*platen.Object).Get("number")
	in.Data = parse(t, strings.Replace(example(t), fmt.Sprintf("%q", number), `"BX-2"`, 1))
	r := run(t, in)
	if r.Proven || len(r.Lacks) != 1 || r.Lacks[0].Pointer != "/batch/number" || r.Lacks[0].Printed != "BX-2" || r.Lacks[0].Found != number {
		t.Errorf("%+v", r)
	}
	if err := r.Error(); err == nil || strings.Contains(err.Error(), "BX-2") {
		t.Errorf("the error is %v: want one without the value", err)
	}
}

// A sign that is turned around says something else, but where text is read from right to left: there
// it is drawn so.
//
// Requirement: R-04
func TestSigns(t *testing.T) {
	const name = "פרצטמול"
	for _, test := range []struct {
		name, printed, wanted string
		proven                bool
	}{
		{"of what is read from left to right", "<p>&gt; 5 mg</p>", "<p>&lt; 5 mg</p>", false},
		{"without a space", "<p>&gt;5 mg</p>", "<p>&lt;5 mg</p>", false},
		{"a bracket", "<p>] 5, 6 ]</p>", "<p>[ 5, 6 ]</p>", false},
		{"beside Hebrew", "<p>" + name + "</p><p>&gt; 5 mg</p>", "<p>" + name + "</p><p>&lt; 5 mg</p>", false},
		{"in a cell behind one of Hebrew", "<table dir=rtl><tr><td>" + name + "</td><td><bdi>&gt; 5 mg</bdi></td></tr></table>", "<table dir=rtl><tr><td>" + name + "</td><td><bdi>&lt; 5 mg</bdi></td></tr></table>", false},
		{"in Hebrew, by itself", "<p dir=rtl>" + name + " <bdi dir=ltr>&gt; 5 mg</bdi></p>", "<p dir=rtl>" + name + " <bdi dir=ltr>&lt; 5 mg</bdi></p>", false},
		{"the same", "<p>&lt; 5 mg</p>", "<p>&lt; 5 mg</p>", true},
		{"the same beside Hebrew", "<p>" + name + " &lt; 5 mg</p>", "<p>" + name + " &lt; 5 mg</p>", true},
		{"in Hebrew", "<p dir=rtl>" + name + " &lt; 5 (" + name + ")</p>", "<p dir=rtl>" + name + " &lt; 5 (" + name + ")</p>", true},
		{"between Hebrew", "<p dir=rtl>" + name + " &gt; " + name + "</p>", "<p dir=rtl>" + name + " &gt; " + name + "</p>", true},
		{"at the end of Hebrew", "<p dir=rtl>" + name + " &gt;</p>", "<p dir=rtl>" + name + " &gt;</p>", true},
		{"in a cell that is turned", "<table dir=rtl><tr><td>" + name + "</td><td>&gt; 5 mg</td></tr></table>", "<table dir=rtl><tr><td>" + name + "</td><td>&gt; 5 mg</td></tr></table>", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := input(t, small(t, "", test.printed), parse(t, example(t)), platen.IssueBlock{})
			in.Template = small(t, "", test.wanted)
			if r := run(t, in); r.Proven != test.proven {
				t.Errorf("proven %v: %+v", r.Proven, r)
			}
		})
	}
}

// A control character is no part of how a text is set: where it is printed as nothing, something lacks.
// ParseData lets none in; other callers may.
func TestControlCharacters(t *testing.T) {
	for _, c := range "\u0001\u007f\u0085\u0096" {
		in := input(t, small(t, "", `<p>{{batch.number}}</p>`), parse(t, example(t)), platen.IssueBlock{})
		batch, _ := in.Data.(*platen.Object).Get("batch")
		number, _ := batch.(*platen.Object).Get("number")
		s := number.(string)
		batch.(*platen.Object).Set("number", s[:2]+string(c)+s[2:])
		if r := run(t, in); r.Proven || len(r.Lacks) != 1 || r.Lacks[0].Pointer != "/batch/number" {
			t.Errorf("%U: %+v", c, r)
		}
	}
}

// Requirement: R-04
func TestForeign(t *testing.T) {
	with := small(t, "", `<p>{{batch.number}}</p><p>Passed 98.5 %</p>`)
	in := input(t, with, parse(t, example(t)), platen.IssueBlock{})
	in.Template = small(t, "", `<p>{{batch.number}}</p>`)
	r := run(t, in)
	want := []prove.Said{{Page: 1, Text: "Passed 98.5 %"}}
	if r.Proven || len(r.Foreign) != 1 || r.Foreign[0] != want[0] {
		t.Errorf("%+v", r)
	}
}

// A document of which a part was taken away lacks what stood there, and has nothing foreign.
func TestTakenAway(t *testing.T) {
	data := parse(t, example(t))
	in := input(t, small(t, "", `<p>{{batch.number}}</p>`), data, platen.IssueBlock{})
	in.Template = small(t, "", `<p>{{batch.number}}</p><p>Made for {{batch.market}}</p>`)
	r := run(t, in)
	if len(r.Lacks) != 1 || r.Lacks[0].Pointer != "/batch/market" || r.Lacks[0].Required || len(r.Foreign) != 0 {
		t.Errorf("%+v", r)
	}
}

// What a running head should say, and what the document says beside its content.
func TestMargin(t *testing.T) {
	head := `@page { @top-left { content: {{cssString record.id}} } @top-right { content: "Confidential" } }`
	data := parse(t, example(t))
	in := input(t, small(t, head, `<p>x</p>`), data, platen.IssueBlock{})
	if r := run(t, in); !r.Proven || r.Values != 1 || r.Beside != nil {
		t.Errorf("%+v", r)
	}
	in.Template = small(t, strings.ReplaceAll(head, "record.id", "batch.number"), `<p>x</p>`)
	r := run(t, in)
	if len(r.Lacks) != 1 || r.Lacks[0].Pointer != "/batch/number" || len(r.Beside) != 1 || r.Beside[0].Text != "BR-2026-00417" {
		t.Errorf("%+v", r)
	}
	hidden := small(t, strings.ReplaceAll(head, "} @top-right", "; color: #fff } @top-right"), `<p>x</p>`)
	if r := run(t, input(t, hidden, data, platen.IssueBlock{})); len(r.Lacks) != 1 {
		t.Errorf("%+v", r)
	}
}

// What the template does not look at, and what it shows in no text.
func TestUnusedAndElsewhere(t *testing.T) {
	tpl := small(t, "", `<p class="{{product.code}}">{{#if batch.order}}{{batch.number}}{{/if}} {{qr record.id}}</p>`)
	r := run(t, input(t, tpl, parse(t, example(t)), platen.IssueBlock{}))
	if diff := cmp.Diff([]string{"/product/code", "/record/id"}, r.Elsewhere); diff != "" {
		t.Error(diff)
	}
	unused := strings.Join(r.Unused, " ")
	for pointer, want := range map[string]bool{"/batch/order": false, "/batch/number": false, "/record/id": false, "/record/status": false, "/batch/market": false, "/batch/expiry": true, "/people/0/name": true} {
		if strings.Contains(unused, pointer) != want {
			t.Errorf("%s among the unused: %v, want %v (%s)", pointer, !want, want, unused)
		}
	}
}

// A document without any text has no tags, and lacks everything.
func TestNothingIsSeen(t *testing.T) {
	tpl := small(t, "body { display: none }", `<p>{{batch.number}}</p>`)
	if r := run(t, input(t, tpl, parse(t, example(t)), platen.IssueBlock{})); r.Proven || len(r.Lacks) != 1 || r.Lacks[0].Page != 0 {
		t.Errorf("%+v", r)
	}
}

func TestRefused(t *testing.T) {
	tpl, data := small(t, "", `<p>{{batch.number}}</p>`), parse(t, example(t))
	for name, in := range map[string]prove.Input{
		"no PDF":       {PDF: []byte("no"), Template: tpl, Data: data},
		"no such data": {PDF: []byte("no"), Template: tpl, Data: parse(t, `{}`)},
	} {
		if _, err := prove.Document(t.Context(), in); !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
}
