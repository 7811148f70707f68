package pdf

import (
	"errors"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// resolve returns o or the object it refers to, and null where it is damaged.
func (c *checker) resolve(o types.Object) types.Object {
	if c.err != nil {
		return nil
	}
	v, err := c.file.Resolve(o)
	if err != nil {
		ref, _ := o.(types.IndirectRef)
		c.damage(ref, err)
		return nil
	}
	return v
}

// damage notes an object that cannot be read. It ends the check where the work
// is used up: reading to the end of the file for a damaged object counts as
// work, since that may have been done.
func (c *checker) damage(ref types.IndirectRef, err error) {
	if c.file.work < 0 || c.file.spend(c.wasted(ref)) != nil {
		c.stop(err)
		return
	}
	if !c.damaged.once(ref) {
		return
	}
	num := int(ref.ObjectNumber)
	var e *Error
	if errors.As(err, &e) && e.Object != 0 {
		num = e.Object
	}
	c.pdfa("6.1", "an object cannot be read as it stands: rebuild the file, for example with qpdf in.pdf out.pdf", objectAt(num))
}

// wasted returns the bytes that reading a damaged object may have cost. A
// damaged object stream costs all work: it is not kept, so that each of its
// objects would decode it again.
func (c *checker) wasted(ref types.IndirectRef) int {
	e := c.file.entry(int(ref.ObjectNumber))
	if e.kind != packed {
		return max(0, len(c.file.src)-int(e.place))
	}
	if pk := c.file.packs[int(e.place)]; pk != nil {
		return len(pk.data)
	}
	return c.file.work + 1
}

// dict returns the dictionary that o is or refers to, or that of a stream.
func (c *checker) dict(o types.Object) types.Dict {
	switch v := c.resolve(o).(type) {
	case types.Dict:
		return v
	case types.StreamDict:
		return v.Dict
	}
	return nil
}

// items returns the elements of an array, or o alone where it is no array, or
// nothing where it is null. References among them stay references.
func (c *checker) items(o types.Object) []types.Object {
	switch v := c.resolve(o).(type) {
	case nil:
		return nil
	case types.Array:
		return v
	}
	return []types.Object{o}
}

// array returns the elements of an array, and nothing for any other object.
func (c *checker) array(o types.Object) types.Array {
	v, _ := c.resolve(o).(types.Array)
	return v
}

func (c *checker) text(o types.Object) string { return Text(c.resolve(o)) }

// name returns a name, and "" for any other object.
func (c *checker) name(o types.Object) string {
	v, _ := c.resolve(o).(types.Name)
	return string(v)
}

// integer returns an integer, and whether o is one.
func (c *checker) integer(o types.Object) (int, bool) {
	v, ok := c.resolve(o).(types.Integer)
	return int(v), ok
}

func (c *checker) isTrue(o types.Object) bool { return c.resolve(o) == types.Boolean(true) }

// isStream reports whether o is or refers to a stream.
func (c *checker) isStream(o types.Object) bool {
	_, ok := c.resolve(o).(types.StreamDict)
	return ok
}
