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
	"github.com/dicode/platen/pdf"
)

// outlines finds out what the font's codes look like.
func (f *font) outlines(d *digester, r *reader, dict types.Dict) error {
	holder := dict
	if list := r.array(dict["DescendantFonts"]); len(list) > 0 {
		holder = r.dict(list[0])
	}
	descriptor := r.dict(holder["FontDescriptor"])
	src := r.stream(descriptor["FontFile2"])
	program, spent := outlines(src)
	direct := r.text(holder["CIDToGIDMap"]) == "Identity"
	procs := r.dict(dict["CharProcs"])
	var what []types.Object
	switch {
	case f.bytes == 2 && direct && program != nil:
		units := bigEndian(table(src, "head"), 18, 2) // of an em
		what = []types.Object{types.Name(f.name), types.Integer(units), dict["Encoding"], holder["CIDSystemInfo"], holder["DW2"], holder["W2"], descriptor["FontFile"], descriptor["FontFile3"]}
		f.glyph, f.spent = program, spent
	case len(procs) > 0:
		what = []types.Object{dict["FontMatrix"]}
		names, resources := differences(r, dict), r.dict(dict["Resources"])
		f.glyph = func(code int) []byte {
			proc := procs[names[code]]
			sum, _ := d.of(proc)
			return []byte(sum + d.drawnBy(proc, resources))
		}
	default:
		what = []types.Object{types.Name(f.name), dict["Encoding"], holder["CIDToGIDMap"], holder["CIDSystemInfo"], holder["DW2"], holder["W2"], descriptor["FontFile"], descriptor["FontFile2"], descriptor["FontFile3"]}
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

// drawnBy is the digest of the resources that a glyph's content names, whatever else the font has.
func (d *digester) drawnBy(proc types.Object, resources types.Dict) (sums string) {
	r := reader{file: d.file}
	content := r.stream(proc)
	add := func(o types.Object) {
		if o != nil {
			sum, _ := d.of(o)
			sums += sum + " "
		}
	}
	for op := range pdf.Operations(content) {
		if op.Operator == "BI" {
			add(resources["ColorSpace"])
		}
		for _, o := range pdf.Operands(nil, content, op) {
			name, _ := o.(types.Name)
			for _, kind := range slices.Sorted(maps.Keys(resources)) {
				add(r.dict(resources[kind])[string(name)])
			}
		}
	}
	return sums
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
