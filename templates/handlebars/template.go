package handlebars

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A Template is a parsed template. It never changes, so any number of
// goroutines may execute it.
type Template struct {
	name    string
	program *Program
}

// Name returns the name that Parse was given, the file of every position.
func (t *Template) Name() string { return t.name }

// Program returns the syntax tree, which must not be changed.
func (t *Template) Program() *Program { return t.program }

// Parse reads a template. The name stands in errors and in positions. A byte
// order mark is dropped; lines may end in LF or CRLF. Every error is an *Error
// and Invalid.
func Parse(name string, src []byte, limits Limits) (*Template, error) {
	limits = limits.orDefault()
	if len(src) > limits.Source {
		return nil, newError(name, Pos{1, 1}, fmt.Sprintf("the template has %d bytes, the limit is %d: move parts of it into partials", len(src), limits.Source))
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if err := checkUTF8(name, src); err != nil {
		return nil, err
	}
	p := &parser{lex: lexer{file: name, src: string(src), pos: Pos{1, 1}}, limit: limits.Depth}
	program, err := p.parse()
	if err != nil {
		return nil, err
	}
	return &Template{name: name, program: program}, nil
}

// checkUTF8 refuses what is not UTF-8, and NUL, which HTML cannot hold.
func checkUTF8(name string, src []byte) error {
	if utf8.Valid(src) && bytes.IndexByte(src, 0) < 0 {
		return nil
	}
	pos := Pos{1, 1}
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			return newError(name, pos, fmt.Sprintf("the byte 0x%02X is not UTF-8: save the file as UTF-8", src[0]))
		}
		if r == 0 {
			return newError(name, pos, "the character U+0000 cannot stand in a template: remove it")
		}
		pos.Col++
		if r == '\n' {
			pos = Pos{pos.Line + 1, 1}
		}
		src = src[n:]
	}
	return nil
}
