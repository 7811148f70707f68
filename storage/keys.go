package storage

import (
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

const (
	maxKey     = 512 // bytes
	maxSegment = 100 // bytes; FS may need two for one, and file systems end at 255
)

// checkKey returns nil, or an Invalid error that says what is wrong with key.
func checkKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("key %q... has %d bytes, the limit is %d: %w", key[:40], len(key), maxKey, platen.Invalid)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if fault := segmentFault(segment); fault != "" {
			return fmt.Errorf("key %q: %s: %w", key, fault, platen.Invalid)
		}
	}
	return nil
}

// checkPrefix returns nil if some key can start with prefix, else an Invalid error.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	// The last segment may be cut anywhere, also just before its first byte.
	key := prefix
	if strings.HasSuffix(prefix, "/") {
		key += "x"
	}
	if err := checkKey(key); err != nil {
		return fmt.Errorf("prefix of a %w", err)
	}
	return nil
}

// segmentFault says what is wrong with a segment; "" means nothing.
func segmentFault(segment string) string {
	switch {
	case segment == "":
		return "a segment is empty: want no / at the start, at the end or twice"
	case segment[0] == '.':
		return "a segment starts with a dot"
	case len(segment) > maxSegment:
		return fmt.Sprintf("a segment has %d bytes, the limit is %d", len(segment), maxSegment)
	}
	for i := range len(segment) {
		if !segmentByte(segment[i]) {
			return fmt.Sprintf("byte %q is not a letter of a-z or A-Z, a digit, a dot, _ or -", segment[i])
		}
	}
	return ""
}

func segmentByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '.' || c == '_' || c == '-'
}

// fileName returns the path of key on disk. An upper-case letter becomes "!" and
// the lower-case one, so that two keys never share a file, even where the file
// system does not tell case apart.
func fileName(key string) string {
	if !strings.ContainsFunc(key, isUpper) {
		return key
	}
	var b strings.Builder
	for _, c := range key {
		if isUpper(c) {
			b.WriteByte('!')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// keySegment is the inverse of fileName for the name of one file or folder. It
// is false for a name that no segment has, such as a file that someone else put there.
func keySegment(name string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '!' && i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z' {
			i++
			c = name[i] - ('a' - 'A')
		}
		b.WriteByte(c)
	}
	segment := b.String()
	return segment, segmentFault(segment) == "" && fileName(segment) == name
}

func isUpper(c rune) bool { return 'A' <= c && c <= 'Z' }
