package chrome_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// picture is a PNG of one colour, whose size makes it hard to draw by chance.
func picture(t *testing.T) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 * 40 {
		m.Set(i%40, i/40, color.RGBA{uint8(i), uint8(i / 7), 90, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// font reads an installed font.
func font(t *testing.T) []byte {
	b, err := os.ReadFile("/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDefects(t *testing.T) {
	p := open(t, chrome.Config{Timeout: 20 * time.Second, MaxDataBytes: 2000})
	png := picture(t)
	big := strings.Repeat("A", 3000)
	for _, tt := range []struct {
		name, body string
		files      map[string][]byte
		want       []string
	}{
		{"missing files", `<link rel="stylesheet" href="styles/a.css"><img src="b%20c.png"><style>p{background:url(d.png)}</style><p>x`, nil,
			[]string{"missing file styles/a.css", "missing file b c.png", "missing file d.png"}},
		{"missing in a margin", `<style>@page{@top-left{content:url(e.png)}}</style>x`, nil, []string{"missing file e.png"}},
		{"unknown image type", `<img src="a.bmp">`, map[string][]byte{"a.bmp": []byte("BM")}, []string{"broken image a.bmp: its type is not known"}},
		{"traversal", `<img src="../../etc/passwd">`, nil, []string{"missing file etc/passwd"}},
		{"broken image", `<img src="a.png">`, map[string][]byte{"a.png": []byte("no picture")}, []string{"broken image a.png"}},
		{"broken data image", `<img src="data:image/png;base64,AAAA">`, nil, []string{"broken image data:image/png"}},
		{"truncated image", `<img src="a.png">`, map[string][]byte{"a.png": png[:len(png)/2]}, []string{"broken image a.png"}},
		{"broken background", `<p style="background: url(a.png)">x`, map[string][]byte{"a.png": []byte("no picture")}, []string{"broken image a.png"}},
		{"broken svg image", `<svg><image href="a.png" width="9" height="9"/></svg>`, map[string][]byte{"a.png": png[:len(png)/2]}, []string{"broken image a.png"}},
		{"broken svg", `<img src="a.svg">`, map[string][]byte{"a.svg": []byte("<svg xmlns='http://www.w3.org/2000/svg'><g></svg>")}, []string{"broken image a.svg"}},
		{"broken font", `<style>@font-face{font-family:Lab;src:url(f.woff2)} p{font-family:Lab}</style><p>x`, map[string][]byte{"f.woff2": []byte("no font")}, []string{"broken font Lab"}},
		{"broken font in a margin", `<style>@font-face{font-family:Lab;src:url(f.ttf)} @page{@top-left{content:"x";font-family:Lab}}</style><p>x`, map[string][]byte{"f.ttf": font(t)[:9000]}, []string{"broken font Lab"}},
		{"data URL over the limit", `<img src="data:image/png;base64,` + big + `">`, nil, []string{"data URL over the limit in the document"}},
		{"data URL over the limit in CSS", `<link rel="stylesheet" href="a.css">`, map[string][]byte{"a.css": []byte("p{background:url(data:image/png;base64," + big + ")}")}, []string{"data URL over the limit in a.css"}},
		{"script", `<script>document.body.append("x")</script>`, nil, []string{"refused element script"}},
	} {
		m := markup(tt.body)
		m.Files = tt.files
		_, err := p.Print(t.Context(), m)
		var defects *chrome.DocumentError
		if !errors.As(err, &defects) || !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: got %v, want a DocumentError", tt.name, err)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", tt.name, err, want)
			}
		}
	}
}

func TestScriptErrorFails(t *testing.T) {
	p := open(t, chrome.Config{})
	m := markup(`<p id="p"></p><script>document.getElementById("q").textContent = "value"</script>`)
	m.Scripts = true
	if _, err := p.Print(t.Context(), m); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "script error") {
		t.Errorf("got %v", err)
	}
	m = markup(`<p id="p"></p><script>document.getElementById("p").textContent = "value"</script>`)
	m.Scripts = true
	pdf, err := p.Print(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, pdf); !strings.Contains(got, "value") {
		t.Errorf("the PDF reads %q", got)
	}
}

