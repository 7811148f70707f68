package pdf

import (
	"bytes"
	"iter"
)

// An Operation is one operator of a content stream with its operands (§7.8.2).
type Operation struct {
	Start, End int    // of operands and operator, in the content
	Operator   string // "Tj", "re", "BDC"; "BI" stands for a whole inline image
}

// Operations yields the operations of a content stream in order. What no
// operator follows, at the end, is left out. It reads any bytes without error:
// a content stream says nothing about where it is wrong.
func Operations(content []byte) iter.Seq[Operation] {
	return func(yield func(Operation) bool) {
		s := contentScanner{src: content, start: -1}
		for {
			op, ok := s.next()
			if !ok || !yield(op) {
				return
			}
		}
	}
}

type contentScanner struct {
	src   []byte
	pos   int
	start int // of the operands read so far; -1 if none
}

func (s *contentScanner) next() (op Operation, ok bool) {
	for {
		s.pos = skipSpace(s.src, s.pos)
		if s.pos >= len(s.src) {
			return op, false
		}
		if s.start < 0 {
			s.start = s.pos
		}
		word := s.token()
		if word == "" {
			continue
		}
		if word == "BI" {
			s.pos = inlineImageEnd(s.src, s.pos)
		}
		op = Operation{Start: s.start, End: s.pos, Operator: word}
		s.start = -1
		return op, true
	}
}

// token passes one token and returns it where it is an operator.
func (s *contentScanner) token() string {
	switch c := s.src[s.pos]; {
	case c == '(':
		end := literalEnd(s.src, s.pos+1)
		if end < 0 {
			end = len(s.src) - 1
		}
		s.pos = end + 1
	case c == '/':
		s.pos = regularEnd(s.src, s.pos+1)
	case c == '<' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '<':
		s.pos += 2
	case c == '<':
		end := bytes.IndexByte(s.src[s.pos:], '>')
		if end < 0 {
			end = len(s.src) - s.pos - 1
		}
		s.pos += end + 1
	case isDelimiter(c):
		s.pos++
	default:
		return s.word()
	}
	return ""
}

func (s *contentScanner) word() string {
	start := s.pos
	s.pos = regularEnd(s.src, start)
	switch c := s.src[start]; {
	case isDigit(c), c == '-', c == '.', c == '+':
		return ""
	}
	switch word := s.src[start:s.pos]; string(word) {
	case "true", "false", "null":
		return ""
	default:
		return operatorName(word)
	}
}

// operatorName is string(word) without an allocation for the operators that make
// up most of a page.
func operatorName(word []byte) string {
	for _, common := range [...]string{"Td", "Tj", "TJ", "Tm", "Tf", "BT", "ET", "re", "f", "rg", "RG", "q", "Q", "cm", "gs", "BDC", "EMC", "l", "m", "c", "h", "S", "W", "n"} {
		if string(word) == common {
			return common
		}
	}
	return string(word)
}

// inlineImageEnd returns the place behind the EI of an inline image (§8.9.7)
// whose BI ends at a place.
func inlineImageEnd(src []byte, at int) int {
	s := contentScanner{src: src, pos: at}
	for word := ""; word != "ID"; word = s.token() {
		if s.pos = skipSpace(src, s.pos); s.pos >= len(src) {
			return len(src)
		}
	}
	at = s.pos
	for {
		i := bytes.Index(src[at:], []byte("EI"))
		if i < 0 {
			return len(src)
		}
		before, end := at+i-1, at+i+len("EI")
		if isSpace(src[before]) && endsImage(src, end) {
			return end
		}
		at = end
	}
}

// endsImage reports whether an operator can end here, and content follows it. In
// the data of an image, bytes that are no text are likely to follow an EI.
func endsImage(src []byte, at int) bool {
	if at < len(src) && isRegular(src[at]) {
		return false
	}
	at = skipSpace(src, at)
	for _, c := range src[at:regularEnd(src, at)] {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}
