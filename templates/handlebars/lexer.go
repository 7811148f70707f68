package handlebars

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexer cuts a template into tokens. Between tags it yields text and comments,
// inside a tag names, literals and punctuation.
type lexer struct {
	file string
	src  string
	at   int // offset of the next token
	pos  Pos // the same as line and column
	tag  bool
	// held is true where text starts with an escaped "{{".
	held bool
}

func (l *lexer) fail(pos Pos, format string, args ...any) *Error {
	return newError(l.file, pos, fmt.Sprintf(format, args...))
}

func (l *lexer) rest() string { return l.src[l.at:] }

// take moves past n bytes and returns them.
func (l *lexer) take(n int) string {
	s := l.src[l.at : l.at+n]
	l.at += n
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		l.pos.Line += strings.Count(s, "\n")
		l.pos.Col = 1 + utf8.RuneCountInString(s[i+1:])
	} else {
		l.pos.Col += utf8.RuneCountInString(s)
	}
	return s
}

func (l *lexer) next() (token, *Error) {
	switch {
	case l.tag:
		return l.inTag()
	case l.at == len(l.src):
		return token{kind: tokEOF, pos: l.pos}, nil
	case !l.held && strings.HasPrefix(l.rest(), "{{"):
		return l.openTag()
	default:
		return l.text(), nil
	}
}

// text reads up to the next tag. "\{{" starts a text that holds the braces;
// "\\{{" is a backslash before a tag. The result can be empty.
func (l *lexer) text() token {
	t := token{kind: tokText, pos: l.pos}
	skip := 0
	if l.held {
		l.held, skip = false, 2
	}
	i := strings.Index(l.rest()[skip:], "{{")
	if i < 0 {
		t.text = l.take(len(l.rest()))
		return t
	}
	t.text = l.take(skip + i)
	switch {
	case skip > 0 && i == 0:
		// "\{{{{": what was held ends where braces follow at once.
	case strings.HasSuffix(t.text[skip:], `\\`):
		t.text = t.text[:len(t.text)-1]
	case strings.HasSuffix(t.text[skip:], `\`):
		t.text = t.text[:len(t.text)-1]
		l.held = true
	}
	return t
}

// openings are the starts of tags after "{{" and "~", the longest first.
var openings = []struct {
	text string
	kind kind
}{
	{"#>", tokOpenPartialBlock}, {"#*", tokOpenDecorator}, {"#", tokOpenBlock}, {"/", tokOpenEnd},
	{">", tokOpenPartial}, {"^", tokOpenInverse}, {"{", tokOpenUnescaped}, {"&", tokOpen},
}

func (l *lexer) openTag() (token, *Error) {
	t := token{kind: tokOpen, pos: l.pos}
	if strings.HasPrefix(l.rest(), "{{{{") {
		return l.openRaw(t)
	}
	n := 2
	if strings.HasPrefix(l.rest()[n:], "~") {
		t.left = true
		n++
	}
	if strings.HasPrefix(l.rest()[n:], "!") {
		return l.comment(t, n)
	}
	if inverse, size, right := matchInverse(l.rest()[n:]); size > 0 {
		t.kind, t.right = inverse, right
		l.tag = inverse == tokElse
		l.take(n + size)
		return t, nil
	}
	for _, o := range openings {
		if strings.HasPrefix(l.rest()[n:], o.text) {
			t.kind, t.text = o.kind, o.text
			n += len(o.text)
			break
		}
	}
	if t.kind == tokOpen && strings.HasPrefix(l.rest()[n:], "*") {
		return t, l.fail(t.pos, "decorators are not supported; {{#*inline \"name\"}} is the only one")
	}
	l.take(n)
	l.tag = true
	return t, nil
}

// matchInverse recognises {{else}}, {{^}} and the start of {{else name after the
// opening braces.
func matchInverse(s string) (k kind, size int, right bool) {
	word, chain := "^", false
	rest := strings.TrimPrefix(s, "^")
	if len(rest) == len(s) {
		var ok bool
		if rest, ok = strings.CutPrefix(trimSpace(s), "else"); !ok {
			return 0, 0, false
		}
		word, chain = "else", true
	}
	after := trimSpace(rest)
	after, right = strings.CutPrefix(after, "~")
	if strings.HasPrefix(after, "}}") {
		return tokInverse, len(s) - len(after) + 2, right
	}
	if word == "else" && chain && (rest == "" || !isWord(rest[0])) {
		return tokElse, len(s) - len(rest), false
	}
	return 0, 0, false
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// comment reads {{! ... }} or {{!-- ... --}}, n bytes of which are seen.
func (l *lexer) comment(t token, n int) (token, *Error) {
	t.kind = tokComment
	body, long := l.rest()[n:], strings.HasPrefix(l.rest()[n:], "!--")
	end, size := -1, 2
	if long {
		for i := 1; end < 0; {
			j := strings.Index(body[i:], "--")
			if j < 0 {
				break
			}
			i += j
			tail := body[i+2:]
			if strings.HasPrefix(tail, "~}}") {
				end, size, t.right = i, 5, true
			} else if strings.HasPrefix(tail, "}}") {
				end, size = i, 4
			}
			i++
		}
	} else if end = strings.Index(body, "}}"); end > 0 && body[end-1] == '~' {
		t.right = true
	}
	if end < 0 {
		want := "}}"
		if long {
			want = "--}}"
		}
		return t, l.fail(t.pos, "the comment is not closed: %s is missing", want)
	}
	l.take(n + end + size)
	return t, nil
}

func (l *lexer) openRaw(t token) (token, *Error) {
	t.kind = tokOpenRaw
	l.take(4)
	l.tag = true
	return t, nil
}

// raw reads the body of a raw block up to its {{{{/name}}}}, nested ones
// included, and the name that closes it.
func (l *lexer) raw(open Pos, name string) (body token, end token, err *Error) {
	body = token{kind: tokText, pos: l.pos}
	level, i, src := 1, 0, l.rest()
	for {
		j := strings.Index(src[i:], "{{{{")
		if j < 0 {
			return body, end, l.fail(open, "the raw block {{{{%s}}}} is not closed: {{{{/%s}}}} is missing", name, name)
		}
		i += j
		if !strings.HasPrefix(src[i:], "{{{{/") {
			level++
			i += 4
			continue
		}
		n := strings.Index(src[i:], "}}}}")
		if n < 0 {
			i += 4
			continue
		}
		level--
		if level == 0 {
			body.text = l.take(i)
			end = token{kind: tokEndRaw, pos: l.pos, text: src[i+5 : i+n]}
			l.take(n + 4)
			return body, end, nil
		}
		i += n + 4
	}
}

// isSpace says what \s matches in JavaScript.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) && r != '\u0085' || r == '\ufeff'
}

func trimSpace(s string) string { return strings.TrimLeftFunc(s, isSpace) }
