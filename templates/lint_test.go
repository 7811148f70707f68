package templates

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen/contract"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"
)

const (
	bodyStart = `<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>` + "\n"
	bodyEnd   = "\n</body></html>\n"
)

// lintBody returns the findings of a document whose body is given and starts in
// line 2, except that there is no sample, and that it prints no signatures.
func lintBody(t *testing.T, body string, more map[string]string) []string {
	t.Helper()
	files := map[string]string{defaultEntry: bodyStart + body + bodyEnd}
	maps.Copy(files, more)
	var out []string
	for _, f := range Lint(mustOpen(t, files)) {
		if f.File != samplesDir && !strings.Contains(f.Message, "21 CFR 11.50") {
			out = append(out, f.String())
		}
	}
	return out
}

// wantFindings compares findings; a wanted one may leave out the end.
func wantFindings(t *testing.T, got []string, want ...string) {
	t.Helper()
	short := slices.Clone(got)
	for i := range min(len(got), len(want)) {
		if strings.HasPrefix(got[i], want[i]) {
			short[i] = want[i]
		}
	}
	if diff := cmp.Diff(want, short); diff != "" && len(want)+len(short) > 0 {
		t.Errorf("findings (- want, + got):\n%s", diff)
	}
}

type lintCase struct {
	name, body string
	files      map[string]string
	want       []string
}

func runLint(t *testing.T, cases []lintCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantFindings(t, lintBody(t, c.body, c.files), c.want...)
		})
	}
}

func partials(pairs ...string) map[string]string {
	files := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		files["partials/"+pairs[i]+".hbs"] = pairs[i+1]
	}
	return files
}

func TestLintPaths(t *testing.T) {
	runLint(t, []lintCase{
		{name: "right", body: "{{record.id}} {{#each materials}}{{lot}} {{../batch.number}} {{@root.batch.number}} {{@index}}{{/each}}"},
		{name: "typo", body: "{{record.idd}}", want: []string{
			"document.hbs:2:3: error: record.idd is not in the contract: did you mean id?"}},
		{name: "typo in a row", body: "{{#each materials as |row|}}\n  {{row.lott}}{{/each}}", want: []string{
			"document.hbs:3:5: error: row.lott is not in the contract: did you mean lot?"}},
		{name: "typo far from all", body: "{{record.xyzzy}}", want: []string{
			"document.hbs:2:3: error: record.xyzzy is not in the contract; there are "}},
		{name: "one level up", body: "{{#each materials}}{{batch.number}}{{/each}}", want: []string{
			"document.hbs:2:22: error: batch.number is not in the contract here; it exists one level up: write ../batch.number"}},
		{name: "two levels up", body: "{{#each procedure}}{{#each operations}}{{batch.number}}{{/each}}{{/each}}", want: []string{
			"document.hbs:2:42: error: batch.number is not in the contract here; it exists two levels up: write ../../batch.number"}},
		{name: "at the top, from a partial", body: "{{#each materials}}{{> row}}{{/each}}", files: partials("row", "{{batch.number}}"), want: []string{
			"partials/row.hbs:1:3: error: batch.number is not in the contract here; it exists at the top: write @root.batch.number"}},
		{name: "above the top", body: "{{../record.id}}", want: []string{
			"document.hbs:2:3: error: ../record.id goes above the data"}},
		{name: "if is no level", body: "{{#if batch.market}}{{record.id}}{{/if}}"},
		{name: "with", body: "{{#with batch}}{{number}}{{./number}}{{../record.id}}{{/with}}", want: []string{
			"document.hbs:2:18: error: number is a helper: write ./number for the value"}},
		{name: "field of a text", body: "{{record.id.x}}", want: []string{
			"document.hbs:2:3: error: record.id.x is not in the contract: record.id is a string and has no fields"}},
		{name: "field of a list", body: "{{materials.lot}}", want: []string{
			"document.hbs:2:3: error: materials.lot is not in the contract: materials is a list; walk it"}},
		{name: "length of a list", body: "{{materials.length}}"},
		{name: "item of a list", body: "{{materials.[0].lot}}", want: []string{
			"document.hbs:2:3: warning: materials.0.lot may be absent"}},
		{name: "object printed", body: "{{batch}}", want: []string{
			"document.hbs:2:1: error: batch is an object and cannot be printed: name one of its fields: "}},
		{name: "list printed", body: "{{materials}}", want: []string{
			"document.hbs:2:1: error: materials is a list and cannot be printed"}},
		{name: "each over a text", body: "{{#each record.id}}x{{/each}}", want: []string{
			"document.hbs:2:9: error: record.id is a string and has no items"}},
		{name: "block on a text", body: "{{#record.id}}x{{/record.id}}", want: []string{
			"document.hbs:2:1: error: record.id is a string: a block wants"}},
		{name: "block on a list", body: "{{#materials}}{{lot}}{{/materials}}{{^deviations}}none{{/deviations}}"},
		{name: "block on a boolean keeps the context", body: "{{#each procedure}}{{#each operations}}{{#each phases}}{{#critical}}{{id}}{{/critical}}{{/each}}{{/each}}{{/each}}"},
		{name: "helper as a block", body: "{{#upper}}x{{/upper}}", want: []string{
			"document.hbs:2:1: error: upper is a helper and no block: write {{#if (upper …)}}"}},
		{name: "block on a field named like a helper", body: "{{#with batch}}{{#number}}x{{/number}}{{/with}}", want: []string{
			"document.hbs:2:16: error: number is a helper and no block: write {{#./number}} for the value"}},
		{name: "loop variable outside", body: "{{@index}}", want: []string{
			"document.hbs:2:3: error: @index stands outside of {{#each}}"}},
		{name: "issue block", body: `{{default @issue.by "-"}} {{@issue.buy}} {{@isue.by}} {{@digest}} {{@template.version}}`, want: []string{
			"document.hbs:2:29: error: @issue.buy is not in the contract: did you mean by?",
			"document.hbs:2:44: error: there is no @isue: did you mean @issue?"}},
		{name: "unescaped", body: "{{{record.id}}} {{&record.id}} {{{upper record.id}}} {{{qr record.id}}}", want: []string{
			"document.hbs:2:1: error: {{{…}}} prints data without escaping",
			"document.hbs:2:17: error: {{{…}}} prints data without escaping",
			"document.hbs:2:32: error: {{{…}}} prints data without escaping",
			"document.hbs:2:54: warning: qr makes HTML and needs no third brace"}},
		{name: "position counts characters, CRLF and tabs", body: "ä€😀 {{record.idd}}\r\n\t{{record.idd}}", want: []string{
			"document.hbs:2:7: error: record.idd is not in the contract", "document.hbs:3:4: error: record.idd is not in the contract"}},
	})
}

