package pdf

import "bytes"

// Character classes of ISO 32000-2 §7.2.3.
func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skipSpace returns the first position from at on that is neither white space
// nor within a comment.
func skipSpace(src []byte, at int) int {
	for at < len(src) {
		switch {
		case isSpace(src[at]):
			at++
		case src[at] == '%':
			end := bytes.IndexAny(src[at:], "\r\n")
			if end < 0 {
				return len(src)
			}
			at += end
		default:
			return at
		}
	}
	return at
}

// regularEnd returns the end of the run of regular characters that starts at.
func regularEnd(src []byte, at int) int {
	for at < len(src) && isRegular(src[at]) {
		at++
	}
	return at
}

// natural reads an unsigned decimal of at most max, after white space. ok is
// false, and the position unchanged, where none stands.
func natural(src []byte, at, max int) (n, next int, ok bool) {
	start := skipSpace(src, at)
	end := start
	for end < len(src) && isDigit(src[end]) {
		n = n*10 + int(src[end]-'0')
		if n > max {
			return 0, at, false
		}
		end++
	}
	if end == start || end < len(src) && isRegular(src[end]) {
		return 0, at, false
	}
	return n, end, true
}

// keyword reports whether word stands after white space, and where it ends.
func keyword(src []byte, at int, word string) (next int, ok bool) {
	at = skipSpace(src, at)
	end := at + len(word)
	if end > len(src) || string(src[at:end]) != word {
		return at, false
	}
	return end, true
}

// literalEnd returns the position of the parenthesis that closes a string whose
// text starts at, or -1.
func literalEnd(src []byte, at int) int {
	open := 1
	for ; at < len(src); at++ {
		switch src[at] {
		case '\\':
			at++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return at
			}
		}
	}
	return -1
}

// valueEnd returns where the value that begins at a place ends, without reading
// what it says; ok is false where no value stands or a bracket has no partner.
func valueEnd(src []byte, at int) (end int, ok bool) {
	if end, ok := referenceEnd(src, at); ok {
		return end, true
	}
	open := 0
	for {
		at = skipSpace(src, at)
		if at >= len(src) {
			return at, false
		}
		switch c := src[at]; {
		case c == '[', c == '<' && at+1 < len(src) && src[at+1] == '<':
			open++
			at += bracket(c)
		case c == ']', c == '>' && at+1 < len(src) && src[at+1] == '>':
			open--
			at += bracket(c)
		case c == '(':
			if at = literalEnd(src, at+1) + 1; at == 0 {
				return len(src), false
			}
		case c == '<':
			n := bytes.IndexByte(src[at:], '>')
			if n < 0 {
				return len(src), false
			}
			at += n + 1
		case c == '/' || isRegular(c):
			at = regularEnd(src, at+1)
		default:
			return at, false
		}
		if open <= 0 {
			return at, open == 0
		}
	}
}

// referenceEnd returns where the reference that begins at a place ends, if one does.
func referenceEnd(src []byte, at int) (end int, ok bool) {
	for range 2 {
		if _, at, ok = natural(src, at, maxNumber); !ok {
			return at, false
		}
	}
	end, ok = keyword(src, at, "R")
	return end, ok && regularEnd(src, end) == end
}

// bracket returns the length of the bracket that begins with c.
func bracket(c byte) int {
	if c == '[' || c == ']' {
		return 1
	}
	return 2
}
