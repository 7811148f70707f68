package prove

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	xhtml "golang.org/x/net/html"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// expected is what a filled template wants to be read.
type expected struct {
	tokens []token         // of the body, in its order
	owners []int           // of each token: the print that it is of, or -1
	text   map[int]bool    // prints that are text of the body
	styled map[int]string  // prints that styles show, and what they say
	added  map[string]bool // tokens that styles and attributes may add
	marks  bool            // lists or counters are there, which add numbers and bullets
}

// An expecter walks through a filled template.
type expecter struct {
	expected
	doc    []byte
	prints []handlebars.Print
	next   int // the first print that does not end before the place at hand
}

// expect reads a filled template, whose prints are in the order of their places.
func expect(m platen.Markup, prints []handlebars.Print) expected {
	e := &expecter{doc: m.HTML, prints: prints}
	e.text, e.styled, e.added = map[int]bool{}, map[int]string{}, map[string]bool{}
	e.walk()
	for name, file := range m.Files {
		if strings.HasSuffix(name, ".css") {
			e.style(string(file))
		}
	}
	return e.expected
}

// silent are the elements whose text is not printed.
var silent = map[string]bool{"title": true, "desc": true, "metadata": true, "script": true, "template": true, "noscript": true, "iframe": true, "noembed": true, "noframes": true}

// walk goes through the document once.
func (e *expecter) walk() {
	in, depth := "", 0 // the silent element at hand, and how often it is open
	style := false
	at := 0
	for z := xhtml.NewTokenizer(bytes.NewReader(e.doc)); ; {
		kind := z.Next()
		from := at
		at += len(z.Raw())
		switch kind {
		case xhtml.ErrorToken:
			return
		case xhtml.TextToken:
			switch {
			case style:
				e.rules(from, at)
			case in == "":
				e.body(from, at)
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken, xhtml.EndTagToken:
			t := z.Token()
			opens := kind == xhtml.StartTagToken
			style = t.Data == "style" && opens
			switch {
			case in == "" && silent[t.Data] && opens:
				in, depth = t.Data, 1
			case in == t.Data && opens:
				depth++
			case in == t.Data && kind == xhtml.EndTagToken:
				if depth--; depth == 0 {
					in = ""
				}
			}
			e.element(t)
		}
	}
}

// element notes what the attributes of an element may add, as the value of a field or by attr().
func (e *expecter) element(t xhtml.Token) {
	e.marks = e.marks || t.Data == "li"
	for _, a := range t.Attr {
		if a.Key == "style" {
			e.style(a.Val)
		} else if a.Key == "value" || a.Key == "placeholder" || strings.HasPrefix(a.Key, "data-") || a.Key == "title" {
			e.add(a.Val)
		}
	}
}

// add notes the tokens that may be added.
func (e *expecter) add(text string) {
	for word := range fields(text) {
		for _, t := range split(word) {
			e.added[keyOf(t)] = true
		}
	}
}

// pieces cuts a part of the document at the prints: each piece is of one print, or of none (-1).
func (e *expecter) pieces(from, to int, yield func(piece []byte, print int)) {
	for from < to {
		for e.next < len(e.prints) && e.prints[e.next].To <= from {
			e.next++
		}
		end, print := to, -1
		if e.next < len(e.prints) {
			if p := e.prints[e.next]; p.From > from {
				end = min(end, p.From)
			} else {
				end, print = min(end, p.To), e.next
			}
		}
		yield(e.doc[from:end], print)
		from = end
	}
}

// body reads text that is printed. Each piece is cut for itself, also where a word goes on in the next
// one: whether a gap is between two is for styles to say.
func (e *expecter) body(from, to int) {
	e.pieces(from, to, func(piece []byte, print int) {
		for word := range fields(html.UnescapeString(string(piece))) {
			for _, text := range split(word) {
				e.tokens, e.owners = append(e.tokens, token{text: text}), append(e.owners, print)
				e.text[print] = true
			}
		}
	})
}

// rules reads the content of a style element.
func (e *expecter) rules(from, to int) {
	e.pieces(from, to, func(piece []byte, print int) {
		if text := strings.Join(stringsIn(string(piece)), " "); print >= 0 && text != "" {
			e.styled[print] = text
		}
	})
	e.style(string(e.doc[from:to]))
}

// Counters of pages stand in running heads only.
var (
	pageCounters = regexp.MustCompile(`counter\(\s*pages?\b`)
	counters     = regexp.MustCompile(`counters?\(|list-item`)
)

// style notes what a style sheet may add.
func (e *expecter) style(css string) {
	e.marks = e.marks || counters.MatchString(pageCounters.ReplaceAllString(css, ""))
	for _, text := range stringsIn(css) {
		e.add(text)
	}
}
