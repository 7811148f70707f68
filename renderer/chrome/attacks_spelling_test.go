package chrome_test

import (
	"strings"
	"testing"
)

// spellings are ways to write an address of this machine or a file of it. PORT stands for
// the port, HOST for a name, FILE for a path that begins with a slash.
var spellings = []string{
	"http://127.0.0.1:PORT/", "HTTP://127.0.0.1:PORT/", "hTtP://127.0.0.1:PORT/", "http:127.0.0.1:PORT/", `http:\\127.0.0.1:PORT\x`,
	"//127.0.0.1:PORT/", `\\127.0.0.1:PORT\x`, `/\127.0.0.1:PORT/x`, "&#9;http://127.0.0.1:PORT/", "ht&#10;tp://127.0.0.1:PORT/", "https://127.0.0.1:PORT/",
	"http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/", "http://0177.0.0.1:PORT/", "http://017700000001:PORT/", "http://127.1:PORT/",
	"http://127.0.0.1.:PORT/", "http://127.0.0.2:PORT/", "http://127.255.255.254:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/", "http://１２７.0.0.1:PORT/", "http://127。0。0。1:PORT/",
	"http://[::1]:PORT/", "http://[::]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[::127.0.0.1]:PORT/",
	"http://[64:ff9b::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/", "http://[fec0::1]:PORT/",
	"http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://a.localhost:PORT/", "http://ip6-localhost:PORT/", "http://①②⑦.0.0.1:PORT/",
	"http://user:password@127.0.0.1:PORT/", "http://platen.invalid@127.0.0.1:PORT/", `http://platen.invalid\@127.0.0.1:PORT/`, "https://0123456789abcdef0123456789abcdef.platen.invalid@127.0.0.1:PORT/",
	"http://HOST:PORT/", "http://a.HOST.:PORT/", "https://0123456789abcdef0123456789abcdef.platen.invalid.HOST:PORT/", "https://0123456789abcdef0123456789abcdef.platen.invalid:PORT/p.png",
	"https://fedcba9876543210fedcba9876543210.platen.invalid/p.png", "http://0123456789abcdef0123456789abcdef.platen.invalid/p.png",
	"http://169.254.169.254/latest/meta-data/", "ftp://127.0.0.1:PORT/x", "ws://127.0.0.1:PORT/", "wss://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/x", "WS://HOST:PORT/",

	"file:FILE", "file:/FILE", "file://FILE", "file:///FILE", "FILE_SCHEME://FILE", "fILe://FILE", "file://localhostFILE", "file://LOCALHOSTFILE", "file://127.0.0.1FILE", "file://[::1]FILE",
	`file:\\\FILE`, `file:\\localhost\FILE`, "&#9;file://FILE", " file://FILE", "fi&#10;le://FILE", "fi&#9;le://FILE", "file&#58;//FILE", "&#102;ile://FILE", "%66ile://FILE", "file%3A//FILE", "file:%2F%2FFILE",
	"file:///./FILE", "file:///%2e%2e/FILE", "file:///proc/self/rootFILE", "file:///C:/FILE", `\\localhostFILE`, "//localhostFILE", `\FILE`, "FILE", "../../../../../../..FILE", "..%2f..%2f..%2f..FILE", "%2e%2e/%2e%2e/%2e%2eFILE",
	"view-source:file://FILE", "view-source:http://127.0.0.1:PORT/", "filesystem:file://FILE", "filesystem:https://0123456789abcdef0123456789abcdef.platen.invalid/temporary/x", "blob:file://FILE", "blob:null/0123",
	"chrome://version", "CHROME://settings", "chrome-untrusted://print", "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html", "devtools://devtools/bundled/inspector.html", "about:version",
	"javascript:location='file://FILE'", "JavaScript:fetch('http://127.0.0.1:PORT/')", "vbscript:x", "jar:file://FILE!/x", "netdoc://FILE", "content://FILE", "intent://FILE", "res://FILE", "php://filter/resource=FILE",
	"data:text/html,<img src='http://127.0.0.1:PORT/'>", "DATA:text/html;base64,PGlmcmFtZSBzcmM9ZmlsZTovLy9ldGMvcGFzc3dkPg==", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='file://FILE'/></svg>",
	"data:text/css,@import 'http://127.0.0.1:PORT/'", "data:application/xml,<!DOCTYPE a [<!ENTITY e SYSTEM 'file://FILE'>]><a>&e;</a>",
}

// carriers are what an address may stand in. The frame is a whole document.
var carriers = map[string]string{
	"picture":  `<img src="URL">`,
	"style":    `<link rel="stylesheet" href="URL"><style>p { background: url("URL") }</style><p>x</p><svg width="9" height="9"><image width="9" height="9" href="URL"/><use href="URL#a"/></svg>`,
	"elements": `<iframe src="URL"></iframe><object data="URL"></object><embed src="URL">`,
	"refresh":  `<meta http-equiv="refresh" content="0; url=URL">`,
	"frame":    `<!DOCTYPE html><html lang="en"><head><title>x</title></head><frameset><frame src="URL"></frameset></html>`,
}

// However an address or a file is spelled, nothing of it comes. Only what is no address
// at all, or what a document brings in itself, may be printed.
func TestSpellings(t *testing.T) {
	p, trap := openUnshared(t), setTrap(t)
	spell := strings.NewReplacer("FILE_SCHEME", "FILE", "FILE", trap.file, "PORT", trap.port, "HOST", trap.host)
	for _, spelling := range spellings {
		for carrier, body := range carriers {
			m := markup(strings.ReplaceAll(body, "URL", spell.Replace(spelling)))
			if carrier == "frame" {
				m.HTML = []byte(strings.ReplaceAll(body, "URL", spell.Replace(spelling)))
			}
			m.Files = map[string][]byte{"p.png": picture(t)}
			m.FilesDigest = "0123456789abcdef0123456789abcdef"
			harmless(t, p, carrier+" of "+spelling, m, strings.HasPrefix(strings.ToLower(spelling), "data:"))
		}
	}
	p.Close()
	trap.empty()
}
