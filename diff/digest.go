package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A digester makes digests of objects and all that they refer to. Objects that say the same
// have the same digest, whatever their numbers are and however their streams are packed.
type digester struct {
	file *pdf.File
	memo map[types.IndirectRef]string
	skip map[string]bool // entries that lead upwards
	left int             // objects that may still be within each other
}

// maxWithin is how many objects may be within each other.
const maxWithin = 500

// newDigester returns a digester of a file. A reference to one of its pages is its number, and
// not what it shows.
func newDigester(f *pdf.File, pages map[types.IndirectRef]int) *digester {
	memo := map[types.IndirectRef]string{}
	for ref, n := range pages {
		memo[ref] = fmt.Sprint("page ", n)
	}
	return &digester{file: f, memo: memo, left: maxWithin,
		skip: map[string]bool{"Parent": true, "P": true, "StructParent": true, "StructParents": true, "Length": true, "Pg": true, "Prev": true}}
}

// of returns the digest of an object.
func (d *digester) of(o types.Object) (string, error) {
	ref, isRef := o.(types.IndirectRef)
	if isRef {
		if sum, ok := d.memo[ref]; ok {
			return sum, nil
		}
		d.memo[ref] = "circle" // where the object is met within itself
	}
	if d.left--; d.left < 0 {
		return "", fmt.Errorf("more than %d objects stand within each other: export the file again: %w", maxWithin, platen.Invalid)
	}
	defer func() { d.left++ }()
	h := sha256.New()
	if err := d.write(h, o); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(h.Sum(nil)[:16])
	if isRef {
		d.memo[ref] = sum
	}
	return sum, nil
}

func (d *digester) write(h hash.Hash, o types.Object) error {
	o, err := d.file.Resolve(o)
	if err != nil {
		return err
	}
	switch o := o.(type) {
	case types.StringLiteral, types.HexLiteral:
		b, _ := pdf.Bytes(o)
		fmt.Fprintf(h, "(%x)", b)
	case types.Array:
		fmt.Fprintf(h, "[%d", len(o))
		for _, v := range o {
			if err := d.child(h, v); err != nil {
				return err
			}
		}
	case types.Dict:
		return d.dict(h, o)
	case types.StreamDict:
		return d.stream(h, o)
	default:
		fmt.Fprintf(h, "%T %v", o, o)
	}
	return nil
}

func (d *digester) child(h hash.Hash, o types.Object) error {
	sum, err := d.of(o)
	fmt.Fprintf(h, " %s", sum)
	return err
}

func (d *digester) dict(h hash.Hash, o types.Dict) error {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if d.skip[key] {
			continue
		}
		fmt.Fprintf(h, "/%s", key)
		if err := d.child(h, o[key]); err != nil {
			return err
		}
	}
	return nil
}

// stream writes what a stream holds: decoded, where that can be done here.
func (d *digester) stream(h hash.Hash, s types.StreamDict) error {
	entries := maps.Clone(s.Dict)
	data, err := d.file.DecodeWithin(s, maxStream)
	if err != nil {
		data = s.Raw // of an image, or too much
	} else {
		delete(entries, "Filter")
		delete(entries, "DecodeParms")
	}
	h.Write(data)
	return d.dict(h, entries)
}
