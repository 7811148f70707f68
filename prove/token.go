package prove

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"github.com/dicode/platen/diff"
)

// A token is a word, or a mark before or behind one. Words are cut where letters and digits begin
// and end, since a full stop stands at the other side of its word where text goes from right to left.
type token struct {
	text string
	from int // of a document: index of the word that it was cut from
}

// ignored reports whether a character has no shape of its own: one that joins, breaks or turns text.
// A control character stands for one that has: where it is printed as nothing, something lacks.
func ignored(r rune) bool {
	return unicode.Is(unicode.Cf, r) || isSpace(r)
}

// isSpace reports whether a character is white space. U+0085 is none in HTML, and printed as nothing.
func isSpace(r rune) bool { return unicode.IsSpace(r) && r != '\u0085' }

// fields are the words of a text.
func fields(text string) iter.Seq[string] { return strings.FieldsFuncSeq(text, isSpace) }

// split cuts a word. What it gets has no white space in it.
func split(word string) (tokens []string) {
	word = norm.NFC.String(strings.Map(func(r rune) rune {
		if ignored(r) {
			return -1
		}
		return r
	}, word))
	core := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	from, to := strings.IndexFunc(word, core), 1+strings.LastIndexFunc(word, core)
	if from < 0 {
		from, to = len(word), len(word)
	} else {
		for to < len(word) && word[to]&0xC0 == 0x80 {
			to++ // the rest of the last letter
		}
	}
	for _, r := range word[:from] {
		tokens = append(tokens, string(r))
	}
	for turned := false; from < to; {
		end := turn(word[from:to], turned)
		turned = isRightToLeft(word[from : from+end])
		tokens = append(tokens, word[from:from+end])
		from += end
	}
	for _, r := range word[to:] {
		tokens = append(tokens, string(r))
	}
	return tokens
}

// turn returns where a text changes its direction, or its length. Digits behind letters that are
// read from right to left are a piece of their own (UAX #9, rule W2).
func turn(s string, turned bool) int {
	right, digits := isRightToLeft(first(s)), turned
	for i, r := range s {
		digits = digits && unicode.IsDigit(r)
		if i > 0 && !unicode.IsMark(r) && (isRightToLeft(string(r)) != right || turned && unicode.IsDigit(rune(s[0])) && !digits) {
			return i
		}
	}
	return len(s)
}

// first is the first letter of a text.
func first(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// tokensOf cuts the words of a document.
func tokensOf(words []diff.Word) (tokens []token) {
	for i := range words {
		for _, text := range split(words[i].Text) {
			tokens = append(tokens, token{text, i})
		}
	}
	return tokens
}

// isRightToLeft reports whether a text has letters that are read from right to left.
func isRightToLeft(s string) bool {
	for _, r := range s {
		if r < 0x590 {
			continue // the first block with such letters is that of Hebrew
		}
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == bidi.R || c == bidi.AL {
			return true
		}
	}
	return false
}
