package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// outlines finds out what the font's codes look like.
func (f *font) outlines(d *digester, r *reader, dict types.Dict) error {
	holder := dict
	if list := r.array(dict["DescendantFonts"]); len(list) > 0 {
		holder = r.dict(list[0])
	}
	descriptor := r.dict(holder["FontDescriptor"])
	program, spent := outlines(r.stream(descriptor["FontFile2"]))
	direct := r.text(holder["CIDToGIDMap"]) == "Identity"
	procs := r.dict(dict["CharProcs"])
	var what []types.Object
	switch {
	case f.bytes == 2 && direct && program != nil:
		what = []types.Object{types.Name(f.name), dict["Encoding"], holder["CIDSystemInfo"]}
		f.glyph, f.spent = program, spent
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
		look := f.look(c)
		h.Write(look[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// look is a digest of what a code looks like; none where the font does not tell of each one.
func (f *font) look(code int) (sum [16]byte) {
	if f.glyph == nil {
		return sum
	}
	sum, ok := f.looks[code]
	if !ok {
		all := sha256.Sum256(append([]byte(f.program), f.glyph(code)...))
		copy(sum[:], all[:])
		f.looks[code] = sum
	}
	return sum
}

// check is an error when the font has more outlines than are read.
func (f *font) check() error {
	if f.spent == nil || !f.spent() {
		return nil
	}
	return fmt.Errorf("the font %s has more than %d MB of outlines: embed another one: %w", f.name, maxOutlines>>20, platen.Invalid)
}
