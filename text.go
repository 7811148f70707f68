package platen

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// isUnshown reports whether a character is one that a document does not show as it is written:
// a control character, which is printed as nothing, or one that turns the text behind it around,
// that of the template as well (UAX #9 §2.1, 2.2 and 2.4). Tabs and ends of lines are white space.
func isUnshown(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r < ' ' || 0x7F <= r && r <= 0x9F:
		return true
	}
	return turns(r)
}

// turns reports whether a character embeds or overrides a direction, or ends that.
func turns(r rune) bool {
	return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
}

// unshownIn returns the first character of a text that no document shows.
func unshownIn(s string) (r rune, found bool) {
	i := strings.IndexFunc(s, isUnshown)
	if i < 0 {
		return 0, false
	}
	for _, r = range s[i:] {
		break
	}
	return r, true
}

// unshown is a character that is refused. As an error it says why, and how to mend it.
type unshown rune

func (u unshown) Error() string {
	r := rune(u)
	switch {
	case turns(r):
		return fmt.Sprintf("has %U, which turns the text behind it around, that of the template as well: leave it out", r)
	case r >= 0x80:
		return fmt.Sprintf("has %U, a control character, which is printed as nothing: send the text as UTF-8%s", r, meant(r))
	}
	return fmt.Sprintf("has %U, a control character, which is printed as nothing: leave it out", r)
}

// meant says which character a byte of Windows-1252 was that has been read as Latin-1.
func meant(r rune) string {
	c := charmap.Windows1252.DecodeByte(byte(r))
	if isUnshown(c) || c == '\uFFFD' {
		return ""
	}
	return fmt.Sprintf("; a %c of Windows-1252 is %U", c, c)
}

// Legible returns the data with the code points of the characters that ParseData refuses in
// their place, as in ⟨U+0096⟩: for documents that tell of texts which others have written.
func Legible(v any) any {
	switch v := v.(type) {
	case string:
		return legible(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Legible(e)
		}
		return list
	case *Object:
		o := &Object{}
		for name, e := range v.All() {
			o.append(Field{legible(name), Legible(e)})
		}
		return o
	default:
		return v
	}
}

func legible(s string) string {
	if !strings.ContainsFunc(s, isUnshown) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isUnshown(r) {
			fmt.Fprintf(&b, "⟨%U⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
