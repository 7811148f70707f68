package templates

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers/zones"
	"github.com/dicode/platen/tenant"
)

// RecordZone is the timeZone of a template that prints times in the zone that
// the record names as record.timeZone.
const RecordZone = "record"

// Settings are what template.yaml says.
type Settings struct {
	Extends     string // the baseline template that it changes: baseline/batch-record; empty: none
	Name        string // a-z, 0-9 and "-"
	Version     string // as the author counts: 1.4.0
	Title       string // for people
	Description string
	Contract    string // name and version: batch-record/1
	Entry       string // the document; document.hbs when not given
	Page        Page
	Locale      string // BCP 47; en when not given
	Direction   string // ltr or rtl; by the locale's script when not given
	TimeZone    string // an IANA name or RecordZone; UTC when not given
	Strict      bool   // an absent path is an error; true when not given
	Scripts     bool   // scripts may run in the browser
	Finish      platen.FinishOptions
	Slots       map[string]string       // files that slots show while the tenant has filled them with none
	Strings     map[string]tenant.Words // what {{t}} says while the tenant says nothing; by language, "" for all
}

// A Page is the sheet that the document is printed on. The template's own @page
// rules override it.
type Page struct {
	Size   string // CSS page size with its orientation: "A4 portrait", "210mm 297mm"
	Margin string // CSS margins, one to four lengths
}

// CSS returns the page as an @page rule.
func (p Page) CSS() string { return fmt.Sprintf("@page{size:%s;margin:%s}", p.Size, p.Margin) }

func defaultSettings() Settings {
	return Settings{
		Entry: defaultEntry, Locale: "en", TimeZone: "UTC", Strict: true,
		Page: Page{Size: "A4 portrait", Margin: "20mm"},
	}
}

var (
	nameForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	versionForm  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$`)
	extendsForm  = regexp.MustCompile(`^baseline/[a-z0-9][a-z0-9-]*$`)
	contractForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*/[1-9][0-9]*$`)
	lengthForm   = regexp.MustCompile(`^(0|[0-9]+(\.[0-9]+)?(mm|cm|in|pt))$`)
)

var pageSizes = map[string]string{"a4": "A4", "a5": "A5", "a3": "A3", "letter": "letter", "legal": "legal"}

// parseSettings reads template.yaml. It reports all mistakes at once, each an
// *Error with its line and column.
func parseSettings(src []byte) (Settings, error) {
	return parseOver(defaultSettings(), src, "name", "version", "contract")
}

// parseOver reads a template.yaml: what it leaves out is as in s, but for the required
// keys.
func parseOver(s Settings, src []byte, required ...string) (Settings, error) {
	root, err := parseYAML(settingsFile, src)
	if err != nil {
		return s, err
	}
	s = s.clone()
	written, orientation := "", ""
	errs := root.read(map[string]reader{
		"extends":     text(&s.Extends, checkExtends),
		"name":        text(&s.Name, matching(nameForm, "a-z, 0-9 and -, as in batch-record")),
		"version":     text(&s.Version, matching(versionForm, "a version, as in 1.4.0")),
		"title":       text(&s.Title, nil),
		"description": text(&s.Description, nil),
		"contract":    text(&s.Contract, matching(contractForm, "name and version of a contract, as in batch-record/1")),
		"entry":       text(&s.Entry, checkEntry),
		"page": section(map[string]reader{
			"size":        text(&written, nil),
			"orientation": text(&orientation, oneOf("portrait", "landscape")),
			"margin":      text(&s.Page.Margin, checkMargin),
		}),
		"locale":    text(&s.Locale, checkLocale),
		"direction": text(&s.Direction, oneOf("ltr", "rtl")),
		"timeZone":  text(&s.TimeZone, checkZone),
		"strict":    flag(&s.Strict),
		"scripts":   flag(&s.Scripts),
		"finish":    finishReader(&s.Finish),
		"slots":     slotsReader(&s.Slots),
		"strings":   stringsReader(&s.Strings),
	}, required...)
	if name, _, _ := strings.Cut(s.Page.Size, " "); written == "" && orientation != "" {
		written = name // in another orientation
	}
	size, err := pageSize(cmp.Or(written, s.Page.Size), orientation)
	if err != nil {
		errs = append(errs, root.errorAt([]string{"page", "size"}, err))
	}
	s.Page.Size = size
	if s.Direction == "" || root.values["direction"] == nil && root.values["locale"] != nil {
		s.Direction = directionOf(s.Locale)
	}
	return s, errors.Join(errs...)
}

