package templates

import (
	"bytes"
	"path"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

func (l *linter) lintStyles() {
	for file := range l.bundle.under(stylesDir) {
		src := l.bundle.files[file]
		if err := checkUTF8(file, src); err != nil {
			l.reportError(file, err)
			continue
		}
		if strings.HasSuffix(file, ".css") {
			l.lintCSS(file, src, 0, path.Dir(file))
		}
	}
}

// lintCSS checks the style rules in src, which stands at an offset of file and
// whose references are relative to folder. Marks of mustaches may stand in it.
func (l *linter) lintCSS(file string, src []byte, offset int, folder string) {
	lex := css.NewLexer(parse.NewInputBytes(bytes.Clone(src)))
	open := []int{} // offsets of braces that are not closed
	wantsURL := ""  // the rule or function in which a string is a reference
	for at := offset; ; {
		kind, text := lex.Next()
		if kind == css.ErrorToken {
			break
		}
		start := at
		at += len(text)
		switch kind {
		case css.URLToken:
			l.reference(file, start, unquoteURL(string(text)), folder)
			wantsURL = ""
		case css.StringToken:
			if wantsURL != "" {
				l.reference(file, start, strings.Trim(string(text), `"'`), folder)
			}
			if wantsURL == "@import" {
				wantsURL = ""
			}
		case css.BadURLToken, css.BadStringToken:
			l.reportAt(file, start, Fault, "the style sheet has an unfinished url or string here: close it")
		case css.AtKeywordToken:
			if strings.EqualFold(string(text), "@import") {
				wantsURL = "@import"
			}
		case css.FunctionToken:
			if f := strings.ToLower(string(text)); f == "image-set(" || f == "-webkit-image-set(" || f == "src(" || f == "url(" {
				wantsURL = f
			}
		case css.RightParenthesisToken, css.SemicolonToken:
			wantsURL = ""
		case css.LeftBraceToken:
			open = append(open, start)
		case css.RightBraceToken:
			if len(open) == 0 {
				l.reportAt(file, start, Fault, "a } without a {: remove it")
				continue
			}
			open = open[:len(open)-1]
		}
	}
	for _, at := range open {
		l.reportAt(file, at, Fault, "a { without a }: the browser would drop the rules after it")
	}
}

// unquoteURL returns what stands in url(…).
func unquoteURL(text string) string {
	_, text, _ = strings.Cut(text, "(")
	return strings.Trim(strings.TrimSpace(strings.TrimSuffix(text, ")")), `"'`)
}

// reference checks one literal reference and notes the file as used.
func (l *linter) reference(file string, at int, ref, folder string) {
	if l.full() {
		return
	}
	if strings.ContainsAny(ref, "\x01\x02\f") {
		l.dynamicReference(file, at, ref, folder)
		return
	}
	target, problem := l.bundle.resolve(ref, folder)
	if problem != "" {
		l.reportAt(file, at, Fault, "%s", problem)
		return
	}
	l.used[target] = true
}

// dynamicReference checks a reference that is computed in part: what it
// starts with must be a place in the bundle, and all files there count as used.
func (l *linter) dynamicReference(file string, at int, ref, folder string) {
	start := ref[:strings.IndexAny(ref, "\x01\x02\f")]
	switch {
	case strings.HasPrefix(start, "#"), strings.HasPrefix(strings.ToLower(start), "data:image/"):
		return
	case strings.HasPrefix(start, "/"), schemeForm.MatchString(start):
		l.reportAt(file, at, Fault, "%s", external(strings.TrimRight(start, ":/")+"…"))
		return
	}
	found := false
	for _, p := range l.bundle.servedPaths() {
		if start != "" && strings.HasPrefix(p, joinPrefix(folder, start)) {
			l.used[p], found = true, true
		}
	}
	if !found {
		l.reportAt(file, at, Warning, `what this refers to cannot be checked: write {{asset "name"}}`)
	}
}

// joinPrefix is path.Join that keeps a "/" at the end.
func joinPrefix(folder, start string) string {
	joined := path.Join(folder, start)
	if strings.HasSuffix(start, "/") {
		joined += "/"
	}
	return joined
}