func TestLintAbsentValues(t *testing.T) {
	const warning = "document.hbs:2:%s: warning: batch.market may be absent"
	at := func(col string) []string { return []string{strings.Replace(warning, "%s", col, 1)} }
	runLint(t, []lintCase{
		{name: "printed", body: "{{batch.market}}", want: at("3")},
		{name: "argument of a strict helper", body: "{{upper batch.market}}", want: at("9")},
		{name: "default", body: `{{default batch.market "-"}}`},
		{name: "if", body: "{{#if batch.market}}{{batch.market}}{{/if}}"},
		{name: "if shows what is around", body: "{{#if batch.units.value}}{{batch.units.unit}}{{/if}}"},
		{name: "if shows nothing else", body: "{{#if batch.campaign}}{{batch.market}}{{/if}}", want: at("25")},
		{name: "else", body: "{{#if batch.market}}x{{else}}{{batch.market}}{{/if}}", want: at("32")},
		{name: "unless", body: "{{#unless batch.market}}-{{else}}{{batch.market}}{{/unless}}"},
		{name: "not", body: "{{#if (not batch.market)}}-{{else}}{{batch.market}}{{/if}}"},
		{name: "and", body: "{{#if (and batch.market batch.campaign)}}{{batch.market}}{{/if}}"},
		{name: "or", body: "{{#if (or batch.market batch.campaign)}}{{batch.market}}{{/if}}", want: at("43")},
		{name: "or, turned round", body: "{{#if (or (not batch.market) (not batch.campaign))}}-{{else}}{{batch.market}}{{/if}}"},
		{name: "with", body: "{{#if batch.units}}{{#with batch.units}}{{value}}{{/with}}{{/if}}"},
		{name: "with of what may be absent", body: "{{#with batch.units}}{{value}}{{/with}}", want: []string{
			"document.hbs:2:9: warning: batch.units may be absent"}},
		{name: "each of what may be absent", body: "{{#each materials}}{{#each deviations}}{{this}}{{/each}}{{/each}}", want: []string{
			"document.hbs:2:28: warning: deviations may be absent"}},
		{name: "guard of an item", body: "{{#each materials}}{{#if manufacturer}}{{manufacturer}}{{./manufacturer}}{{this.manufacturer}}{{/if}}{{/each}}"},
		{name: "guard of another item", body: "{{#each materials}}{{#if manufacturer}}{{#each ../materials}}{{manufacturer}}{{/each}}{{/if}}{{/each}}", want: []string{
			"document.hbs:2:64: warning: manufacturer may be absent"}},
		{name: "guard of what a helper made", body: `{{#each (groupBy materials "kind")}}{{#each items}}{{#if manufacturer}}{{manufacturer}}{{/if}}{{/each}}{{/each}}{{#with (first materials)}}{{#if manufacturer}}{{manufacturer}}{{/if}}{{/with}}`},
		{name: "guard in groups, by name", body: `{{#each (groupBy materials "kind") as |g|}}{{#each g.items as |m|}}{{#if m.manufacturer}}{{m.manufacturer}}{{/if}}{{/each}}{{/each}}`},
		{name: "guard in sorted groups", body: `{{#each (groupBy (sortBy materials "lot") "kind")}}{{#each (sortBy items "lot")}}{{#if manufacturer}}{{upper ./manufacturer}}{{/if}}{{/each}}{{/each}}`},
		{name: "guard of another item of a group", body: `{{#each (groupBy materials "kind")}}{{#each items}}{{#if manufacturer}}{{#each ../items}}{{manufacturer}}{{/each}}{{/if}}{{manufacturer}}{{/each}}{{/each}}`, want: []string{
			"document.hbs:2:92: warning: manufacturer may be absent", "document.hbs:2:124: warning: manufacturer may be absent"}},
		{name: "guard of what a helper made, in a partial", body: `{{> p (first materials) x=(last materials)}}`, files: partials("p", "{{#if manufacturer}}{{manufacturer}}{{/if}}{{#if x.manufacturer}}{{x.manufacturer}}{{/if}}{{x.supplierLot}}"), want: []string{
			"partials/p.hbs:1:93: warning: x.supplierLot may be absent"}},
		{name: "guard through levels", body: "{{#if batch.market}}{{#each materials}}{{../batch.market}}{{@root.batch.market}}{{/each}}{{/if}}"},
		{name: "block parameter", body: "{{#each materials as |m|}}{{#if m.manufacturer}}{{m.manufacturer}}{{/if}}{{m.supplierLot}}{{/each}}", want: []string{
			"document.hbs:2:76: warning: m.supplierLot may be absent"}},
		{name: "guard before a partial", body: "{{#if batch.market}}{{> p}}{{/if}}", files: partials("p", "{{batch.market}}")},
		{name: "one call of a partial is guarded", body: "{{#if batch.market}}{{> p}}{{/if}}{{> p}}", files: partials("p", "{{batch.market}}"), want: []string{
			"partials/p.hbs:1:3: warning: batch.market may be absent"}},
		{name: "one call with a guarded value", body: "{{#each materials}}{{#if manufacturer}}{{> p x=.}}{{/if}}{{> p x=.}}{{/each}}", files: partials("p", "{{x.manufacturer}}"), want: []string{
			"partials/p.hbs:1:3: warning: x.manufacturer may be absent"}},
		{name: "copy with its number", body: "{{#if @issue.of}}{{@issue.copy}}/{{@issue.of}}{{/if}}"},
		{name: "null", body: "{{#each audit}}{{new}}{{upper new}}{{#if old}}{{upper old}}{{/if}}{{default reason 1}}{{/each}}", want: []string{
			"document.hbs:2:31: warning: new may be null"}},
		{name: "lenient template", body: "{{batch.market}}", files: map[string]string{settingsFile: minimalYAML + "strict: false\n"}},
	})
}

