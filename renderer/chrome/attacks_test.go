package chrome_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// passive are ways to load something without a script. URL stands for an address.
var passive = map[string]string{
	"img":              `<img src="URL">`,
	"img srcset":       `<img srcset="URL 1x">`,
	"picture":          `<picture><source srcset="URL"><img alt=""></picture>`,
	"input image":      `<input type="image" src="URL">`,
	"stylesheet":       `<link rel="stylesheet" href="URL">`,
	"alternate style":  `<link rel="alternate stylesheet" title="x" href="URL">`,
	"import":           `<style>@import "URL";</style>`,
	"import url":       `<style>@import url(URL) print;</style>`,
	"background":       `<p style="background-image: url(URL)">x</p>`,
	"body background":  `<table background="URL"><tr><td>x</table>`,
	"list image":       `<ul style="list-style-image: url(URL)"><li>x</ul>`,
	"content":          `<style>p::before { content: url(URL) }</style><p>x</p>`,
	"border image":     `<p style="border: 9px solid; border-image-source: url(URL)">x</p>`,
	"mask":             `<p style="mask-image: url(URL)">x</p>`,
	"image-set":        `<p style="background-image: image-set('URL' 1x)">x</p>`,
	"shape":            `<p style="float: left; shape-outside: url(URL)">x</p>`,
	"filter":           `<p style="filter: url(URL#f)">x</p>`,
	"clip path":        `<p style="clip-path: url(URL#f)">x</p>`,
	"font":             `<style>@font-face { font-family: F; src: url(URL) } p { font-family: F }</style><p>x</p>`,
	"margin box":       `<style>@page { @top-left { content: url(URL) } }</style><p>x</p>`,
	"iframe":           `<iframe src="URL"></iframe>`,
	"iframe in srcdoc": `<iframe srcdoc="<img src='URL'>"></iframe>`,
	"embed":            `<embed src="URL">`,
	"embed pdf":        `<embed type="application/pdf" src="URL">`,
	"object":           `<object data="URL"></object>`,
	"object image":     `<object type="image/png" data="URL"></object>`,
	"video":            `<video src="URL" preload="auto" autoplay></video>`,
	"poster":           `<video poster="URL"></video>`,
	"audio":            `<audio src="URL" preload="auto" autoplay></audio>`,
	"track":            `<video><track default src="URL"></video>`,
	"icon":             `<link rel="icon" href="URL">`,
	"prefetch":         `<link rel="prefetch" href="URL">`,
	"preload":          `<link rel="preload" as="image" href="URL">`,
	"modulepreload":    `<link rel="modulepreload" href="URL">`,
	"preconnect":       `<link rel="preconnect" href="URL">`,
	"dns-prefetch":     `<link rel="dns-prefetch" href="URL">`,
	"prerender":        `<link rel="prerender" href="URL">`,
	"manifest":         `<link rel="manifest" href="URL">`,
	"refresh":          `<meta http-equiv="refresh" content="0; url=URL">`,
	"base":             `<base href="URL/"><img src="logo.png">`,
	"csp report":       `<meta http-equiv="Content-Security-Policy" content="img-src 'none'; report-uri URL"><img src="x.png">`,
	"svg use":          `<svg width="9" height="9"><use href="URL#a"/></svg>`,
	"svg xlink":        `<svg width="9" height="9"><image xlink:href="URL" width="9" height="9"/></svg>`,
	"svg feImage":      `<svg width="9" height="9"><filter id="f"><feImage href="URL"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>`,
	"foreignObject":    `<svg width="9" height="9"><foreignObject width="9" height="9"><img src="URL"></foreignObject></svg>`,
	"script":           `<script src="URL"></script>`,
	"inline script":    `<script>new Image().src = "URL"; fetch("URL"); document.write("<h1>ran</h1>")</script>`,
	"handler":          `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onerror="fetch('URL')"><svg onload="fetch('URL')"></svg>`,
	"speculation":      `<script type="speculationrules">{"prefetch":[{"source":"list","urls":["URL"],"eagerness":"immediate"}],"prerender":[{"source":"list","urls":["URL"],"eagerness":"immediate"}]}</script>`,
	"data iframe":      `<iframe src="data:text/html,<img src='URL'><script>fetch('URL')</script>"></iframe>`,
	"data svg":         `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL'/></svg>">`,
	"data in data":     `<iframe src="data:text/html,<iframe src='data:text/html,<img src=URL>'></iframe>"></iframe>`,
	"data css":         `<link rel="stylesheet" href="data:text/css,@import 'URL';p{background:url(URL)}"><p>x</p>`,
	"portal":           `<portal src="URL"></portal>`,
	"fenced frame":     `<fencedframe src="URL"></fencedframe>`,
	"applet":           `<applet archive="URL" codebase="URL"></applet>`,
	"old image":        `<image src="URL">`,
	"shadow root":      `<div><template shadowrootmode="open"><img src="URL"><style>p{background:url(URL)}</style><p>x</p></template></div>`,
	"cursor":           `<p style="cursor: url(URL), auto">x</p>`,
	"cross-fade":       `<p style="background-image: -webkit-cross-fade(url(URL), url(URL), 50%)">x</p>`,
	"custom property":  `<style>p { --u: url(URL); background: var(--u) }</style><p>x</p>`,
	"offset path":      `<p style="offset-path: url(URL#p)">x</p>`,
	"marker":           `<style>li::marker { content: url(URL) }</style><ul><li>x</ul>`,
	"selector":         `<style>p[lang^=e] { background: url(URL) }</style><p lang="en">x</p>`,
	"print rule":       `<style>@media print { p { background: url(URL) } }</style><p>x</p>`,
	"supports rule":    `<style>@supports (display: grid) { @layer a { p { background: url(URL) } } }</style><p>x</p>`,
	"animation":        `<style>@keyframes k { 1% { background-image: url(URL) } } p { animation: k 100ms infinite }</style><p>x</p>`,
	"svg animation":    `<svg width="9" height="9"><image width="9" height="9"><animate attributeName="href" to="URL" begin="0s" dur="100ms" fill="freeze"/></image></svg>`,
	"svg script":       `<svg><script href="URL"></script></svg>`,
	"svg style":        `<svg width="9" height="9"><style>@import "URL";</style><rect width="9" height="9"/></svg>`,
	"svg pattern":      `<svg width="9" height="9"><rect width="9" height="9" fill="url(URL#p)"/></svg>`,
	"late refresh":     `<meta http-equiv="refresh" content="1; url=URL">`,
	"noscript":         `<noscript><img src="URL"></noscript>`,
	"import map":       `<script type="importmap">{"imports":{"a":"URL"}}</script><script type="module">import "a"</script>`,
	"attachment":       `<link rel="attachment" href="URL"><a rel="attachment" href="URL">x</a>`,
	"resource hints":   `<meta http-equiv="x-dns-prefetch-control" content="on"><link rel="dns-prefetch" href="URL"><link rel="preconnect" href="URL" crossorigin>`,
	"form":             `<form action="URL" method="post"><input name="a" value="b" autofocus onfocus="this.form.submit()"><button formaction="URL" autofocus>x</button></form>`,
	"link":             `<a id="a" href="URL" ping="URL" download autofocus>x</a>`,
}