// clone returns a copy in which readers and loadImages may change what they do.
func (s Settings) clone() Settings {
	s.Slots, s.Strings = maps.Clone(s.Slots), maps.Clone(s.Strings)
	s.Finish.Watermarks = slices.Clone(s.Finish.Watermarks)
	for i, w := range s.Finish.Watermarks {
		if w.Image != nil {
			image := *w.Image
			s.Finish.Watermarks[i].Image = &image
		}
	}
	return s
}

func matching(form *regexp.Regexp, want string) func(string) error {
	return func(v string) error {
		if !form.MatchString(v) {
			return fmt.Errorf("%q: want %s", v, want)
		}
		return nil
	}
}

func oneOf(words ...string) func(string) error {
	return func(v string) error {
		for _, w := range words {
			if v == w {
				return nil
			}
		}
		return fmt.Errorf("%q: want %s", v, strings.Join(words, " or "))
	}
}

func checkExtends(v string) error {
	return matching(extendsForm, "a template that Platen brings along, as in baseline/batch-record")(v)
}

func checkEntry(v string) error {
	if strings.Contains(v, "/") || !strings.HasSuffix(v, ".hbs") {
		return fmt.Errorf("%q: want a .hbs file at the top of the bundle, as in document.hbs", v)
	}
	return nil
}

func checkMargin(v string) error {
	lengths := strings.Fields(v)
	if len(lengths) < 1 || len(lengths) > 4 {
		return fmt.Errorf("%q: want one to four lengths, as in 20mm or 25mm 15mm", v)
	}
	for _, l := range lengths {
		if !lengthForm.MatchString(l) {
			return fmt.Errorf("%q: want lengths in mm, cm, in or pt, as in 20mm", l)
		}
	}
	return nil
}

func checkLocale(v string) error {
	if _, err := language.Parse(v); err != nil {
		return fmt.Errorf("%q: want a BCP 47 language tag, as in en-GB or de", v)
	}
	return nil
}

func checkZone(v string) error {
	if v == RecordZone {
		return nil
	}
	_, err := loadZone(v)
	return err
}

// loadZone finds an IANA time zone. The zone of the machine is none.
func loadZone(name string) (*time.Location, error) {
	zone, err := zones.Load(name)
	if err != nil {
		return nil, fmt.Errorf("%q: want an IANA time zone, as in Europe/Berlin or UTC", name)
	}
	return zone, nil
}

// pageSize returns the value of the CSS property size. A named size may bring
// its orientation, as in "A4 landscape".
func pageSize(size, orientation string) (string, error) {
	first, second, two := strings.Cut(size, " ")
	if name, ok := pageSizes[strings.ToLower(first)]; ok && (!two || second == "portrait" || second == "landscape") {
		if two && orientation != "" && second != orientation {
			return "", fmt.Errorf("%q contradicts orientation: %s: remove one of the two", size, orientation)
		}
		return name + " " + cmp.Or(orientation, second, "portrait"), nil
	}
	if !two || !lengthForm.MatchString(first) || !lengthForm.MatchString(second) || first == "0" || second == "0" {
		return "", fmt.Errorf("%q: want A3, A4, A5, Letter, Legal, or width and height, as in 210mm 297mm", size)
	}
	if orientation != "" {
		return "", fmt.Errorf("%q with an orientation: give width and height in the order of the printed page and no orientation", size)
	}
	return size, nil
}

// directionOf returns the writing direction of a locale's script.
func directionOf(locale string) string {
	tag, err := language.Parse(locale)
	if err != nil {
		return ""
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}