func TestLintCalls(t *testing.T) {
	runLint(t, []lintCase{
		{name: "unknown helper", body: "{{uper record.id}}", want: []string{
			"document.hbs:2:3: error: no helper is named uper: did you mean upper?"}},
		{name: "unknown helper inside", body: "{{#if (eqq record.id 1)}}x{{/if}}", want: []string{
			"document.hbs:2:8: error: no helper is named eqq: did you mean eq?"}},
		{name: "too many arguments", body: `{{upper record.id "x"}}`, want: []string{
			"document.hbs:2:3: error: upper has 2 arguments here: use it as upper text"}},
		{name: "too few arguments", body: `{{eq record.id}}`, want: []string{
			"document.hbs:2:3: error: eq has 1 arguments here: use it as eq a b"}},
		{name: "unknown key", body: `{{date record.createdAt patern="x"}}`, want: []string{
			"document.hbs:2:25: error: date takes no patern=: did you mean pattern?"}},
		{name: "key that must be there", body: `{{round batch.size.value digits=2}}`, want: []string{
			"document.hbs:2:3: error: round needs mode=: use it as round value"}},
		{name: "several keys that must be there", body: `{{fixed batch.size.value}}`, want: []string{
			"document.hbs:2:3: error: fixed needs digits= and mode=: use it as fixed value"}},
		{name: "neither arguments nor keys", body: `{{fixed digits=2}}`, want: []string{
			"document.hbs:2:3: error: fixed has 0 arguments here: use it as fixed value digits= mode="}},
		{name: "field named like a helper", body: `{{#each yields}}{{percent}}{{./percent}}{{#if percent}}{{this.percent}}{{/if}}{{/each}}{{log}}`, want: []string{
			"document.hbs:2:19: error: percent is a helper: write ./percent for the value of that name, or use the helper as percent value",
			"document.hbs:2:90: error: log is a helper: write ./log for the value of that name"}},
		{name: "any number of arguments", body: `{{add 1 2 3 4}}`},
		{name: "field of sortBy", body: `{{#each (sortBy materials "lott")}}{{lot}}{{/each}}`, want: []string{
			`document.hbs:2:27: error: lott is not in the contract: did you mean lot?`}},
		{name: "items of where", body: `{{#each (where materials "status" "released")}}{{lott}}{{/each}}`, want: []string{
			`document.hbs:2:50: error: lott is not in the contract: did you mean lot?`}},
		{name: "first", body: `{{#with (first materials)}}{{lott}}{{/with}}`, want: []string{
			`document.hbs:2:30: error: lott is not in the contract: did you mean lot?`}},
		{name: "asset", body: `<img src="{{asset "lgo.svg"}}" alt="">`, files: map[string]string{"assets/logo.svg": "<svg/>"}, want: []string{
			`assets/logo.svg: warning: nothing uses this file`,
			`document.hbs:2:19: error: the bundle has no assets/lgo.svg: did you mean logo.svg?`}},
		{name: "field=", body: `{{join people ", " field="nmae"}}`, want: []string{
			`document.hbs:2:26: error: nmae is not in the contract: did you mean name?`}},
		{name: "field that not all items have", body: `{{#each (sortBy materials "manufacturer")}}{{lot}}{{/each}}{{count (sortBy materials "manufacturer" optional=true)}}`, want: []string{
			`document.hbs:2:27: warning: manufacturer may be absent in an item`}},
		{name: "groups", body: `{{#each (groupBy materials "kind")}}{{key}}{{kex}}{{#each items}}{{lot}}{{lott}}{{/each}}{{/each}}`, want: []string{
			`document.hbs:2:46: error: kex is not in the contract: did you mean key?`,
			`document.hbs:2:75: error: lott is not in the contract: did you mean lot?`}},
		{name: "value that never is", body: `{{eq record.status "aproved"}}{{eq "aproved" record.status}}{{in record.status "approved" "x"}}`, want: []string{
			`document.hbs:2:20: error: record.status is never "aproved": did you mean approved?`,
			`document.hbs:2:36: error: record.status is never "aproved": did you mean approved?`,
			`document.hbs:2:91: error: record.status is never "x"; it is one of `}},
		{name: "value that no item has", body: `{{count (where materials "status" "relesed")}}{{count (where materials "status" "relesed" op="ne")}}`, want: []string{
			`document.hbs:2:35: error: "status" is never "relesed": did you mean released?`,
			`document.hbs:2:81: error: "status" is never "relesed": did you mean released?`}},
		{name: "text against number", body: `{{eq batch.number 10}}{{eq batch.number 10 numeric=true}}{{#each materials}}{{eq @index "0"}}{{eq @first true}}{{/each}}`, want: []string{
			`document.hbs:2:19: error: batch.number is a string and is compared with a number`,
			`document.hbs:2:89: error: @index is a number and is compared with a string`}},
		{name: "block parameter hides a helper", body: `{{#each materials as |upper|}}{{upper.lot}}{{/each}}`},
	})
}

