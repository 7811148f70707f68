package chrome_test

import (
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// A trap listens on loopback for TCP and UDP and counts who calls.
type trap struct {
	port  string
	calls atomic.Int32
}

func setTrap(t *testing.T) *trap {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	u, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); u.Close() })
	tr := &trap{port: port}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tr.calls.Add(1)
			c.Close()
		}
	}()
	go func() {
		for b := make([]byte, 1); ; {
			if _, _, err := u.ReadFrom(b); err != nil {
				return
			}
			tr.calls.Add(1)
		}
	}()
	return tr
}

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
}

// silent are the passive attacks that ask for nothing, since scripts are off or
// Chrome gives up the idea before there is a request.
var silent = map[string]bool{
	"inline script": true, "handler": true, "data svg": true,
}

func TestPassiveAttacks(t *testing.T) {
	p := open(t, chrome.Config{Timeout: 10 * time.Second})
	trap := setTrap(t)
	addresses := map[string]string{
		"http": "http://127.0.0.1:" + trap.port + "/evil",
		"file": "file:///etc/passwd", "ws": "ws://127.0.0.1:" + trap.port + "/evil",
	}
	for name, body := range passive {
		for scheme, address := range addresses {
			pdf, err := p.Print(t.Context(), markup(strings.ReplaceAll(body, "URL", address)))
			switch {
			case err == nil && !silent[name]:
				t.Errorf("%s of %s: printed", name, scheme)
			case err != nil && !errors.Is(err, platen.Invalid):
				t.Errorf("%s of %s: %v", name, scheme, err)
			case err == nil:
				if got := text(t, pdf); strings.Contains(got, "root:") || strings.Contains(got, "ran") {
					t.Errorf("%s of %s: reads %q", name, scheme, got)
				}
			}
		}
	}
	if n := trap.calls.Load(); n != 0 {
		t.Errorf("%d connections left the browser", n)
	}
}

// active are ways to reach out that need a script.
var active = map[string]string{
	"fetch":          `fetch("http://URL")`,
	"fetch own":      `fetch("nothing.json")`,
	"xhr":            `const x = new XMLHttpRequest(); x.open("GET", "http://URL"); x.send()`,
	"beacon":         `navigator.sendBeacon("http://URL", "x")`,
	"websocket":      `new WebSocket("ws://URL")`,
	"eventsource":    `new EventSource("http://URL")`,
	"worker":         `new Worker("http://URL")`,
	"blob worker":    `new Worker(URL.createObjectURL(new Blob(['fetch("http://' + 'URL")'])))`,
	"shared worker":  `new SharedWorker("http://URL")`,
	"service worker": `navigator.serviceWorker.register("sw.js")`,
	"import":         `import("http://URL")`,
	"image":          `new Image().src = "http://URL"`,
	"location":       `location = "http://URL"`,
	"file":           `location = "file:///etc/passwd"`,
	"file fetch":     `fetch("file:///etc/passwd")`,
	"iframe":         `const f = document.createElement("iframe"); f.src = "http://URL"; document.body.append(f)`,
	"form":           `const f = document.createElement("form"); f.action = "http://URL"; document.body.append(f); f.submit()`,
	"ping":           `const a = document.createElement("a"); a.href = "#"; a.ping = "http://URL"; document.body.append(a); a.click()`,
	"link":           `const a = document.createElement("a"); a.href = "http://URL"; document.body.append(a); a.click()`,
	"webrtc":         `const c = new RTCPeerConnection({iceServers: [{urls: "stun:URL"}]}); c.createDataChannel("x"); c.createOffer().then(o => c.setLocalDescription(o))`,
	"window.open":    `window.open("http://URL")`,
	"webtransport":   `new WebTransport("https://URL")`,
	"font":           `new FontFace("F", "url(http://URL)").load()`,
}

// quiet are the active attacks that the browser drops without a word. They must
// still reach nobody.
var quiet = map[string]bool{"window.open": true, "worker": true, "shared worker": true, "webrtc": true}

func TestActiveAttacks(t *testing.T) {
	p := open(t, chrome.Config{Timeout: 10 * time.Second})
	trap := setTrap(t)
	for name, script := range active {
		script = strings.ReplaceAll(script, "URL\"", "127.0.0.1:"+trap.port+"/evil\"")
		script = strings.ReplaceAll(script, "URL)", "127.0.0.1:"+trap.port+"/evil)")
		m := markup(`<p id="p">before</p><script>try {` + script + `} catch (e) {}</script>`)
		m.Scripts = true
		_, err := p.Print(t.Context(), m)
		if err == nil && !quiet[name] {
			t.Errorf("%s: printed", name)
		}
		if err != nil && !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := trap.calls.Load(); n != 0 {
		t.Errorf("%d connections left the browser", n)
	}
}
