package chrome

import (
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestInlineSheets(t *testing.T) {
	files := map[string][]byte{
		"a.css": []byte("p { color: red }"), "b.css": []byte("@page { size: A4 }"),
		"url.css": []byte("p { background: URL(x.png) }"), "import.css": []byte("@import 'a.css';"),
		"escape.css": []byte(`p { background: u\72l(x.png) }`), "end.css": []byte("/* </style><script> */"),
		"wide.css": []byte("\xff\xfep\x00{\x00}\x00"), "mark.css": []byte("\ufeff@page { size: A5 }"),
	}
	for _, c := range []struct{ name, in, want string }{
		{"two, in their order", `<head><link rel="stylesheet" href="a.css"><title>t</title><link href='b.css' rel=stylesheet /><body>x`,
			`<head><style>p { color: red }</style><title>t</title><style>@page { size: A4 }</style><body>x`},
		{"one in UTF-16", `<link rel="stylesheet" href="wide.css">`, ""},
		{"one with a byte order mark", `<link rel="stylesheet" href="mark.css"><body>`, `<style>@page { size: A5 }</style><body>`},
		{"one that has a url", `<link rel="stylesheet" href="url.css">`, ""},
		{"one that imports", `<link rel="stylesheet" href="import.css">`, ""},
		{"one with an escape", `<link rel="stylesheet" href="escape.css">`, ""},
		{"one that ends the element", `<link rel="stylesheet" href="end.css">`, ""},
		{"one for another medium", `<link rel="stylesheet" href="a.css" media="screen">`, ""},
		{"no stylesheet", `<link rel="icon" href="a.css">`, ""},
		{"no file of the bundle", `<link rel="stylesheet" href="https://example.org/a.css">`, ""},
		{"in a comment", `<!-- <link rel="stylesheet" href="a.css"> -->`, ""},
		{"in a text", `<title><link rel="stylesheet" href="a.css"></title>`, ""},
		{"behind the head", `<body><link rel="stylesheet" href="a.css">`, ""},
	} {
		want := c.want
		if want == "" {
			want = c.in
		}
		html, body := inlineSheets(platen.Markup{HTML: []byte(c.in), Files: files})
		if got := string(html); got != want || body != strings.Index(want, "<body") {
			t.Errorf("%s: got\n%s\nbody at %d, want\n%s", c.name, got, body, want)
		}
	}
}