func TestLintPartials(t *testing.T) {
	runLint(t, []lintCase{
		{name: "unknown", body: "{{> heda}}", files: partials("head", "x"), want: []string{
			"document.hbs:2:1: error: no partial is named heda: did you mean head?",
			"partials/head.hbs: warning: no template calls this partial"}},
		{name: "context", body: "{{> row batch}}", files: partials("row", "{{./number}}{{lot}}"), want: []string{
			"partials/row.hbs:1:15: error: lot is not in the contract; there are "}},
		{name: "added values", body: `{{> row batch title=record.id}}`, files: partials("row", "{{title}}{{titel}}"), want: []string{
			"partials/row.hbs:1:12: error: titel is not in the contract: did you mean title?"}},
		{name: "caller is out of reach", body: "{{#each materials}}{{> row}}{{/each}}", files: partials("row", "{{../record.id}}"), want: []string{
			"partials/row.hbs:1:3: error: ../record.id goes above the data that this file is given"}},
		{name: "asked for, there from one call", body: "{{> p batch}}{{> p record}}", files: partials("p", "{{#if market}}{{market}}{{/if}}")},
		{name: "asked for, there from no call", body: "{{> p record}}", files: partials("p", "{{#if market}}{{market}}{{/if}}"), want: []string{
			"partials/p.hbs:1:7: error: market is not in the contract"}},
		{name: "value of one call only", body: `{{#each equipment}}{{> s calibration}}{{> s cleaning}}{{/each}}`, files: partials("s", `{{#if (eq status "clean")}}{{default cleanedAt "-"}}{{default ./cleanedAt "-"}}{{cleanedBy}}{{/if}}`), want: []string{
			"partials/s.hbs:1:82: warning: cleanedBy may be absent"}},
		{name: "value of no call", body: `{{#each equipment}}{{> s calibration}}{{> s cleaning}}{{/each}}`, files: partials("s", `{{#if (eq status "cleen")}}x{{/if}}`), want: []string{
			`partials/s.hbs:1:18: error: status is never "cleen": did you mean clean?`}},
		{name: "includes itself", body: "{{> a}}", files: partials("a", "x{{> b}}", "b", "{{#if batch.market}}{{/if}}{{> a}}"), want: []string{
			"partials/b.hbs:1:28: error: the partial a includes itself whatever the data says"}},
		{name: "recursion over data", body: "{{> tree}}", files: partials("tree", "{{#if batch.market}}{{> tree}}{{/if}}")},
		{name: "inline", body: `{{#*inline "row"}}{{lot}}{{/inline}}{{#each materials}}{{> row}}{{/each}}`},
		{name: "inline, wrong context", body: `{{#*inline "row"}}{{lot}}{{/inline}}{{> row}}`, want: []string{
			"document.hbs:2:21: error: lot is not in the contract"}},
		{name: "block", body: `{{#> layout}}{{record.idd}}{{/layout}}`, files: partials("layout", "<p>{{> @partial-block}}</p>"), want: []string{
			"document.hbs:2:16: error: record.idd is not in the contract"}},
		{name: "block that is not given", body: `{{> layout}}`, files: partials("layout", "<p>{{> @partial-block}}</p>"), want: []string{
			"partials/layout.hbs:1:4: error: this partial is called without a block"}},
		{name: "inline for a layout", body: `{{#> layout}}{{#*inline "nav"}}{{record.id}}{{/inline}}{{/layout}}`, files: partials("layout", "{{> nav}}")},
		{name: "computed name", body: `{{> (lookup record "status")}}`, files: partials("approved", "x")},
		{name: "does not parse", body: `{{> p}}`, files: partials("p", "\n{{#if x}}"), want: []string{"partials/p.hbs:2:1: error: "}},
	})
}

