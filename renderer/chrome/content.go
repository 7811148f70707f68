package chrome

import "strings"

// countNotdef counts glyph 0 in the strings that a content stream shows. narrow
// names the fonts with one byte a glyph.
func countNotdef(content []byte, narrow map[string]bool) int {
	s := scanner{src: content, width: 2, narrow: narrow}
	for s.pos < len(s.src) {
		s.token()
	}
	return s.count
}

// A scanner goes over the tokens of a content stream (ISO 32000-2 §7.2, §7.8.2).
// Strings within dictionaries are properties of marked content.
type scanner struct {
	src    []byte
	pos    int
	name   []byte // the last name: operand of Tf
	width  int    // bytes of a glyph in the font that is set
	narrow map[string]bool
	nested int // in how many dictionaries
	shown  int // zeros in the strings since the last operator
	count  int
}

func (s *scanner) token() {
	switch c := s.src[s.pos]; {
	case c == '/':
		start := s.pos + 1
		s.pos = start
		for s.pos < len(s.src) && regular[s.src[s.pos]] {
			s.pos++
		}
		s.name = s.src[start:s.pos]
	case c == '(':
		s.literal()
	case c == '<' && s.peek() == '<':
		s.nested++
		s.pos += 2
	case c == '>' && s.peek() == '>':
		s.nested--
		s.pos += 2
	case c == '<':
		s.hex()
	case regular[c]:
		s.word()
	default:
		s.pos++
	}
}

// word reads a number or an operator, which uses up the strings before it.
func (s *scanner) word() {
	start := s.pos
	for s.pos < len(s.src) && regular[s.src[s.pos]] {
		s.pos++
	}
	word := s.src[start:s.pos]
	switch c := word[0]; {
	case c >= '0' && c <= '9', c == '-', c == '.', c == '+':
		return
	}
	switch string(word) {
	case "Tf":
		s.width = 2
		if s.narrow[string(s.name)] {
			s.width = 1
		}
	case "Tj", "TJ", "'", `"`:
		s.count += s.shown
	}
	s.shown = 0
}

func (s *scanner) peek() byte {
	if s.pos+1 < len(s.src) {
		return s.src[s.pos+1]
	}
	return 0
}

// hex reads <0024 0003>.
func (s *scanner) hex() {
	glyphs := glyphs{width: s.width}
	high, half := byte(0), false
	for s.pos++; s.pos < len(s.src) && s.src[s.pos] != '>'; s.pos++ {
		digit, ok := hexDigit(s.src[s.pos])
		switch {
		case !ok:
		case half:
			glyphs.add(high<<4 | digit)
			half = false
		default:
			high, half = digit, true
		}
	}
	if half {
		glyphs.add(high << 4)
	}
	s.pos++
	s.end(glyphs)
}

// literal reads (text), with escapes and balanced parentheses.
func (s *scanner) literal() {
	glyphs := glyphs{width: s.width}
	depth := 1
	for s.pos++; s.pos < len(s.src); s.pos++ {
		c := s.src[s.pos]
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case '\\':
			if c, ok := s.escape(); ok {
				glyphs.add(c)
			}
			continue
		}
		if depth == 0 {
			break
		}
		glyphs.add(c)
	}
	s.pos++
	s.end(glyphs)
}

// escape reads what follows a backslash; ok is false for a line that goes on.
func (s *scanner) escape() (c byte, ok bool) {
	s.pos++
	if s.pos >= len(s.src) {
		return 0, false
	}
	switch c := s.src[s.pos]; c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case '\n', '\r':
		return 0, false
	default:
		if c < '0' || c > '7' {
			return c, true
		}
	}
	value := 0
	for digits := 0; digits < 3 && s.pos < len(s.src) && s.src[s.pos] >= '0' && s.src[s.pos] <= '7'; digits++ {
		value = value<<3 | int(s.src[s.pos]-'0')
		s.pos++
	}
	s.pos--
	return byte(value), true
}

func (s *scanner) end(g glyphs) {
	if s.nested == 0 {
		s.shown += g.zeros
	}
}

// glyphs counts the zeros among the glyph numbers of one string.
type glyphs struct {
	width, zeros int
	seen         int
	value        byte // of the bytes of the glyph so far, by OR
}

func (g *glyphs) add(b byte) {
	g.value |= b
	if g.seen++; g.seen%g.width == 0 {
		if g.value == 0 {
			g.zeros++
		}
		g.value = 0
	}
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// regular tells the bytes that make up names, numbers and operators from white
// space and delimiters.
var regular = func() (table [256]bool) {
	for c := range table {
		table[c] = strings.IndexByte("\x00\t\n\f\r ()<>[]{}/%", byte(c)) < 0
	}
	return table
}()
