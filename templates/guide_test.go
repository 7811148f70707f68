package templates

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"github.com/dicode/platen/contract"
)

// forbidden is a font that says that nobody may embed it (OS/2 fsType 2).
func forbidden() string {
	font := slices.Clone(goregular.TTF)
	for i := 12; i < 12+16*int(font[5]); i += 16 {
		if string(font[i:i+4]) == "OS/2" {
			at := int(font[i+8])<<24 | int(font[i+9])<<16 | int(font[i+10])<<8 | int(font[i+11])
			font[at+9] = 2
		}
	}
	return string(font)
}

// mistakes are bodies and files of which lint says what the guide's table says.
var mistakes = []lintCase{
	{body: "{{batch.numbr}}"},
	{body: "{{#each materials}}{{batch.number}}{{/each}}"},
	{body: "{{> row}}", files: partials("row", "{{../batch.number}}")},
	{body: "{{product.gtin}}"},
	{body: "{{#with batch.size}}{{unit}}{{/with}}"},
	{body: "{{ubper record.id}}"},
	{body: "{{fixed batch.size.value}}"},
	{body: "{{materials}}"},
	{body: `{{#if (eq record.status "aproved")}}x{{/if}}`},
	{body: `{{#if (eq batch.number 5)}}x{{/if}}`},
	{body: "{{{record.id}}}"},
	{body: "<style>p { color: {{record.id}}; }</style>"},
	{body: `<p style="color:{{record.id}}">a</p>`},
	{body: `<p title="{{cssString record.id}}">a</p>`},
	{body: `<p title={{record.id}}>a</p>`},
	{body: `<img src="https://example.com/x.png" alt="">`},
	{body: `<img src="assets/logo.png" alt="">`},
	{body: `<style>@font-face { font-family: a; src: url(fonts/a.woff2); }</style>`, files: map[string]string{"fonts/a.woff2": "woof"}},
	{body: `<style>@font-face { font-family: a; src: url(fonts/a.ttf); }</style>`, files: map[string]string{"fonts/a.ttf": forbidden()}},
	{body: `{{text "disclaimer"}}`},
	{body: "<style>p { color: red;</style>"},
	{body: "<script>1</script>"},
	{body: "<table><tr><th>a</th></tr></table>"},
	{files: partials("unused", "x")},
}

// Each message in the guide's table is one that lint gives.
func TestGuideOfMessages(t *testing.T) {
	src, err := os.ReadFile("../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(src), "\n## What lint reports\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var said strings.Builder
	for _, m := range mistakes {
		for _, finding := range lintBody(t, m.body, m.files) {
			said.WriteString(finding + "\n")
		}
	}
	c, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	whole := pngOf(t, 9, 9)
	record := string(c.Example())
	for _, files := range []map[string]string{
		{defaultEntry: bodyStart + `<img src="assets/a.png" alt="">` + bodyEnd, "assets/a.png": whole[:len(whole)-20]},
		{defaultEntry: bodyStart + "{{batch.campaign}}" + bodyEnd, "samples/tablet.json": record},
		{defaultEntry: bodyStart + bodyEnd, "samples/tablet.json": strings.Replace(record, `"number": "BS26C017", `, "", 1)},
	} {
		for _, f := range Lint(mustOpen(t, files)) {
			said.WriteString(f.String() + "\n")
		}
	}
	rows := 0
	for _, m := range regexp.MustCompile("(?m)^\\| `(.+?)` \\|").FindAllStringSubmatch(section, -1) {
		rows++
		for part := range strings.SplitSeq(m[1], "…") {
			if part = strings.TrimSpace(part); !strings.Contains(said.String(), part) {
				t.Errorf("lint does not say %q of %q", part, m[1])
			}
		}
	}
	if rows < 25 {
		t.Errorf("the table has %d messages", rows)
	}
	if t.Failed() {
		t.Log(said.String())
	}
}