func TestLintHTML(t *testing.T) {
	logo := map[string]string{"assets/logo.svg": "<svg/>", "assets/ghs-1.svg": "<svg/>", "styles/a.css": ""}
	used := `<link rel="stylesheet" href="styles/a.css"><img src="assets/logo.svg" alt="x"><img src="assets/ghs-{{default batch.market "1"}}.svg" alt="y">` + "\n"
	at := func(pos, rest string) []string { return []string{"document.hbs:3:" + pos + ": " + rest} }
	var cases []lintCase
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"right", `<p class="{{record.id}}" title='{{record.id}}'>{{record.id}}</p>`, nil},
		{"value without quotes", `<p class={{record.id}}>`, at("10", `error: a value without quotes can become other attributes: write class="{{…}}"`)},
		{"value as an attribute", `<p {{record.id}}>`, at("4", "error: a value where an attribute stands")},
		{"condition around an attribute", `<p {{#if batch.market}}class="x"{{/if}}>`, nil},
		{"event", `<p onclick="x()">`, at("4", "error: onclick is a script")},
		{"script", `<script>x()</script>`, at("1", "error: scripts do not run")},
		{"value in a style", `<style>p { color: {{record.id}} }</style>`, at("19", "error: a value inside <style> can change the style")},
		{"cssString in a style", `<style>@page { @top-left { content: {{cssString record.id}} } }</style>`, nil},
		{"numbers in a style", `<style>@page { @top-left { content: "{{truncate @digest 8}} {{fixed batch.size.value digits=0 mode="halfUp"}}" } }</style>`, nil},
		{"json in a script is no style", `<style>p { color: {{json record.id}} }</style>`, at("19", "error: a value inside <style>")},
		{"partial in a style", `<style>{{> p}}</style>`, append(at("8", "error: a partial inside <style> cannot be checked"), "document.hbs:3:8: error: no partial is named p")},
		{"value in a style attribute", `<p style="color: {{record.id}}">`, at("18", "error: a value in a style attribute can change more of it")},
		{"name of a helper in a style attribute", `{{#each materials as |fixed|}}<p style="color: {{fixed}}">{{/each}}`, append(
			at("48", "error: a value in a style attribute"), at("48", "error: fixed is an object")...)},
		{"partial in a style attribute", `<p style="{{> p}}">{{#*inline "p"}}x{{/inline}}`, at("11", "error: a partial in a style attribute cannot be checked")},
		{"cssString in a style attribute", `<p style="--name: {{cssString record.id}}">`, at("19", "error: cssString brings its own quotes, which end the attribute")},
		{"cssString in an attribute", `<p title="{{cssString record.id}}" class='x {{~[cssString] record.id}}'>`, append(
			at("11", "error: cssString brings its own quotes"), at("45", "error: cssString brings its own quotes")...)},
		{"cssString in text", `<p>{{cssString record.id}}`, at("4", "error: cssString writes for style sheets")},
		{"cssString passed on", `<p title="{{default (cssString record.id) "x"}}">{{#with (cssString record.id)}}<p title="{{this}}">{{/with}}`, append(
			at("21", "error: cssString cannot be passed on"), at("58", "error: cssString cannot be passed on")...)},
		{"HTML in an attribute", `<p title="{{markdown record.id}}">{{markdown record.id}}`, at("11", "error: markdown makes HTML, whose quotes end the attribute")},
		{"number in a style attribute", `<p style="width: {{fixed batch.size.value digits=0 mode="halfUp"}}%">`, nil},
		{"missing picture", `<img src="assets/lgo.svg" alt="">`, at("11", "error: the bundle has no assets/lgo.svg: did you mean assets/logo.svg?")},
		{"http", `<img src="http://example.com/a.png" alt="">`, at("11", `error: "http://example.com/a.png" is outside the bundle`)},
		{"no scheme", `<img src="//example.com/a.png" alt="">`, at("11", `error: "//example.com/a.png" is outside`)},
		{"file", `<img src="file:///etc/passwd" alt="">`, at("11", `error: "file:///etc/passwd" is outside`)},
		{"ws", `<img src="ws://x" alt="">`, at("11", `error: "ws://x" is outside`)},
		{"disguised", `<img src="&#104;ttp://x" alt="">`, at("11", `error: "http://x" is outside`)},
		{"data into a host", `<img src="https://x/{{record.id}}" alt="">`, at("11", `error: "https://x…" is outside`)},
		{"all data", `<img src="{{record.id}}" alt="">`, at("11", "warning: what this refers to cannot be checked")},
		{"absolute", `<img src="/assets/logo.svg" alt="">`, at("11", "error: \"/assets/logo.svg\": want a path relative")},
		{"out of the bundle", `<img src="../x.svg" alt="">`, at("11", `error: "../x.svg" leads out of the bundle`)},
		{"data URL", `<img alt="" src="data:image/png;base64,` + strings.Repeat("A", 70000) + `">`, nil},
		{"data URL of a page", `<img alt="" src="data:text/html,x">`, at("18", "error: a data URL that is neither")},
		{"srcset", `<img alt="" srcset="assets/logo.svg 1x, assets/no.svg 2x">`, at("41", "error: the bundle has no assets/no.svg")},
		{"poster", `<video poster="http://x"></video>`, at("16", `error: "http://x" is outside`)},
		{"xlink", `<svg><use xlink:href="#a"/><image xlink:href="https://x"/></svg>`, at("47", `error: "https://x" is outside`)},
		{"links may lead out", `<a href="https://example.com">x</a><a href="#{{record.id}}">x</a>`, nil},
		{"link that runs", `<a href="javascript:x()">x</a>`, at("10", "error: \"javascript:x()\" is no target")},
		{"frame", `<iframe src="x"></iframe>`, at("1", "error: <iframe> loads another document")},
		{"refresh", `<meta http-equiv="refresh" content="0">`, at("1", "error: a refresh leaves the document")},
		{"alt", `<img src="assets/logo.svg">`, at("1", "warning: <img> without alt")},
		{"table without heads", `<table><tr><td>x</td></tr></table>`, at("1", "warning: the table has no <th")},
		{"table with heads from a partial", `<table>{{#*inline "h"}}{{/inline}}{{> h}}</table>`, nil},
		{"head without scope", `<table><tr><th>x</th></tr></table>`, at("12", "warning: <th> without scope")},
		{"tag that does not end", `<p class="x>`, at("1", "error: this tag or comment does not end")},
		{"in a comment", `<!-- <img src="http://x"> {{! <img src="http://y"> }} -->{{!-- <img> --}}`, nil},
		{"in a raw block", `{{{{raw}}}}{{x}}<b class={{x}}>{{{{/raw}}}}`, nil},
		{"escaped", `\{{x}} <p class="x">`, nil},
		{"braces in a string", `<p class="{{default batch.market "}}<img>"}}">`, nil},
	} {
		cases = append(cases, lintCase{c.name, used + c.body, logo, c.want})
	}
	runLint(t, cases)
}

