package chrome

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/dicode/platen"
)

// inlineSheets returns the document with its stylesheets inside, because
// the browser waits a few milliseconds for each that it has to ask for. A sheet
// that refers to other files stays a file, and so does all behind the head. body
// is where the tag <body> begins, -1 if there is none.
func inlineSheets(m platen.Markup) (out []byte, body int) {
	body = -1
	copied, at := 0, 0
	z := html.NewTokenizer(bytes.NewReader(m.HTML))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		start := at
		at += len(z.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		if string(name) == "body" {
			body = start
			break
		}
		if string(name) != "link" || !more {
			continue
		}
		if sheet, ok := plainSheet(z, m.Files); ok {
			out = append(out, m.HTML[copied:start]...)
			out = append(out, "<style>"...)
			out = append(out, sheet...)
			out = append(out, "</style>"...)
			copied = at
		}
	}
	if body >= 0 {
		body += len(out) - copied
	}
	return append(out, m.HTML[copied:]...), body
}

// plainSheet returns the stylesheet that a link with nothing but rel and href
// names, if it refers to no other file: without its byte order mark, which within a
// document would be part of the first selector.
func plainSheet(z *html.Tokenizer, files map[string][]byte) ([]byte, bool) {
	var rel, href string
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "rel":
			rel = string(value)
		case "href":
			href = string(value)
		default:
			return nil, false
		}
	}
	sheet, own := files[href]
	if rel != "stylesheet" || !own || !utf8.Valid(sheet) || refers(sheet) {
		return nil, false
	}
	return bytes.TrimPrefix(sheet, []byte("\ufeff")), true
}

// refers reports whether a stylesheet may mean something else inside the document
// than in a file of its own: it may name other files, relative to itself, or hold
// what ends a <style> element. An escape could spell any of these.
func refers(sheet []byte) bool {
	lower := bytes.ToLower(sheet)
	for _, sign := range []string{"url", "image-set", "@import", "@charset", "\\", "</", "<!--"} {
		if bytes.Contains(lower, []byte(sign)) {
			return true
		}
	}
	return false
}
