package finish

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func svg(inner string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="50">` + inner + `</svg>`)
}

func TestDrawingsThatStandAlone(t *testing.T) {
	for name, inner := range map[string]string{
		"shapes":          `<rect width="9" height="9" fill="#f00"/><!-- http://x url(x) --><text>http://x url(x) @import</text>`,
		"fragments":       `<linearGradient id="g"/><use href="#g"/><use xlink:href=" #g "/><rect fill="url(#g)" style="mask: url( '#m' )"/>`,
		"embedded":        `<image href="data:image/png;base64,AAAA"/><style>@font-face { src: url("data:font/woff2;base64,AAAA") }</style>`,
		"link":            `<a href="https://example.com"><text>x</text></a><a xlink:href="https://example.com"/>`,
		"editor's traces": `<metadata xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:RDF><rdf:li rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></rdf:RDF></metadata>`,
		"style":           `<style type="text/css"><![CDATA[.a { fill: red; content: "http://x" }]]></style>`,
	} {
		if err := checkDrawing(svg(inner)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDrawingsThatFetch(t *testing.T) {
	const refers = "nothing outside it is ever loaded: embed it"
	for _, tt := range []struct{ name, inner, want string }{
		{"href", `<image href="http://example.com/a.png"/>`, refers},
		{"href of another case", `<image HREF="http://example.com/a.png"/>`, refers},
		{"xlink", `<image xlink:href="https://example.com/a.png"/>`, refers},
		{"use", `<use href="other.svg#a"/>`, refers},
		{"relative", `<image href="a.png"/>`, refers},
		{"file", `<image href="file:///etc/passwd"/>`, refers},
		{"no scheme", `<image href="//example.com/a.png"/>`, refers},
		{"empty", `<image href=""/>`, refers},
		{"data that is no picture", `<use href="data:text/html,x"/>`, refers},
		{"src", `<video src="a.mp4"/>`, refers},
		{"srcset", `<img srcset="a.png 1x"/>`, refers},
		{"fill", `<rect fill="url(http://example.com/a.svg#g)"/>`, refers},
		{"filter of another file", `<rect filter="URL( 'a.svg#f' )"/>`, refers},
		{"style attribute", `<rect style="fill: red; background: url(&quot;http://x&quot;)"/>`, refers},
		{"style element", `<style>rect { fill: url(http://x) }</style>`, refers},
		{"style in CDATA", `<style><![CDATA[rect { fill: url(http://x) }]]></style>`, refers},
		{"import", `<style>@Import "http://x/a.css";</style>`, refers},
		{"font", `<style>@font-face { font-family: a; src: url(a.woff2) }</style>`, refers},
		{"image-set", `<style>rect { background: image-set("a.png" 1x) }</style>`, refers},
		{"script", `<script>x</script>`, "<script> in a drawing"},
		{"page within", `<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="data:image/png;base64,AAAA"/></foreignObject>`, "<foreignObject> in a drawing"},
		{"broken", `<g>`, "the drawing is broken"},
		{"entity", `<text>&file;</text>`, "the drawing is broken"},
	} {
		if err := checkDrawing(svg(tt.inner)); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	sheet := []byte(`<?xml-stylesheet href="http://x/a.css"?><svg xmlns="http://www.w3.org/2000/svg"/>`)
	if err := checkDrawing(sheet); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "style sheet in another file") {
		t.Errorf("style sheet: got %v", err)
	}
}