func TestLintDocument(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"nothing of it", "<p>x</p>", []string{
			"document.hbs:1:1: warning: no template has a <title>",
			"document.hbs:1:1: warning: no template has an <html lang=",
			"document.hbs:1:1: warning: no template starts with <!DOCTYPE html>"}},
		{"no language", "\xef\xbb\xbf<!DOCTYPE html>\r\n<html><title>x</title>", []string{
			"document.hbs:2:1: warning: <html> without lang"}},
		{"not UTF-8", "<p>\n a\xff", []string{"document.hbs:2:3: error: the byte 0xFF is not UTF-8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantFindings(t, lintBody(t, "", map[string]string{defaultEntry: c.src}), c.want...)
		})
	}
}

func TestLintCSS(t *testing.T) {
	body := `<link rel="stylesheet" href="styles/a.css">`
	for _, c := range []struct{ name, css, want string }{
		{"right", "@charset \"utf-8\";\n@import \"b.css\" print;\np { background: url(../assets/logo.svg) url('../assets/logo.svg#x'); content: 'http://x' }", ""},
		{"missing", "p {\n background: url( \"../assets/lgo.svg\" ) }", "2:14: error: the bundle has no assets/lgo.svg: did you mean assets/logo.svg?"},
		{"relative to the sheet", "p { background: url(assets/logo.svg) }", "1:17: error: the bundle has no styles/assets/logo.svg"},
		{"http", "p { background: url(https://x/y.png) }", `1:17: error: "https://x/y.png" is outside`},
		{"import", "@import \"http://x/y.css\";", `1:9: error: "http://x/y.css" is outside`},
		{"import url", "@import url(//x/y.css);", `1:9: error: "//x/y.css" is outside`},
		{"image-set", "p { background: image-set(\"https://x\" 1x) }", `1:27: error: "https://x" is outside`},
		{"escape", `p { background: url(ht\74 ps://x) }`, "1:17: error: "},
		{"out of the bundle", "p { background: url(../../x.png) }", `1:17: error: "../../x.png" leads out of the bundle`},
		{"samples are not served", "p { background: url(../samples/a.json) }", `1:17: error: the bundle has no samples/a.json`},
		{"not closed", "p {\n color: red", "1:3: error: a { without a }"},
		{"closed twice", "p { } }", "1:7: error: a } without a {"},
		{"string not closed", "p { content: \"x\n }", "1:14: error: the style sheet has an unfinished"},
		{"not UTF-8", "p { }\n/* \xff */", "2:4: error: a byte that is not UTF-8"},
		{"CRLF and BOM", "\xef\xbb\xbfp { }\r\nq { background: url(x) }", "2:17: error: the bundle has no styles/x"},
		{"in a comment", "/* url(http://x) */", ""},
		{"data URL", "p { background: url(data:image/png;base64," + strings.Repeat("A", 4<<20-len("data:image/png;base64,")) + ") }", ""},
		{"large data URL", "p { background: url(data:image/png;base64," + strings.Repeat("A", 4<<20) + ") }", "1:17: error: a data URL of 4194326 bytes, the limit is 4194304"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{
				"styles/a.css": c.css, "styles/b.css": "", "assets/logo.svg": "<svg/>",
				defaultEntry: bodyStart + body + `<link rel="stylesheet" href="styles/b.css"><img src="assets/logo.svg" alt="">` + bodyEnd,
			}
			want := []string{}
			if c.want != "" {
				want = append(want, "styles/a.css:"+c.want)
			}
			wantFindings(t, lintBody(t, "", files), want...)
		})
	}
}

