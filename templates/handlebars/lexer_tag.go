package handlebars

import (
	"strings"
	"unicode/utf8"
)

// inTag reads the next token between "{{" and "}}".
func (l *lexer) inTag() (token, *Error) {
	from := l.at
	l.take(len(l.rest()) - len(trimSpace(l.rest())))
	t := token{pos: l.pos, spaced: l.at > from}
	s := l.rest()
	if s == "" {
		return t, nil
	}
	if k, n := matchClose(s); n > 0 {
		t.kind, t.right = k, strings.Contains(s[:n], "~")
		l.take(n)
		l.tag = false
		return t, nil
	}
	switch c := s[0]; c {
	case '(', ')', '=', '@', '|', '/':
		t.kind, t.text = punctuation[c], l.take(1)
		return t, nil
	case '.':
		return l.dots(t, s)
	case '"', '\'':
		return l.quoted(t, s)
	case '[':
		return l.bracketed(t, s)
	}
	if n := matchParams(s); n > 0 {
		t.kind = tokOpenParams
		l.take(n)
		return t, nil
	}
	return l.word(t, s)
}

var punctuation = map[byte]kind{
	'(': tokOpenParen, ')': tokCloseParen, '=': tokEquals, '@': tokData, '|': tokPipe, '/': tokSep,
}

func matchClose(s string) (kind, int) {
	switch {
	case strings.HasPrefix(s, "}}}}"):
		return tokCloseRaw, 4
	case strings.HasPrefix(s, "}~}}"):
		return tokCloseUnescaped, 4
	case strings.HasPrefix(s, "}}}"):
		return tokCloseUnescaped, 3
	case strings.HasPrefix(s, "~}}"):
		return tokClose, 3
	case strings.HasPrefix(s, "}}"):
		return tokClose, 2
	default:
		return 0, 0
	}
}

// matchParams recognises "as |".
func matchParams(s string) int {
	rest, ok := strings.CutPrefix(s, "as")
	trimmed := trimSpace(rest)
	if !ok || len(trimmed) == len(rest) || !strings.HasPrefix(trimmed, "|") {
		return 0
	}
	return len(s) - len(trimmed) + 1
}

// dots reads "..", "." as a name, or the "." between names.
func (l *lexer) dots(t token, s string) (token, *Error) {
	t.kind = tokID
	switch {
	case strings.HasPrefix(s, ".."):
		t.text = l.take(2)
	case endsName(s[1:]):
		t.text = l.take(1)
	default:
		t.kind, t.text = tokSep, l.take(1)
	}
	return t, nil
}

// endsName tells whether a name may end before s.
func endsName(s string) bool {
	if s == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return isSpace(r) || strings.ContainsRune("=~}/.)]|", r)
}

func (l *lexer) quoted(t token, s string) (token, *Error) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			t.kind = tokString
			t.text = strings.ReplaceAll(s[1:i], `\`+string(quote), string(quote))
			l.take(i + 1)
			return t, nil
		}
	}
	return t, l.fail(t.pos, "the string is not closed: %c is missing", quote)
}

// bracketed reads a segment literal: [any text], in which \] and \\ are escapes.
func (l *lexer) bracketed(t token, s string) (token, *Error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == ']' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == ']':
			t.kind, t.text, t.bracketed = tokID, b.String(), true
			l.take(i + 1)
			return t, nil
		default:
			b.WriteByte(s[i])
		}
	}
	return t, l.fail(t.pos, "the segment is not closed: ] is missing")
}

// notInName are the characters that a name cannot hold, besides white space.
const notInName = "!\"#%&'()*+,./;<=>@[\\]^`{|}~"

func (l *lexer) word(t token, s string) (token, *Error) {
	n := strings.IndexFunc(s, func(r rune) bool { return isSpace(r) || strings.ContainsRune(notInName, r) })
	if n < 0 {
		n = len(s)
	}
	if size := matchNumber(s); size >= n && size > 0 && endsLiteral(s[size:]) {
		t.kind, t.text = tokNumber, l.take(size)
		return t, nil
	}
	if n == 0 || !endsName(s[n:]) {
		r, _ := utf8.DecodeRuneInString(s[n:])
		l.take(n)
		return t, l.fail(l.pos, "%q cannot stand here: close the tag with }}, or write a name that holds it as [name]", r)
	}
	t.kind, t.text = tokID, l.take(n)
	switch t.text {
	case "true", "false", "null", "undefined":
		if endsLiteral(s[n:]) {
			t.kind = tokWord
		}
	}
	return t, nil
}

// endsLiteral tells whether a number or word literal may end before s.
func endsLiteral(s string) bool {
	if s == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return isSpace(r) || strings.ContainsRune("~})]", r)
}

// matchNumber returns the length of the number literal at the start of s.
func matchNumber(s string) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if strings.HasPrefix(s, "-") {
		i = 1
	}
	if !digits() {
		return 0
	}
	end := i
	if i < len(s) && s[i] == '.' {
		i++
		if digits() {
			return i
		}
	}
	return end
}
