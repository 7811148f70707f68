package tenant

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Theme is how documents look. What it leaves out is as the template has it.
type Theme struct {
	Colors Colors `json:"colors,omitzero"`
	Fonts  Fonts  `json:"fonts,omitzero"`
	Radius string `json:"radius,omitempty"` // of the corners of boxes: 0 to 10mm
	Space  string `json:"space,omitempty"`  // between the parts of a page: 0 to 10mm
}

// Colors are those of a document, each as #rrggbb.
type Colors struct {
	Primary string `json:"primary,omitempty"` // headings and the rules beneath them
	Ink     string `json:"ink,omitempty"`     // text
	Muted   string `json:"muted,omitempty"`   // labels and small print
	Line    string `json:"line,omitempty"`    // of tables
	Surface string `json:"surface,omitempty"` // behind the heads of tables
	OK      string `json:"ok,omitempty"`      // results: good, doubtful, bad
	Warn    string `json:"warn,omitempty"`
	Bad     string `json:"bad,omitempty"`
}

// Fonts are those of a document.
type Fonts struct {
	Sans Font `json:"sans,omitzero"` // of text
	Mono Font `json:"mono,omitzero"` // of digests and the like
}

// A Font is one of the installed set, or comes with files.
type Font struct {
	Family string     `json:"family"`
	Files  []FontFile `json:"files,omitempty"`
}

// A FontFile is a file of a font, for a weight and a style.
type FontFile struct {
	Slot   string `json:"slot"`             // that has the file
	Weight string `json:"weight,omitempty"` // 1 to 1000, or a range as in "100 900"; empty: 400
	Italic bool   `json:"italic,omitempty"`
}

// DefaultColors are those of the baseline templates.
var DefaultColors = Colors{
	Primary: "#14405f", Ink: "#1b2229", Muted: "#55606b", Line: "#c3cad1", Surface: "#f1f4f6",
	OK: "#1d6a3a", Warn: "#8a5200", Bad: "#9c1420",
}

// InstalledFonts are the families of Latin text that are installed everywhere.
var InstalledFonts = []string{"Noto Sans", "Noto Serif", "Noto Sans Mono"}

// A token is a value with the name that it has in settings and in styles.
type token struct{ name, value string }

// list returns the colours in the order of the type.
func (c Colors) list() []token {
	return []token{
		{"primary", c.Primary}, {"ink", c.Ink}, {"muted", c.Muted}, {"line", c.Line}, {"surface", c.Surface},
		{"ok", c.OK}, {"warn", c.Warn}, {"bad", c.Bad},
	}
}

func (f Fonts) list() []struct {
	name string
	font Font
} {
	return []struct {
		name string
		font Font
	}{{"sans", f.Sans}, {"mono", f.Mono}}
}

// Tokens returns the theme as CSS custom properties, "" when it says nothing:
//
//	:root{--platen-color-primary:#14405f;--platen-font-sans:"Noto Sans";--platen-radius:0;--platen-space:2mm}
func (t Theme) Tokens() string {
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, ";--platen-%s:%s", name, value)
		}
	}
	for _, c := range t.Colors.list() {
		add("color-"+c.name, c.value)
	}
	for _, f := range t.Fonts.list() {
		if f.font.Family != "" {
			add("font-"+f.name, `"`+f.font.Family+`"`)
		}
	}
	add("radius", t.Radius)
	add("space", t.Space)
	if b.Len() == 0 {
		return ""
	}
	return ":root{" + b.String()[1:] + "}"
}

var (
	colorForm  = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	familyForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 -]*$`)
	weightForm = regexp.MustCompile(`^([1-9][0-9]{0,2}|1000)( ([1-9][0-9]{0,2}|1000))?$`)
	lengthForm = regexp.MustCompile(`^([0-9]{1,2}(?:\.[0-9]{1,3})?)(mm|pt)$`)
)

func (s Settings) checkTheme() error {
	for _, c := range s.Theme.Colors.list() {
		if c.value != "" && !colorForm.MatchString(c.value) {
			return refuse("theme.colors."+c.name, "is %q: want #rrggbb with small letters, as in %s", c.value, DefaultColors.Primary)
		}
	}
	for _, f := range s.Theme.Fonts.list() {
		if err := s.checkFont("theme.fonts."+f.name, f.font); err != nil {
			return err
		}
	}
	for _, l := range []token{{"radius", s.Theme.Radius}, {"space", s.Theme.Space}} {
		if !isSmall(l.value) {
			return refuse("theme."+l.name, "is %q: want 0, or a length of at most 10mm, as in 0.6mm or 2pt", l.value)
		}
	}
	return nil
}

// isSmall reports whether a length is at most 10 mm.
func isSmall(length string) bool {
	if length == "" || length == "0" {
		return true
	}
	m := lengthForm.FindStringSubmatch(length)
	if m == nil {
		return false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if m[2] == "pt" {
		n *= 25.4 / 72
	}
	return err == nil && n <= 10
}

func (s Settings) checkFont(field string, f Font) error {
	switch {
	case f.Family == "" && len(f.Files) == 0:
		return nil
	case !familyForm.MatchString(f.Family) || len(f.Family) > maxName:
		return refuse(field+".family", "is %q: want the name of a font in letters, digits, spaces and -", f.Family)
	case len(f.Files) == 0 && !slices.Contains(InstalledFonts, f.Family):
		return refuse(field+".family", "is %q, which is not installed: want %s, or name files", f.Family, strings.Join(InstalledFonts, ", "))
	case len(f.Files) > 0 && slices.Contains(InstalledFonts, f.Family):
		return refuse(field+".family", "is %q, which is the name of an installed font: give the files another one", f.Family)
	}
	for i, file := range f.Files {
		at := fmt.Sprintf("%s.files[%d]", field, i)
		if slot, ok := s.Slots[file.Slot]; !ok || !slot.Type.IsFont() {
			return refuse(at+".slot", "is %q: want the name of a slot that has a font", file.Slot)
		}
		if file.Weight != "" && !weightForm.MatchString(file.Weight) {
			return refuse(at+".weight", `is %q: want 1 to 1000, or a range as in "100 900"`, file.Weight)
		}
	}
	return nil
}

// faces returns the @font-face rules of the fonts that come with files. path gives the
// address of what fills a slot.
func (t Theme) faces(path func(slot string) string) string {
	var b strings.Builder
	for _, f := range t.Fonts.list() {
		for _, file := range f.font.Files {
			fmt.Fprintf(&b, `@font-face{font-family:"%s";src:url(%s)`, f.font.Family, path(file.Slot))
			if file.Weight != "" {
				b.WriteString(";font-weight:" + file.Weight)
			}
			if file.Italic {
				b.WriteString(";font-style:italic")
			}
			b.WriteByte('}')
		}
	}
	return b.String()
}
