package prove

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// stringsIn returns the strings of a style sheet, as they are shown.
func stringsIn(sheet string) (list []string) {
	for lex := css.NewLexer(parse.NewInputString(sheet)); ; {
		switch kind, text := lex.Next(); kind {
		case css.ErrorToken:
			return list
		case css.StringToken:
			list = append(list, unquote(string(text)))
		}
	}
}

// unquote returns what a string of CSS says (CSS Syntax 3 §4.3.5 and 4.3.7).
func unquote(s string) string {
	s = strings.Trim(s, `"'`)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		digits := 0
		for digits < 6 && i+1+digits < len(s) && strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i+1+digits])) {
			digits++
		}
		switch {
		case digits > 0:
			code, _ := strconv.ParseUint(s[i+1:i+1+digits], 16, 32)
			b.WriteRune(rune(code))
			i += digits
			if i+1 < len(s) && strings.ContainsRune(" \t\n", rune(s[i+1])) {
				i++ // ends the escape
			}
		case s[i+1] == '\n':
			i++ // goes on in the next line
		default:
			r, size := utf8.DecodeRuneInString(s[i+1:])
			b.WriteRune(r)
			i += size
		}
	}
	return b.String()
}
