package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
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
	open map[types.IndirectRef]int // what left was when an object began whose digest is under way
	left int                       // objects that may still be within each other
}

// maxWithin is how many objects may be within each other.
const maxWithin = 500

// newDigester returns a digester of a file.
func newDigester(f *pdf.File) *digester {
	return &digester{file: f, memo: map[types.IndirectRef]string{}, open: map[types.IndirectRef]int{}, left: maxWithin}
}

// name makes a name the digest of an object, so that a reference to it is no matter of what it
// holds. All that it holds has to be compared elsewhere. A stream keeps its digest.
func (d *digester) name(o types.Object, name string) error {
	v, err := d.file.Resolve(o)
	ref, isRef := o.(types.IndirectRef)
	if _, isDict := v.(types.Dict); isRef && isDict {
		d.memo[ref] = name
	}
	return err
}

// of returns the digest of an object.
func (d *digester) of(o types.Object) (string, error) {
	ref, isRef := o.(types.IndirectRef)
	if isRef {
		if sum, ok := d.memo[ref]; ok {
			return sum, nil
		}
		if began, ok := d.open[ref]; ok {
			return fmt.Sprint("circle ", began-d.left), nil // so many objects above
		}
		d.open[ref] = d.left
		defer delete(d.open, ref)
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

// dict writes all entries of a dictionary: its keys may be names that the file chose, such as those
// of resources, whatever they look like. Only the numbers by which the tags know it are left out.
func (d *digester) dict(h hash.Hash, o types.Dict) error {
	io.WriteString(h, "<<")
	for _, key := range slices.Sorted(maps.Keys(o)) {
		v, err := d.file.Resolve(o[key])
		if err != nil {
			return err
		}
		if _, number := v.(types.Integer); number && (key == "StructParent" || key == "StructParents") {
			continue
		}
		fmt.Fprintf(h, "/%q", key)
		if err := d.child(h, o[key]); err != nil {
			return err
		}
	}
	return nil
}

// stream writes what a stream holds: decoded, where that can be done here.
func (d *digester) stream(h hash.Hash, s types.StreamDict) error {
	entries := maps.Clone(s.Dict)
	delete(entries, "Length")
	data, err := d.file.DecodeWithin(s, maxStream)
	if err != nil {
		data = s.Raw // of an image, or too much
	} else {
		delete(entries, "Filter")
		delete(entries, "DecodeParms")
	}
	fmt.Fprintf(h, "stream %d ", len(data))
	h.Write(data)
	return d.dict(h, entries)
}
