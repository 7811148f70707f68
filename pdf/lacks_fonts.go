package pdf

import (
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// font looks at one font: that it is embedded (6.2.11.4.1; of PDF/UA 7.21.4.1),
// names its glyphs (6.2.11.3.2; 7.21.3.2) and has a way to Unicode (7.21.7).
func (c *checker) font(font Font, d, holder types.Dict) {
	where := "font " + font.Name
	note := func(pdfa, pdfua, what string) {
		c.pdfa(pdfa, what, where)
		c.pdfua(pdfua, what, where)
	}
	if !font.Embedded {
		note("6.2.11.4.1", "7.21.4.1", "a font is not embedded: export the file with its fonts")
	}
	if font.Embedded && strings.HasSuffix(font.Type, " CIDFontType2") && holder["CIDToGIDMap"] == nil {
		note("6.2.11.3.2", "7.21.3.2", "a TrueType font has no /CIDToGIDMap: set it to Identity or embed the font anew")
	}
	if d["ToUnicode"] == nil && !c.known(font, d, holder) {
		c.pdfua("7.21.7", "a font does not say which characters its glyphs are: give it a /ToUnicode", where)
	}
}

// known reports whether the encoding of a font says which characters its glyphs
// are (ISO 32000-1 §9.10.2). The names of glyphs are taken to be known ones.
func (c *checker) known(font Font, d, holder types.Dict) bool {
	encoding := c.name(d["Encoding"])
	if strings.HasPrefix(font.Type, "Type0") {
		ordering := c.text(c.dict(holder["CIDSystemInfo"])["Ordering"])
		return encoding != "" && !strings.HasPrefix(encoding, "Identity-") || slices.Contains([]string{"GB1", "CNS1", "Japan1", "Korea1"}, ordering)
	}
	const nonsymbolic = 1 << 5
	flags, _ := c.integer(c.dict(d["FontDescriptor"])["Flags"])
	standard := d["FontDescriptor"] == nil && font.Type != "Type3" // one that every viewer has
	return d["Encoding"] != nil || flags&nonsymbolic != 0 || standard
}