func TestLintFilesOfTheBundle(t *testing.T) {
	woff2 := append([]byte("wOF2\x00\x01\x00\x00\x00\x00\x00\x30"), make([]byte, 36)...)
	body := `<style>@font-face { font-family: x; src: url(fonts/a.woff2), url(fonts/b.ttf) } </style>`
	runLint(t, []lintCase{
		{name: "unused", files: map[string]string{
			"partials/a.hbs": "", "styles/a.css": "", "assets/a.png": pngOf(t, 1, 1), "fonts/a.ttf": string(goregular.TTF),
			"fonts/OFL.txt": "", "README.md": "", "other.hbs": "",
		}, want: []string{
			"assets/a.png: warning: nothing uses this file", "fonts/a.ttf: warning: nothing uses", "other.hbs: warning: not the entry",
			"partials/a.hbs: warning: no template calls this partial", "styles/a.css: warning: nothing links"}},
		{name: "broken fonts", body: body, files: map[string]string{"fonts/a.woff2": "wOF2 but short", "fonts/b.ttf": "\x00\x01\x00\x00xx"}, want: []string{
			"fonts/a.woff2: error: the font is broken", "fonts/b.ttf: error: the font is broken"}},
		{name: "font that is cut", body: body, files: map[string]string{"fonts/a.woff2": string(woff2[:47]) + "xxxx", "fonts/b.ttf": ""}, want: []string{
			"fonts/a.woff2: error: the font is broken (it says 48 bytes and has 51)", "fonts/b.ttf: error: the font is broken"}},
		{name: "font that must not be embedded", body: body, files: map[string]string{"fonts/a.woff2": "", "fonts/b.ttf": strings.Replace(string(goregular.TTF), "OS/2", "OS/3", 1)}, want: []string{
			"fonts/a.woff2: error: the font is broken", "fonts/b.ttf: error: the font has no table OS/2, which says whether it may be embedded"}},
		{name: "drawing that loads", body: `<img src="assets/a.svg" alt="">`, files: map[string]string{
			"assets/a.svg": "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"http://x\"/><script>x</script></svg>",
		}, want: []string{
			`assets/a.svg:2:54: error: "http://x" is outside`, "assets/a.svg:2:65: error: <script> in a drawing"}},
		{name: "drawing that is no XML", body: `<img src="assets/a.svg" alt="">`, files: map[string]string{"assets/a.svg": "<svg>\n<g></svg>"}, want: []string{
			"assets/a.svg:2:10: error: the drawing is broken ("}},
		{name: "unknown contract", files: map[string]string{settingsFile: "name: t\nversion: 1\ncontract: batch-recrod/1\n"}, want: []string{
			"template.yaml:3:11: error: contract"}},
	})
}

