package tenant

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A Text is a piece of text in several languages: as one string each, or as blocks.
type Text struct {
	Format  Format             `json:"format,omitempty"` // of Locales
	Locales Words              `json:"locales,omitempty"`
	Blocks  map[string][]Block `json:"blocks,omitempty"` // by locale, in place of Locales
}

// A Format is how a text is written.
type Format string

// The formats.
const (
	Markdown Format = ""      // CommonMark with tables; markup and pictures in it are not printed
	Plain    Format = "plain" // paragraphs, with an empty line between them
)

// Words are a text by locale (BCP 47).
type Words map[string]string

// MaxText is how many bytes a text may have.
const MaxText = 16 << 10

const (
	maxWords   = 500 // bytes of words
	maxLocales = 32
)

// ESignature is the name by which templates print Regulatory.ESignature as a text.
const ESignature = "eSignature"

// In returns the words for the first of the locales that they have, or for the
// language of one: de-CH is looked for as de-CH and then as de (RFC 4647 §3.4).
func (w Words) In(locales ...string) (words string, ok bool) { return in(w, locales) }

func in[V any](all map[string]V, locales []string) (v V, ok bool) {
	for _, locale := range locales {
		for locale != "" {
			if v, ok = all[locale]; ok {
				return v, true
			}
			locale = locale[:max(0, strings.LastIndexByte(locale, '-'))]
		}
	}
	return v, false
}

// in returns the text for the first of the locales that it has, or for the language of
// one. Blocks are returned as Markdown.
func (t Text) in(locales ...string) (text string, format Format, ok bool) {
	if blocks, ok := in(t.Blocks, locales); ok {
		return markdownOf(blocks), Markdown, true
	}
	text, ok = t.Locales.In(locales...)
	return text, t.Format, ok
}

func (s Settings) checkTexts() error {
	if err := checkNames("texts", s.Texts, nameForm, nameExample, maxNames); err != nil {
		return err
	}
	for name, text := range sorted(s.Texts) {
		if name == ESignature {
			return refuse("texts."+name, "stands in regulatory.eSignature: put it there")
		}
		if err := text.validate("texts." + name); err != nil {
			return err
		}
	}
	return nil
}

func (t Text) validate(field string) error {
	if t.Format != Markdown && t.Format != Plain {
		return refuse(field+".format", "is %q: want plain, or leave it out for Markdown", t.Format)
	}
	if len(t.Blocks) == 0 {
		return t.Locales.validate(field+".locales", MaxText, true)
	}
	if len(t.Locales) > 0 || t.Format != Markdown {
		return refuse(field+".blocks", "stands beside locales or format: leave one out")
	}
	return validateBlocks(field+".blocks", t.Blocks)
}

func (s Settings) checkCopy() error {
	if err := checkNames("copy", s.Copy, nameForm, nameExample, maxNames); err != nil {
		return err
	}
	for key, words := range sorted(s.Copy) {
		if err := words.validate("copy."+key, maxWords, false); err != nil {
			return err
		}
	}
	return nil
}

// validate checks the words of a field: so many bytes each, and one line or several.
func (w Words) validate(field string, most int, lines bool) error {
	if len(w) == 0 || len(w) > maxLocales {
		return refuse(field, "has %d languages: want 1 to %d, as in {\"en\": \"…\"}", len(w), maxLocales)
	}
	for locale, words := range sorted(w) {
		at := fmt.Sprintf("%s.%s", field, locale)
		if err := checkLocale(at, locale); err != nil {
			return err
		}
		switch {
		case strings.TrimSpace(words) == "":
			return refuse(at, "is empty: want a text, or leave it out")
		case len(words) > most:
			return refuse(at, "has %d bytes: want at most %d", len(words), most)
		case strings.ContainsFunc(words, isControl) || !lines && strings.ContainsAny(words, "\n\t"):
			return refuse(at, "has characters that are not printed, or more than one line: remove them")
		}
	}
	return nil
}

// sorted yields the entries of a map in order of their names.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}
