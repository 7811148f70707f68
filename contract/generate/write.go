package main

import (
	"bytes"

	"github.com/dicode/platen"
)

// lineWidth is how long an object or a list may be to stand on one line.
const lineWidth = 200

// text writes a value so that people can read it: what fits stands on one line.
func text(v any) []byte { return append(appendText(nil, v, 0), '\n') }

func appendText(dst []byte, v any, depth int) []byte {
	line := platen.AppendJSON(nil, v)
	if len(line) <= lineWidth && depth > 0 {
		return append(dst, line...)
	}
	indent := append([]byte{'\n'}, bytes.Repeat([]byte{' '}, depth+1)...)
	close := append([]byte{'\n'}, bytes.Repeat([]byte{' '}, depth)...)
	switch v := v.(type) {
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			dst = append(comma(dst, i), indent...)
			dst = appendText(dst, e, depth+1)
		}
		return append(append(dst, close...), ']')
	case *platen.Object:
		dst = append(dst, '{')
		for i := range v.Len() {
			f := v.At(i)
			dst = append(comma(dst, i), indent...)
			dst = append(platen.AppendJSON(dst, f.Name), ": "...)
			dst = appendText(dst, f.Value, depth+1)
		}
		return append(append(dst, close...), '}')
	default:
		return append(dst, line...)
	}
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	return dst
}
