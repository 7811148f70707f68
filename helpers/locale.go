package helpers

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// A locale holds how a language writes numbers and dates: facts of the Unicode
// CLDR, but with western digits throughout and years in full, so that a printed
// value can be compared with the record digit by digit.
type locale struct {
	tag     language.Tag
	decimal string
	group   string
	// ungrouped is the number of digits up to which there is no separator: 4
	// where 1234 is written without one, else 3.
	ungrouped     int
	percent       string // with # for the number
	sign          string // stands before a + or -: keeps it left of its number in right-to-left text
	short         string // date patterns, see date.go
	medium        string
	long          string
	dateTime      string   // between date and time
	months        []string // as in a full date
	shortMonths   []string
	signatureForm []string // the words name, signature, date
}

// locales holds the table by tag; it is built once and never changed.
var locales = sync.OnceValue(func() map[string]locale {
	byTag := map[string]locale{}
	for _, row := range localeTable {
		l := row.locale()
		for tag := range strings.FieldsSeq(row.tags) {
			l.tag = language.MustParse(tag)
			byTag[tag] = l
		}
	}
	return byTag
})

// findLocale returns the locale of a BCP 47 tag; the empty one means "en". Only
// listed regions are known, because 1.234 means different numbers in Spain and
// in Mexico.
func findLocale(tag string) (locale, bool) {
	if tag == "" {
		tag = "en"
	}
	if l, ok := locales()[tag]; ok {
		return l, true
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return locale{}, false
	}
	base, _ := parsed.Base()
	name := base.String()
	if region, confidence := parsed.Region(); confidence == language.Exact {
		name += "-" + region.String()
	}
	l, ok := locales()[name]
	return l, ok
}

// locale returns the locale of the option locale=, or the document's.
func (a *args) locale() locale {
	tag := a.env.Locale
	if _, declared := a.sig.option("locale"); declared {
		if own := a.textOption("locale"); own != "" {
			tag = own
		}
	}
	l, ok := findLocale(tag)
	if !ok {
		var known []string
		for _, row := range localeTable {
			known = append(known, strings.Fields(row.tags)...)
		}
		a.fail("the locale is not among %s", strings.Join(known, " "))
	}
	return l
}

// A localeRow is a locale as text, one row for all tags that share it.
type localeRow struct {
	tags     string
	numbers  string // decimal, group, percent; "_" is a no-break space, "~" a narrow one
	sparse   bool   // four digits are not grouped
	rtl      bool
	dates    string // short | medium | long | between date and time
	months   string
	short    string // months
	signHere string // name | signature | date
}

func (r localeRow) locale() locale {
	n := strings.Split(strings.NewReplacer("_", "\u00a0", "~", "\u202f").Replace(r.numbers), " ")
	d := strings.Split(r.dates, "|")
	l := locale{
		decimal: n[0], group: n[1], percent: n[2], ungrouped: 3,
		short: d[0], medium: d[1], long: d[2], dateTime: d[3],
		months: strings.Fields(r.months), shortMonths: strings.Fields(r.short),
		signatureForm: strings.Split(r.signHere, "|"),
	}
	if r.sparse {
		l.ungrouped = 4
	}
	if r.rtl {
		l.sign = "\u200e"
	}
	return l
}
