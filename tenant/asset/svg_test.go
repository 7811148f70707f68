package asset_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant/asset"
)

// drawing puts content into a drawing.
func drawing(content string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">` + content + `</svg>`
}

func TestDrawings(t *testing.T) {
	embedded := "data:image/png;base64," + base64.StdEncoding.EncodeToString(pictures(t)[asset.PNG])
	for _, c := range []struct{ name, in, want string }{
		{"paths", `<path d="M0 0h9z" fill="#14405f" stroke-width="4"/>`, `<path d="M0 0h9z" fill="#14405f" stroke-width="4"/>`},
		{"functions", `<g transform="translate(1 2) rotate(45)" fill="rgb(1,2,3)"/>`, `<g transform="translate(1 2) rotate(45)" fill="rgb(1,2,3)"/>`},
		{"gradients", `<linearGradient id="a"><stop offset="1" stop-color="red"/></linearGradient><rect fill="url(#a)"/>`,
			`<linearGradient id="a"><stop offset="1" stop-color="red"/></linearGradient><rect fill="url(#a)"/>`},
		{"quoted references", `<rect fill="url( '#a' )"/>`, `<rect fill="url( &#39;#a&#39; )"/>`},
		{"a style sheet", `<style>.a>b{fill:url(#a)}</style>`, `<style>.a&gt;b{fill:url(#a)}</style>`},
		{"a style sheet as CDATA", `<style type="text/css"><![CDATA[.a{fill:red}]]></style>`, `<style type="text/css">.a{fill:red}</style>`},
		{"the notes of an editor", `<title>t</title><metadata><rdf:RDF xmlns:rdf="http://rdf"><script/></rdf:RDF></metadata>` +
			`<i:view xmlns:i="http://inkscape"/><g xmlns:i="http://inkscape" i:label="x" data-name="y" version="1.1" xml:space="preserve"/><!-- c -->`, `<g/>`},
		{"uses", `<g id="a"><path d=""/></g><use xlink:href="#a" x="1"/><use href="#a"/>`, `<g id="a"><path d=""/></g><use href="#a" x="1"/><use href="#a"/>`},
		{"pictures", `<image href="` + embedded + `"/>`, `<image href="` + embedded + `"/>`},
		{"what could end an attribute", `<g id="&quot;&gt;&lt;script>"/>`, `<g id="&#34;&gt;&lt;script&gt;"/>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` + c.want + "</svg>\n"
			got, kind, err := asset.Read([]byte("\ufeff<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\">\n" + drawing(c.in)))
			if err != nil || kind != asset.SVG || string(got) != want {
				t.Fatalf("got %s, %v\n%s\nwant\n%s", kind, err, got, want)
			}
			if again, _, err := asset.Read(got); err != nil || string(again) != want {
				t.Errorf("read again it is %v\n%s", err, again)
			}
		})
	}
}

