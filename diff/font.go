package diff

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding/charmap"
)

// A font tells of codes in a content stream which text they are, how wide, and what they look like.
type font struct {
	name    string // without the tag of a subset
	bytes   int    // of a code
	unicode map[int]string
	widths  map[int]float64 // of glyph space, which unit makes text space
	width   float64         // of the others
	unit    float64
	ascent  float64 // above the baseline, in ems
	descent float64 // below it, negative

	program string                // digest of all that decides what codes look like, but for the glyphs
	glyph   func(code int) []byte // what one looks like; nil: program says it all
	spent   func() bool           // it could not say what all of them look like; nil: it can
	looks   map[int][16]byte      // digests of those, as they are asked for
}

// newFont reads a font.
func newFont(d *digester, o types.Object) (*font, error) {
	r := reader{file: d.file}
	dict := r.dict(o)
	f := &font{name: plainName(r.text(dict["BaseFont"])), bytes: 1, unicode: map[int]string{}, widths: map[int]float64{}, unit: 0.001, ascent: 0.8, descent: -0.2, looks: map[int][16]byte{}}
	switch r.text(dict["Subtype"]) {
	case "Type0":
		f.composite(&r, dict)
	case "Type3":
		f.name = "drawn font"
		if m := r.numbers(dict["FontMatrix"]); len(m) == 6 {
			f.unit = max(m[0], -m[0])
		}
		f.simple(&r, dict)
	default:
		f.simple(&r, dict)
	}
	if s := r.stream(dict["ToUnicode"]); s != nil {
		maps.Copy(f.unicode, toUnicode(s))
	}
	if r.err != nil {
		return nil, r.err
	}
	return f, f.outlines(d, &r, dict)
}

// plainName is the name of a font without the six letters of a subset.
func plainName(name string) string {
	if tag, rest, ok := strings.Cut(name, "+"); ok && len(tag) == 6 {
		return rest
	}
	return name
}

func (f *font) box(r *reader, holder types.Dict) {
	descriptor := r.dict(holder["FontDescriptor"])
	if a := r.number(descriptor["Ascent"]); a > 0 && a < 3000 {
		f.ascent = a / 1000
	}
	if d := r.number(descriptor["Descent"]); d < 0 && d > -3000 {
		f.descent = d / 1000
	}
	f.width = r.number(descriptor["MissingWidth"])
}

func (f *font) composite(r *reader, dict types.Dict) {
	f.bytes = 2
	var holder types.Dict
	if list := r.array(dict["DescendantFonts"]); len(list) > 0 {
		holder = r.dict(list[0])
	}
	f.box(r, holder)
	f.width = 1000
	if w := holder["DW"]; w != nil {
		f.width = r.number(w)
	}
	list, left := r.array(holder["W"]), maxCodes
	for len(list) >= 2 {
		from := int(r.number(list[0]))
		if each, ok := r.resolve(list[1]).(types.Array); ok {
			for i, w := range each {
				f.widths[from+i] = r.number(w)
			}
			list = list[2:]
			continue
		}
		if len(list) < 3 {
			break
		}
		to := min(int(r.number(list[1])), from+maxRange)
		for c := from; c <= to && left > 0; c, left = c+1, left-1 {
			f.widths[c] = r.number(list[2])
		}
		list = list[3:]
	}
}

func (f *font) simple(r *reader, dict types.Dict) {
	f.box(r, dict)
	for c := range 256 {
		f.unicode[c] = string(charmap.Windows1252.DecodeByte(byte(c)))
	}
	if d, ok := r.resolve(dict["Encoding"]).(types.Dict); ok {
		c := 0
		for _, o := range r.array(d["Differences"]) {
			switch o := r.resolve(o).(type) {
			case types.Integer:
				c = int(o)
			case types.Name:
				f.unicode[c] = glyphText(string(o))
				c++
			}
		}
	}
	first := int(r.number(dict["FirstChar"]))
	for i, w := range r.array(dict["Widths"]) {
		f.widths[first+i] = r.number(w)
	}
}

// advance is the width of a code in text space, for a size of 1.
func (f *font) advance(code int) float64 {
	if w, ok := f.widths[code]; ok {
		return w * f.unit
	}
	return f.width * f.unit
}

// text is what a code stands for. A code that stands for nothing that is known is shown as such.
func (f *font) text(code int) string {
	if s, ok := f.unicode[code]; ok && s != "" {
		return s
	}
	return fmt.Sprintf("‹%s %d›", f.name, code)
}

// codes yields the codes of a string.
func (f *font) codes(s []byte, yield func(code int)) {
	for len(s) >= f.bytes {
		c := int(s[0])
		if f.bytes == 2 {
			c = c<<8 | int(s[1])
		}
		yield(c)
		s = s[f.bytes:]
	}
}