// What a document brings is printed, wherever it stands.
func TestResources(t *testing.T) {
	p := open(t, chrome.Config{})
	m := markup(`<style>@font-face{font-family:Lab;src:url(fonts/f.ttf)} @font-face{font-family:Margin;src:url(fonts/f.ttf)}
		@page{@top-left{content:url(assets/p.png)} @bottom-left{content:"margin";font-family:Margin}} p{font-family:Lab}</style>
		<img loading="lazy" src="assets/p.png"><p style="margin-top:400cm">far</p><img loading="lazy" src="assets/p.png"><a href="#x">to</a><h2 id="x">x</h2><a href="https://lab.example/sop">SOP</a>`)
	m.Files = map[string][]byte{"assets/p.png": picture(t), "fonts/f.ttf": font(t)}
	pdf, err := p.Print(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(pdf, []byte("/Subtype /Image")); n == 0 {
		t.Error("no image in the PDF")
	}
	if !bytes.Contains(pdf, []byte("NotoSerif")) {
		t.Error("the document's font is not in the PDF")
	}
	if !bytes.Contains(pdf, []byte("https://lab.example/sop")) {
		t.Error("a link to elsewhere is gone: it may stand, it is only not loaded")
	}
	if !bytes.Contains(pdf, []byte("/Dest")) {
		t.Error("the link within the document is gone")
	}
}

// A tab is used again, so nothing of one document may be seen in the next.
func TestNothingLeaksIntoTheNextDocument(t *testing.T) {
	p := open(t, chrome.Config{})
	first := markup(`<link rel="stylesheet" href="main.css"><style>@font-face{font-family:Lab;src:url(f.ttf)} p{color:red;font-family:Lab}</style><p id="secret">secret<img src="p.png"></p><form><input name="q" value="secret"></form>`)
	first.Files = map[string][]byte{"main.css": []byte("p::after { content: 'leak' } @page { size: A5; @top-left { content: 'leak' } }"), "f.ttf": font(t), "p.png": picture(t)}
	second := markup(`<p id="x">clean</p><form><input name="q"></form><p style="font-family: Lab, sans-serif">y</p>`)
	alone, err := open(t, chrome.Config{}).Print(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Print(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	after, err := p.Print(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := normal(after), normal(alone); got != want {
		t.Errorf("a document prints otherwise after another: %d and %d bytes", len(got), len(want))
	}

	// A file of the same name is the second document's own, or missing.
	third := markup(`<link rel="stylesheet" href="main.css"><p>third<img src="p.png"></p>`)
	if _, err := p.Print(t.Context(), third); !errors.Is(err, platen.Invalid) {
		t.Errorf("files of the first document served the third: %v", err)
	}
	third = markup(`<link rel="stylesheet" href="main.css"><p>third</p>`)
	third.Files = map[string][]byte{"main.css": []byte("p::after { content: 'mine' }")}
	pdf, err := p.Print(t.Context(), third)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, pdf); !strings.Contains(got, "thirdmine") || strings.Contains(got, "leak") {
		t.Errorf("the PDF reads %q", got)
	}
}

// Scripts may leave state only in a context that ends with the document.
func TestScriptsLeaveNothing(t *testing.T) {
	p := open(t, chrome.Config{})
	leave := markup(`<p>x</p><script>localStorage.a = "leak"; sessionStorage.a = "leak"; document.cookie = "a=leak"; window.name = "leak"; window.leak = 1</script>`)
	look := markup(`<p id="p"></p><script>document.getElementById("p").textContent = "seen:" + localStorage.a + sessionStorage.a + document.cookie + window.name + window.leak</script>`)
	leave.Scripts, look.Scripts = true, true
	if _, err := p.Print(t.Context(), leave); err != nil {
		t.Fatal(err)
	}
	pdf, err := p.Print(t.Context(), look)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, pdf); !strings.Contains(got, "seen:undefinedundefinedundefined") || strings.Contains(got, "leak") {
		t.Errorf("the PDF reads %q", got)
	}
}

// normal removes from a PDF what differs each time: dates and the numbers of tags.
func normal(pdf []byte) string {
	return volatile.ReplaceAllString(string(pdf), "")
}

var volatile = regexp.MustCompile(`\(D:[^)]*\)|node[0-9]{8}`)

func TestInvalidUTF8(t *testing.T) {
	p := open(t, chrome.Config{})
	if _, err := p.Print(t.Context(), platen.Markup{HTML: []byte("<p>\xff")}); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "byte 3") {
		t.Errorf("got %v", err)
	}
	pdf, err := p.Print(t.Context(), platen.Markup{HTML: []byte("\ufeff<!DOCTYPE html><html lang='en'><title>x</title><p>bom")})
	if err != nil || !strings.Contains(text(t, pdf), "bom") {
		t.Errorf("with a byte order mark: %v", err)
	}
}

// Many at once: each gets its own document.
func TestConcurrentPrints(t *testing.T) {
	for _, cfg := range []chrome.Config{{Browsers: 1, TabsPerBrowser: 3}, {Browsers: 2}} {
		p := open(t, cfg)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				m := markup(fmt.Sprintf(`<link rel="stylesheet" href="main.css"><p>Batch %d</p>`, i))
				m.Files = map[string][]byte{"main.css": fmt.Appendf(nil, "p::after { content: ' Lot %d' }", i)}
				m.Scripts = i%4 == 0
				pdf, err := p.Print(t.Context(), m)
				if err != nil {
					t.Error(err)
					return
				}
				if got := strings.TrimSpace(text(t, pdf)); got != fmt.Sprintf("Batch %d Lot %d", i, i) {
					t.Errorf("document %d reads %q", i, got)
				}
			})
		}
		wg.Wait()
	}
}

// The whole browser is accepted where the headless shell is not installed.
func TestWholeBrowser(t *testing.T) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		path = "" // then the other tests have used it, or what there is
	}
	temp, err := os.MkdirTemp("", "c") // a short path, as the browser makes a socket in it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	p := open(t, chrome.Config{Path: path, TempDir: temp})
	defer p.Close()
	pdf, err := p.Print(t.Context(), markup("<p>whole</p>"))
	if err != nil || !strings.Contains(text(t, pdf), "whole") {
		t.Errorf("got %v", err)
	}
	if browser, fonts := p.Engine(); !strings.Contains(browser, "/") || len(fonts) != 64 {
		t.Errorf("the engine is %q, %q", browser, fonts)
	}
}