func TestDrawingsThatAreRefused(t *testing.T) {
	nested := `<g id="a0"><path d=""/></g>`
	for i := range 20 {
		nested += fmt.Sprintf(`<g id="a%d"><use href="#a%d"/><use href="#a%d"/></g>`, i+1, i, i)
	}
	for _, c := range []struct{ name, in, want string }{
		{"script", "<g/>\n<script>x</script>", "line 2 of the drawing: it has an element <script>"},
		{"script in a link", `<a href="javascript:x"/>`, "an element <a>"},
		{"script of HTML", `<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>`, "an element <script>"},
		{"element of nobody", `<script xmlns=""/>`, "an element <script>"},
		{"handler", `<g onload="x"/>`, "<g> has an attribute onload"},
		{"page in it", `<foreignObject/>`, "an element <foreignObject>"},
		{"animation", `<animate attributeName="href"/>`, "an element <animate>"},
		{"filter", `<filter id="a"/>`, "an element <filter>"},
		{"text", `<text>ACME</text>`, "convert the text to paths"},
		{"picture elsewhere", `<image href="https://e.example/x.png"/>`, "embed it"},
		{"picture that is none", `<image href="data:image/png;base64,AAAA"/>`, "no PNG or JPEG"},
		{"drawing in it", `<image href="data:image/svg+xml;base64,AAAA"/>`, "embed it"},
		{"use of another file", `<use href="a.svg#a"/>`, "not in the drawing"},
		{"use by another name", `<use xlink:href="//e.example/a.svg#a"/>`, "not in the drawing"},
		{"two references", `<use href="#a" xlink:href="#b"/>`, "the attribute href twice"},
		{"gradient of another file", `<linearGradient href="http://x#a"/>`, "not in the drawing"},
		{"style that loads", `<g style="fill:url(http://x)"/>`, "not in the drawing"},
		{"quoted style that loads", `<g fill="url('http://x')"/>`, "not in the drawing"},
		{"attribute that loads", `<g mask="url(//x)"/>`, "not in the drawing"},
		{"image-set", `<g style="mask:image-set('http://x' 1x)"/>`, "call image-set()"},
		{"src", `<g style="mask:src('http://x')"/>`, "call src()"},
		{"escape", `<g style="fill:u\72l(http://x)"/>`, "a backslash"},
		{"import", `<style>@import "http://x";</style>`, "have @import"},
		{"font", `<style>@font-face{src:url(#a)}</style>`, "have @font-face"},
		{"animated style", `<style>@keyframes a{}</style>`, "have @keyframes"},
		{"markup in a style", `<style>&lt;/style></style>`, "a backslash or <"},
		{"element in a style", `<style><script/></style>`, "an element <script>"},
		{"rules in an attribute", `<g style="}b{x:y"/>`, "a style in it has }"},
		{"reference to itself", `<g id="a"><use href="#a"/></g>`, "without end"},
		{"doubling", nested, "without end, or nearly"},
		{"too deep", strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100), "more than 64 in each other"},
		{"too many", strings.Repeat("<g/>", 60_000), "more than 50000 elements"},
		{"no XML", `<g>`, "it is no XML"},
		{"unknown entity", `&a;`, "it is no XML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := asset.Read([]byte(drawing(c.in))); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, in, want string }{
		{"entities", `<!DOCTYPE svg [<!ENTITY a "b">]>` + drawing(""), "declares entities"},
		{"style sheet in a file", `<?xml-stylesheet href="a.css"?>` + drawing(""), "a style sheet in another file"},
		{"no namespace", `<svg/>`, "want one element <svg"},
		{"two drawings", drawing("") + drawing(""), "want one element <svg"},
		{"only a comment", `<!-- -->`, "it is no XML"},
		{"too large", "<svg " + strings.Repeat(" ", 3<<20), "more than 2 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := asset.Read([]byte(c.in)); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// FuzzDrawing: what is kept is kept again as it is, and has no word by which a browser
// runs or loads something.
func FuzzDrawing(f *testing.F) {
	for _, in := range []string{
		`<path d="M0 0"/>`, `<style>.a{fill:url(#a)}</style>`, `<g onload="x"/>`, `<use xlink:href="#a"/>`, `<image href="data:image/png;base64,AAAA"/>`,
		`<g fill="url( &quot;#a&quot;)"/>`, `<g id="&lt;script>"/>`, `<g style="fill:/**/url(#a)"/>`, `<h:b xmlns:h="urn:x"><script/></h:b>`,
	} {
		f.Add([]byte(drawing(in)))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		kept, kind, err := asset.Read(in)
		if err != nil || kind != asset.SVG {
			return
		}
		again, _, err := asset.Read(kept)
		if err != nil || string(again) != string(kept) {
			t.Errorf("read again it is %v\n%s\nbefore it was\n%s", err, again, kept)
		}
		for _, word := range []string{"<script", "<foreignObject", "<!", "<?"} {
			if strings.Contains(string(kept), word) {
				t.Errorf("it has %s\n%s", word, kept)
			}
		}
	})
}