// Attacks that ask for nothing may be printed: what they name is loaded when somebody
// clicks, or Chrome gives up the idea before there is a request. All others are errors.
var (
	printable               = map[string]bool{"data svg": true, "svg animation": true, "form": true, "link": true}
	printableWithoutScripts = map[string]bool{"inline script": true, "handler": true}
	printableWithScripts    = map[string]bool{"noscript": true, "speculation": true}
)

// Requirement: R-05
func TestPassiveAttacks(t *testing.T) {
	p, trap := openUnshared(t), setTrap(t)
	for name, body := range passive {
		for kind, address := range map[string]string{
			"an address": "http://127.0.0.1:" + trap.port + "/evil", "a name": "http://" + trap.host + ":" + trap.port,
			"a file": "file://" + trap.file, "a socket": "ws://127.0.0.1:" + trap.port + "/evil",
		} {
			m := markup(strings.ReplaceAll(body, "URL", address))
			harmless(t, p, name+" of "+kind, m, printable[name] || printableWithoutScripts[name])
		}
	}
	p.Close()
	trap.empty()
}

// The same in documents whose scripts may run.
//
// Requirement: R-05
func TestPassiveAttacksWithScripts(t *testing.T) {
	p, trap := openUnshared(t), setTrap(t)
	for name, body := range passive {
		for kind, address := range map[string]string{"a name": "http://" + trap.host + ":" + trap.port, "a file": "file://" + trap.file} {
			m := markup(strings.ReplaceAll(body, "URL", address))
			m.Scripts = true
			harmless(t, p, name+" of "+kind, m, printable[name] || printableWithScripts[name])
		}
	}
	p.Close()
	trap.empty()
}

// openUnshared opens a pool whose browsers could reach the network: a namespace would
// hide that flags and refusals do not hold.
func openUnshared(t *testing.T) *chrome.Pool {
	t.Helper()
	p := open(t, chrome.Config{Timeout: 20 * time.Second, RecycleAfter: 200})
	chrome.Unshare(p)
	return p
}

// harmless prints a document that attacks. It is refused, or, where it may be printed,
// shows nothing of what it asked for.
func harmless(t *testing.T, p *chrome.Pool, name string, m platen.Markup, mayPrint bool) {
	t.Helper()
	pdf, err := p.Print(t.Context(), m)
	switch {
	case err == nil && !mayPrint:
		t.Errorf("%s: printed", name)
	case err != nil && !errors.Is(err, platen.Invalid):
		t.Errorf("%s: %v", name, err)
	case err == nil:
		if got := text(t, pdf); strings.Contains(got, secret) || strings.Contains(got, "ran") {
			t.Errorf("%s: reads %q", name, got)
		}
	}
}
