package templates

import "bytes"

// The HTML around mustaches is checked on a copy of the template in which each
// mustache is replaced by as many marks, so that offsets stay what they are.
const (
	markValue   = '\x01' // prints something
	markPartial = '\x02'
	markBlock   = '\f' // prints nothing itself; white space to HTML and CSS
)

// A mustache is one {{…}} of a template.
type mustache struct {
	from, to int // offsets
	mark     byte
	inner    string // without braces, "~", and the sign of its kind
}

// mask returns src with its mustaches replaced by marks, and the mustaches.
func mask(src []byte) ([]byte, []mustache) {
	out := bytes.Clone(src)
	var found []mustache
	for at := 0; at < len(src); {
		i := bytes.Index(src[at:], []byte("{{"))
		if i < 0 {
			break
		}
		from := at + i
		if escaped(src, from) {
			at = from + 2
			continue
		}
		m := scanMustache(src, from)
		found = append(found, m)
		for k := m.from; k < m.to; k++ {
			out[k] = m.mark
		}
		at = m.to
		if isRawBlock(src[from:m.to]) {
			at = rawEnd(src, at)
		}
	}
	return out, found
}

// isRawBlock reports whether a tag opens a raw block, whose text is printed as it is.
func isRawBlock(tag []byte) bool {
	return bytes.HasPrefix(tag, []byte("{{{{")) && !bytes.HasPrefix(tag, []byte("{{{{/"))
}

// rawEnd returns the offset of the tag that closes a raw block, nested ones passed over.
func rawEnd(src []byte, at int) int {
	for level := 1; ; at += 4 {
		i := bytes.Index(src[at:], []byte("{{{{"))
		if i < 0 {
			return len(src)
		}
		at += i
		if !bytes.HasPrefix(src[at:], []byte("{{{{/")) {
			level++
		} else if level--; level == 0 {
			return at
		}
	}
}

// escaped reports whether the mustache at from is written \{{ and so is text.
func escaped(src []byte, from int) bool {
	return from > 0 && src[from-1] == '\\' && (from == 1 || src[from-2] != '\\')
}

func scanMustache(src []byte, from int) mustache {
	at := from
	for at < len(src) && at < from+4 && src[at] == '{' {
		at++
	}
	braces := at - from
	if at < len(src) && src[at] == '~' {
		at++
	}
	if braces == 2 && at < len(src) && src[at] == '{' {
		at, braces = at+1, 3
	}
	inner := at
	switch {
	case bytes.HasPrefix(src[at:], []byte("!--")):
		return mustache{from, commentEnd(src, at+1), markBlock, ""}
	case bytes.HasPrefix(src[at:], []byte("!")):
		return mustache{from, endOf(src, at), markBlock, ""}
	}
	end := closing(src, at)
	m := mustache{from: from, to: min(end+braces, len(src)), mark: markValue}
	text := bytes.Trim(src[inner:end], "~ \t\r\n")
	sign := byte(0)
	if len(text) > 0 {
		sign = text[0]
	}
	switch {
	case sign == '>' && braces == 2 || bytes.HasPrefix(text, []byte("#>")):
		m.mark = markPartial
	case braces == 4 || sign == '#' || sign == '/' || sign == '^' || sign == 0 || isElse(text):
		m.mark = markBlock
	}
	m.inner = string(bytes.TrimLeft(text, "&#>^ \t\r\n"))
	if sign == '&' || braces == 3 {
		m.to = endOf(src, end)
		if braces == 3 && m.to < len(src) && src[m.to] == '}' {
			m.to++
		}
	}
	return m
}

func isElse(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("else"))
	return ok && (len(rest) == 0 || !isWord(rest[0]))
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// closing returns the offset of the braces that close a mustache; braces in
// strings and in [segments] do not.
func closing(src []byte, at int) int {
	for at < len(src) {
		switch c := src[at]; c {
		case '"', '\'':
			at = skipTo(src, at+1, c)
		case '[':
			at = skipTo(src, at+1, ']')
		case '}':
			return at
		default:
			at++
		}
	}
	return len(src)
}

// skipTo returns the offset behind the next end that no backslash precedes.
func skipTo(src []byte, at int, end byte) int {
	for ; at < len(src); at++ {
		switch {
		case src[at] == '\\' && at+1 < len(src) && (src[at+1] == end || end == ']' && src[at+1] == '\\'):
			at++
		case src[at] == end:
			return at + 1
		}
	}
	return len(src)
}

// commentEnd returns the offset behind the --}} or --~}} that comes after at.
func commentEnd(src []byte, at int) int {
	for at < len(src) {
		i := bytes.Index(src[at:], []byte("--"))
		if i < 0 {
			break
		}
		at += i
		rest := bytes.TrimPrefix(src[at+2:], []byte("~"))
		if bytes.HasPrefix(rest, []byte("}}")) {
			return len(src) - len(rest) + 2
		}
		at++
	}
	return len(src)
}

// endOf returns the offset behind the next }} after at.
func endOf(src []byte, at int) int {
	if i := bytes.Index(src[at:], []byte("}}")); i >= 0 {
		return at + i + 2
	}
	return len(src)
}
