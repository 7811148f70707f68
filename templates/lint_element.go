package templates

import (
	"bytes"
	"strings"
)

// An element is a start tag.
type element struct {
	name  string // lower case
	at    int    // offset in the file
	attrs []attr
}

// An attr is an attribute of a start tag.
type attr struct {
	name     string // lower case
	value    string // as written: character references are not resolved
	at       int    // offset of the name
	valueAt  int
	unquoted bool
}

func (e element) attr(name string) (attr, bool) {
	for _, a := range e.attrs {
		if a.name == name {
			return a, true
		}
	}
	return attr{}, false
}

const htmlSpace = " \t\r\n\f"

// scanElement reads a start tag that stands at an offset, by the rules of
// HTML § 13.2.5, keeping where each attribute is.
func scanElement(tag []byte, at int) element {
	end := len(bytes.TrimSuffix(tag, []byte(">")))
	i := 1 + indexAny(tag[1:end], htmlSpace+"/")
	e := element{name: strings.ToLower(string(tag[1:i])), at: at}
	for i < end {
		if bytes.IndexByte([]byte(htmlSpace+"/"), tag[i]) >= 0 {
			i++
			continue
		}
		a := attr{at: at + i}
		n := i + 1 + indexAny(tag[i+1:end], htmlSpace+"/=")
		a.name = strings.ToLower(string(tag[i:n]))
		i = skipSpace(tag, n, end)
		if i < end && tag[i] == '=' {
			i = a.scanValue(tag, skipSpace(tag, i+1, end), end)
			a.valueAt += at
		}
		e.attrs = append(e.attrs, a)
	}
	return e
}

// scanValue reads the value at i and returns the offset behind it.
func (a *attr) scanValue(tag []byte, i, end int) int {
	if i < end && (tag[i] == '"' || tag[i] == '\'') {
		n := bytes.IndexByte(tag[i+1:end], tag[i])
		if n < 0 {
			n = end - i - 1
		}
		a.value, a.valueAt = string(tag[i+1:i+1+n]), i+1
		return min(i+n+2, end)
	}
	n := i + indexAny(tag[i:end], htmlSpace)
	a.value, a.valueAt, a.unquoted = string(tag[i:n]), i, true
	return n
}

// indexAny is bytes.IndexAny that returns the length when there is none.
func indexAny(b []byte, chars string) int {
	if i := bytes.IndexAny(b, chars); i >= 0 {
		return i
	}
	return len(b)
}

func skipSpace(b []byte, i, end int) int {
	for i < end && strings.IndexByte(htmlSpace, b[i]) >= 0 {
		i++
	}
	return i
}