func TestLintSamples(t *testing.T) {
	c, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	good := string(c.Example())
	lint := func(doc, sample string) []string {
		b := mustOpen(t, map[string]string{defaultEntry: bodyStart + doc + "{{#each signatures}}{{signature this}}{{/each}}" + bodyEnd, "samples/a.json": sample})
		var out []string
		for _, f := range Lint(b) {
			out = append(out, f.String())
		}
		return out
	}
	wantFindings(t, lint("{{record.id}}", good))
	wantFindings(t, lint("{{record.idd}}\n{{fixed record.id}}", good),
		"document.hbs:2:3: error: record.idd is not in the contract", "document.hbs:3:3: error: fixed needs digits= and mode=")
	wantFindings(t, lint("{{record.id}}", "{\n\"a\":1,\n\"a\":2}"), "samples/a.json:3:1: error: the key stands twice")
	wantFindings(t, lint("{{record.id}}", strings.Replace(good, `"record"`, `"recrod"`, 1)), "samples/a.json: error: /", "samples/a.json: error: /", "samples/a.json: error: /recrod")
	wantFindings(t, lint(`{{fixed record.id digits=1 mode="halfUp"}}`, good), "document.hbs:2:1: error: filled with samples/a.json: fixed: ")
}

func TestLintFollowsPartialsWithinBounds(t *testing.T) {
	files := map[string]string{}
	for i := range 30 {
		files[fmt.Sprintf("partials/p%d.hbs", i)] = fmt.Sprintf("{{> p%d a%[2]d=1}}{{> p%[1]d b%[2]d=1}}", i+1, i)
	}
	files["partials/p30.hbs"] = "x"
	wantFindings(t, lintBody(t, "{{> p0}}", files), "document.hbs: warning: the partials call each other in so many different ways")
}

func TestLintIsBounded(t *testing.T) {
	got := Lint(mustOpen(t, map[string]string{defaultEntry: strings.Repeat("{{record.nope}}\n", 10000)}))
	if len(got) != maxFindings {
		t.Errorf("%d findings, want %d", len(got), maxFindings)
	}
}
