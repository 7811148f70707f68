package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
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
}

// newFont reads a font.
func newFont(d *digester, o types.Object) (*font, error) {
	r := reader{file: d.file}
	dict := r.dict(o)
	f := &font{name: plainName(r.text(dict["BaseFont"])), bytes: 1, unicode: map[int]string{}, widths: map[int]float64{}, unit: 0.001, ascent: 0.8, descent: -0.2}
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
	return f, f.looks(d, &r, dict)
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
	list := r.array(holder["W"])
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
		for c := from; c <= to; c++ {
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

// looks finds out what the font's codes look like.
func (f *font) looks(d *digester, r *reader, dict types.Dict) error {
	holder := dict
	if list := r.array(dict["DescendantFonts"]); len(list) > 0 {
		holder = r.dict(list[0])
	}
	descriptor := r.dict(holder["FontDescriptor"])
	program := outlines(r.stream(descriptor["FontFile2"]))
	direct := r.text(holder["CIDToGIDMap"]) == "Identity"
	procs := r.dict(dict["CharProcs"])
	var what []types.Object
	switch {
	case f.bytes == 2 && direct && program != nil:
		what = []types.Object{types.Name(f.name), dict["Encoding"], holder["CIDSystemInfo"]}
		f.glyph = program
	case len(procs) > 0:
		what = []types.Object{dict["FontMatrix"]}
		names := differences(r, dict)
		f.glyph = func(code int) []byte {
			sum, _ := d.of(procs[names[code]])
			return []byte(sum)
		}
	default:
		what = []types.Object{types.Name(f.name), dict["Encoding"], holder["CIDToGIDMap"], descriptor["FontFile"], descriptor["FontFile2"], descriptor["FontFile3"]}
	}
	for _, o := range what {
		sum, err := d.of(o)
		if err != nil {
			return err
		}
		f.program += sum
	}
	return r.err
}

func differences(r *reader, dict types.Dict) map[int]string {
	names := map[int]string{}
	c := 0
	for _, o := range r.array(r.dict(dict["Encoding"])["Differences"]) {
		switch o := r.resolve(o).(type) {
		case types.Integer:
			c = int(o)
		case types.Name:
			names[c] = string(o)
			c++
		}
	}
	return names
}

// digest says what the font looks like as far as some codes of it are used.
func (f *font) digest(used map[int]bool) string {
	h := sha256.New()
	io.WriteString(h, f.program)
	for _, c := range slices.Sorted(maps.Keys(used)) {
		fmt.Fprintf(h, " %d %v %q ", c, f.advance(c), f.unicode[c])
		if f.glyph != nil {
			h.Write(f.glyph(c))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
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
