package chrome_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

var whatVaries = regexp.MustCompile(`D:\d{14}\+00'00'|node\d{8}`)

// A document that is hidden until it is printed gives the same bytes as the same
// document laid out first, whatever it loads. The word url( keeps it from being hidden.
func TestHiddenPrintsTheSame(t *testing.T) {
	p := open(t, chrome.Config{Browsers: 1})
	const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle r="20" cx="20" cy="20"/></svg>`
	body := `<h1>One</h1><img src="a.png" alt="a"><img src="a.png" alt="b" loading="lazy" style="width:3cm"><img src="b.svg" alt="c">
<svg width="60" height="60" role="img" aria-label="d"><image href="a.png" width="60" height="60"/></svg>
<table><thead><tr><th scope="col">x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><ul><li>one</li></ul>
<p style="break-before:page;font-size:calc(1vw + 10px)">two</p><p style="columns:2">` + string(bytes.Repeat([]byte("text in columns "), 80)) + `</p>`
	print := func(comment string) []byte {
		pdf, err := p.Print(t.Context(), platen.Markup{
			HTML:  []byte(`<!DOCTYPE html><html lang="en"><head><title>t</title><style>@page{size:A5;margin:2cm} @media print{h1{color:#136}} @media screen{h1{color:red}}</style></head><body>` + comment + body),
			Files: map[string][]byte{"a.png": picture(t), "b.svg": []byte(drawing)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return whatVaries.ReplaceAll(pdf, nil)
	}
	for range 2 { // a tab goes from one to the other and back
		if hidden, shown := print("<!-- a -->"), print(`<!-- url( -->`); !bytes.Equal(hidden, shown) {
			t.Fatalf("hidden: %d bytes, shown: %d bytes, and they differ", len(hidden), len(shown))
		}
	}
}

func TestStylesNameFiles(t *testing.T) {
	for html, want := range map[string]bool{
		`<p style="color:red">a (b)</p>`:             false,
		`<style>p::before{content:"\00b7"}</style>`:  false,
		`<style>p::before{content:"\"\22 "}</style>`: false,
		`<p style="background:url(a.png)">`:          true,
		`<p style="background:URL( a.png)">`:         true,
		`<p style="background:\75rl(a.png)">`:        true,
		`<p style="background:\000075 rl(a.png)">`:   true,
		`<p style="background:u\rl(a.png)">`:         true,
		`<p style="background:url\28 a.png)">`:       true,
		`<style>@import "a.css";</style>`:            true,
		`<style>@\69mport "a.css";</style>`:          true,
		`<p style="background:image-set('a' 1x)">`:   true,
		`<circle fill="url(#a)"/>`:                   true,
		`\`:                                          false,
	} {
		if got := chrome.StylesNameFiles(platen.Markup{HTML: []byte(html)}); got != want {
			t.Errorf("%s: got %v", html, got)
		}
	}
	if !chrome.StylesNameFiles(platen.Markup{Files: map[string][]byte{"styles/a.css": []byte("p{background:url(x.png)}")}}) {
		t.Error("a sheet that names a file")
	}
}
