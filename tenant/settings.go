package tenant

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"github.com/dicode/platen"
)

// Settings are what a tenant has decided for all its documents. The zero value is
// that of a tenant that has decided nothing.
type Settings struct {
	Locale     string           `json:"locale,omitempty"` // BCP 47, of the texts and words that stand in for one that a document lacks; empty: en
	Theme      Theme            `json:"theme,omitzero"`
	Slots      map[string]Slot  `json:"slots,omitempty"`      // files, by name: logo-primary, watermark
	Texts      map[string]Text  `json:"texts,omitempty"`      // blocks of text, by name: disclaimer
	Copy       map[string]Words `json:"copy,omitempty"`       // what templates say in other words, by key: batchRecord
	Flags      map[string]bool  `json:"flags,omitempty"`      // what templates show or leave out: opcUaLive
	Watermarks []Mark           `json:"watermarks,omitempty"` // on every document, after those of its template and before those of the request
	Scripts    bool             `json:"scripts,omitempty"`    // templates that run scripts are trusted; else they are refused
	Prove      bool             `json:"prove,omitempty"`      // a document that does not show all that its template prints of the data fails, and is not kept
	Regulatory Regulatory       `json:"regulatory,omitzero"`
	Limits     Limits           `json:"limits,omitzero"`
	Seal       Seal             `json:"seal,omitzero"`
	Trust      []string         `json:"trust,omitempty"` // root certificates in PEM of those whose signatures are believed, beside the tenant's own seal
}

// A Mark is a watermark on every document. Its image is what fills a slot.
type Mark struct {
	platen.Watermark
	Image string `json:"image,omitempty"` // name of a slot, instead of a text
	Page  int    `json:"page,omitempty"`  // of an image that is a PDF; 0: the first
}

// maxNames is how many names there may be of one kind; slots have a limit of their own.
const maxNames = 1000

// Validate checks the settings; the error is a platen.FieldError.
func (s Settings) Validate() error {
	if err := s.check(); err != nil {
		return err
	}
	return s.Theme.Colors.checkContrast()
}

// check is Validate without what depends on the baseline templates: settings that were
// good when they were made stay so when Platen comes with others.
func (s Settings) check() error {
	if s.Locale != "" {
		if err := checkLocale("locale", s.Locale); err != nil {
			return err
		}
	}
	for _, check := range []func() error{s.checkTheme, s.checkSlots, s.checkTexts, s.checkCopy, s.checkFlags, s.checkWatermarks, s.Regulatory.validate, s.Limits.validate, s.Seal.validate, s.checkTrust} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

var (
	slotForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$`)
	nameForm = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
)

const (
	slotExample = "a-z, 0-9 and -, with a letter first and behind each -, as in logo-primary"
	nameExample = "letters and digits, a small letter first, as in batchRecord"
	maxName     = 63 // bytes
)

// checkNames refuses names of other forms, and too many, in order.
func checkNames[V any](field string, all map[string]V, form *regexp.Regexp, example string, most int) error {
	if len(all) > most {
		return refuse(field, "has %d names: want at most %d", len(all), most)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !form.MatchString(name) || len(name) > maxName {
			return refuse(field, "has the name %q: want %s, and at most %d characters", name, example, maxName)
		}
	}
	return nil
}

func checkLocale(field, locale string) error {
	tag, err := language.Parse(locale)
	if err != nil || tag == language.Und {
		return refuse(field, "is %q: want a BCP 47 language tag, as in en-GB or de", locale)
	}
	if tag.String() != locale {
		return refuse(field, "is %q: write it as %s", locale, tag)
	}
	return nil
}

func (s Settings) checkFlags() error {
	return checkNames("flags", s.Flags, nameForm, nameExample, maxNames)
}

func (s Settings) checkWatermarks() error {
	list := make([]platen.Watermark, len(s.Watermarks))
	for i, w := range s.Watermarks {
		field := fmt.Sprintf("watermarks[%d]", i)
		if w.Image != "" {
			slot, ok := s.Slots[w.Image]
			if !ok || slot.Type.IsFont() {
				return refuse(field+".image", "is %q: want the name of a slot that has an image or a PDF", w.Image)
			}
		} else if w.Page != 0 {
			return refuse(field+".page", "is %d, of no image: leave it out", w.Page)
		}
		list[i] = w.resolve(s.Slots, nil)
	}
	var field *platen.FieldError
	if err := (platen.FinishOptions{Watermarks: list}).Validate(); errors.As(err, &field) {
		return &platen.FieldError{Field: strings.TrimPrefix(field.Field, "finish."), Reason: field.Reason}
	}
	return nil
}

// resolve returns the watermark with the content of its image.
func (w Mark) resolve(slots map[string]Slot, content []byte) platen.Watermark {
	m := w.Watermark
	m.Image = nil
	if w.Image != "" {
		m.Image = &platen.Image{Name: w.Image + slots[w.Image].Type.Ending(), Content: content, Page: w.Page}
	}
	return m
}

// isControl reports whether a character is one that no text shows.
func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// refuse makes a FieldError.
func refuse(field, format string, args ...any) error {
	return &platen.FieldError{Field: field, Reason: fmt.Sprintf(format, args...)}
}
