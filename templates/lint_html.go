package templates

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/dicode/platen/templates/handlebars"
	"golang.org/x/net/html"
)

// A page is the check of one HTML file: a template with its mustaches masked,
// or a drawing.
type page struct {
	*linter
	file      string
	src       []byte
	folder    string     // that references are relative to
	mustaches []mustache // in order
	drawing   bool       // an SVG file

	tables []table // open ones
	end    int     // offset behind the current token
}

// A table is what has been seen of one.
type table struct {
	at      int
	heads   bool
	unknown bool // a partial prints some of it
}

// lintPages checks the HTML of all templates, and of the document as a whole.
func (l *linter) lintPages() {
	seen := map[string]bool{}
	for file := range l.bundle.All() {
		if l.programs[file] == nil {
			continue
		}
		p := &page{linter: l, file: file, src: l.bundle.files[file]}
		p.passedOn(l.programs[file])
		masked, mustaches := mask(p.src)
		p.mustaches = mustaches
		for _, name := range p.lint(masked) {
			seen[name] = true
		}
	}
	entry := l.bundle.settings.Entry
	for _, want := range []struct{ name, msg string }{
		{"!doctype", "no template starts with <!DOCTYPE html>: without it browsers lay out by the rules of the nineties"},
		{"html", `no template has an <html lang="…">: add it, readers and hyphenation need the language`},
		{"title", "no template has a <title>: add it, it becomes the title of the PDF"},
	} {
		if !seen[want.name] && l.programs[entry] != nil {
			l.report(entry, 1, 1, Warning, "%s", want.msg)
		}
	}
}

// lint walks the tokens of the masked source and returns the names of the
// elements that start in it.
func (p *page) lint(masked []byte) []string {
	var names []string
	z := html.NewTokenizer(bytes.NewReader(masked))
	z.SetMaxBuf(0)
	raw := "" // the element whose text is not HTML: style or script
	for at := 0; ; at = p.end {
		kind := z.Next()
		if kind == html.ErrorToken {
			if len(bytes.TrimSpace(masked[at:])) > 0 {
				p.reportAt(p.file, at, Fault, "this tag or comment does not end: a quote or a > is missing")
			}
			break
		}
		token := masked[at : at+len(z.Raw())]
		p.end = at + len(token)
		switch kind {
		case html.DoctypeToken:
			names = append(names, "!doctype")
		case html.StartTagToken, html.SelfClosingTagToken:
			e := scanElement(token, at)
			names = append(names, e.name)
			p.element(e)
			raw = e.name
			continue
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == "table" {
				p.closeTable()
			}
		case html.TextToken:
			p.text(raw, token, at)
		}
		raw = ""
	}
	return names
}

// text checks the text in an element.
func (p *page) text(element string, token []byte, at int) {
	switch element {
	case "style":
		p.noPartials(token, at, "a partial inside <style> cannot be checked: link a style sheet, or print values with cssString")
		p.only(at, at+len(token), safeInStyle, "a value inside <style> can change the style: print it with {{cssString …}}")
		p.lintCSS(p.file, bytes.ReplaceAll(token, []byte{markValue}, []byte("x")), at, p.folder)
	case "script":
		p.noPartials(token, at, "a partial inside <script> cannot be checked: put the script into assets/")
		p.only(at, at+len(token), []string{"json"}, "a value inside <script> can change the script: print it with {{json …}}")
	default:
		p.noCSSString(at, at+len(token))
		if bytes.IndexByte(token, markPartial) >= 0 {
			for i := range p.tables {
				p.tables[i].unknown = true
			}
		}
	}
}

// between returns the mustaches that start between two offsets.
func (p *page) between(from, to int) []mustache {
	first := sort.Search(len(p.mustaches), func(i int) bool { return p.mustaches[i].from >= from })
	n := sort.Search(len(p.mustaches)-first, func(i int) bool { return p.mustaches[first+i].from >= to })
	return p.mustaches[first : first+n]
}

// only reports the values between two offsets that no helper of the list prints.
func (p *page) only(from, to int, helpers []string, msg string) {
	for _, m := range p.between(from, to) {
		if m.mark == markValue && !slices.Contains(helpers, m.helper()) && !m.harmless() {
			p.reportAt(p.file, m.from, Fault, "%s", msg)
		}
	}
}

// noCSSString reports cssString in text, also that of a partial, which may be
// called in an attribute.
func (p *page) noCSSString(from, to int) {
	for _, m := range p.between(from, to) {
		if m.helper() == "cssString" {
			p.reportAt(p.file, m.from, Fault, "cssString writes for style sheets and is wrong in text: use it in a <style> element, and print the value itself here")
		}
	}
}

// passedOn reports cssString as the argument of something else, since its value
// could then be printed anywhere.
func (p *page) passedOn(tpl *handlebars.Template) {
	handlebars.Walk(tpl.Program(), func(n handlebars.Node) bool {
		if e, ok := n.(*handlebars.SubExpr); ok && simpleName(e.Call.Callee) == "cssString" {
			p.report(p.file, e.Pos.Line, e.Pos.Col, Fault, "cssString cannot be passed on: pass the value itself, and write {{cssString …}} in a <style> element")
		}
		return true
	})
}

func (p *page) noPartials(token []byte, at int, msg string) {
	if i := bytes.IndexByte(token, markPartial); i >= 0 {
		p.reportAt(p.file, at+i, Fault, "%s", msg)
	}
}

// helper returns the name of the helper that a mustache calls with arguments,
// or "".
func (m mustache) helper() string {
	words := strings.Fields(m.inner)
	if len(words) < 2 {
		return ""
	}
	return strings.Trim(words[0], "[]")
}

// harmless reports whether a mustache prints only digits and letters: of @digest
// and the numbers of the issue block.
func (m mustache) harmless() bool {
	for _, word := range strings.Fields(m.inner) {
		switch word {
		case "truncate", "@digest", "@issue.copy", "@issue.of":
		default:
			if strings.Trim(word, "0123456789") != "" {
				return false
			}
		}
	}
	return true
}

func (p *page) closeTable() {
	if len(p.tables) == 0 {
		return
	}
	t := p.tables[len(p.tables)-1]
	p.tables = p.tables[:len(p.tables)-1]
	if !t.heads && !t.unknown {
		p.reportAt(p.file, t.at, Warning, `the table has no <th scope="col"> or <th scope="row">: name its columns or rows, readers need them`)
	}
}
