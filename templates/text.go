package templates

import (
	"bytes"
	"unicode/utf8"
)

// position returns line and column of an offset, both from 1, the column in
// characters. A byte order mark at the start is not counted.
func position(src []byte, offset int) (line, col int) {
	before := src[:min(offset, len(src))]
	start := bytes.LastIndexByte(before, '\n') + 1
	if start == 0 && bytes.HasPrefix(before, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// checkUTF8 reports the first byte that is not UTF-8.
func checkUTF8(file string, src []byte) error {
	if utf8.Valid(src) {
		return nil
	}
	at := 0
	for at < len(src) {
		r, n := utf8.DecodeRune(src[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	line, col := position(src, at)
	return &Error{File: file, Line: line, Col: col, Msg: "a byte that is not UTF-8: save the file as UTF-8"}
}
