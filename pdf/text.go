package pdf

import (
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Bytes returns the bytes of a string object, and whether o is one.
func Bytes(o types.Object) ([]byte, bool) {
	switch s := o.(type) {
	case types.StringLiteral:
		b, err := types.Unescape(string(s))
		return b, err == nil
	case types.HexLiteral:
		b, err := s.Bytes()
		return b, err == nil
	}
	return nil, false
}

// Text returns the text of a text string (§7.9.2.2), or a name, and "" for any
// other object.
func Text(o types.Object) string {
	if name, ok := o.(types.Name); ok {
		return string(name)
	}
	b, ok := Bytes(o)
	if !ok {
		return ""
	}
	if len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF {
		return decodeUTF16(b[2:])
	}
	escaped, err := types.Escape(string(b))
	if err != nil {
		return ""
	}
	text, err := types.StringLiteralToString(types.StringLiteral(*escaped))
	if err != nil {
		return ""
	}
	return text
}

func decodeUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// TextString returns s as a text string object: plain where it is ASCII, else
// UTF-16.
func TextString(s string) types.Object {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return utf16String(s)
		}
	}
	return types.StringLiteral(strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`).Replace(s))
}

func utf16String(s string) types.Object {
	b := []byte{0xFE, 0xFF}
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, unit)
	}
	return types.NewHexLiteral(b)
}

// Date returns a time as a date string object (§7.9.4), in the offset it has.
func Date(t time.Time) types.Object {
	s := t.Format("D:20060102150405-07:00")
	return types.StringLiteral(s[:len(s)-3] + "'" + s[len(s)-2:] + "'")
}
