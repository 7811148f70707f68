package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Object returns the object of a reference. A reference to an object that the
// file does not have is the null object, nil (§7.3.10).
func (f *File) Object(ref types.IndirectRef) (types.Object, error) {
	num := int(ref.ObjectNumber)
	e := f.entry(num)
	switch {
	case e.kind == plain && e.gen() == int(ref.GenerationNumber):
		return f.plainObject(num, e)
	case e.kind == packed && ref.GenerationNumber == 0:
		return f.packedObject(num, e)
	}
	return nil, nil
}

func (f *File) entry(num int) entry {
	if num <= 0 || num >= len(f.entries) {
		return entry{}
	}
	return f.entries[num]
}

// parser returns a parser of the file from an offset on.
func (f *File) parser(num, at int) *parser {
	return &parser{src: f.src, pos: at, num: num, depth: f.limits.Depth, values: f.limits.Objects}
}

// objectHeader reads "12 0 obj" and returns the place behind it.
func objectHeader(src []byte, at int) (num, gen, body int, ok bool) {
	num, next, ok := natural(src, at, maxNumber)
	if !ok {
		return 0, 0, 0, false
	}
	gen, next, ok = natural(src, next, maxGeneration)
	if !ok {
		return 0, 0, 0, false
	}
	body, ok = keyword(src, next, "obj")
	return num, gen, body, ok
}

// locate returns where the value of an object in the file begins.
func (f *File) locate(num int, e entry) (int, error) {
	if int(e.place) >= len(f.src) {
		return 0, wrong(num, -1, "the cross-reference points behind the end of the file: get the whole file%s", rebuild)
	}
	n, gen, body, ok := objectHeader(f.src, int(e.place))
	if !ok || n != num || gen != e.gen() {
		return 0, wrong(num, int(e.place), "the cross-reference points here, but the object is not here%s", rebuild)
	}
	return body, nil
}

func (f *File) plainObject(num int, e entry) (types.Object, error) {
	body, err := f.locate(num, e)
	if err != nil {
		return nil, err
	}
	p := f.parser(num, body)
	o, err := p.value()
	if err != nil {
		return nil, err
	}
	if err := f.spend(p.pos - body); err != nil {
		return nil, err
	}
	if _, ok := keyword(f.src, p.pos, "endobj"); ok {
		return o, nil
	}
	d, isDict := o.(types.Dict)
	if next, ok := keyword(f.src, p.pos, "stream"); ok && isDict {
		return f.rawStream(num, d, next)
	}
	return nil, p.wrong("the object has no endobj%s", rebuild)
}

// streamAt reads the stream whose dictionary begins at body.
func (f *File) streamAt(num, body int) (s types.StreamDict, err error) {
	p := f.parser(num, body)
	o, err := p.value()
	if err != nil {
		return s, err
	}
	d, isDict := o.(types.Dict)
	next, ok := keyword(f.src, p.pos, "stream")
	if !ok || !isDict {
		return s, p.wrong("a stream should stand here%s", rebuild)
	}
	return f.rawStream(num, d, next)
}

// maxChain bounds references to references, which no writer makes.
const maxChain = 8

// Resolve returns o, or the object it refers to.
func (f *File) Resolve(o types.Object) (types.Object, error) {
	for range maxChain {
		ref, ok := o.(types.IndirectRef)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.Object(ref); err != nil {
			return nil, err
		}
	}
	return nil, wrong(0, -1, "an object is a reference to a reference without end%s", rebuild)
}

// Dict returns the dictionary that o is or refers to, or that of a stream. The
// null object is a nil dictionary; anything else is an error.
func (f *File) Dict(o types.Object) (types.Dict, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case types.Dict:
		return v, nil
	case types.StreamDict:
		return v.Dict, nil
	}
	return nil, wrong(number(o), -1, "this should be a dictionary%s", rebuild)
}

// Array returns the array that o is or refers to. The null object is a nil
// array; anything else is an error.
func (f *File) Array(o types.Object) (types.Array, error) {
	v, err := f.Resolve(o)
	if err != nil || v == nil {
		return nil, err
	}
	list, ok := v.(types.Array)
	if !ok {
		return nil, wrong(number(o), -1, "this should be an array%s", rebuild)
	}
	return list, nil
}

// Stream returns the stream that o refers to.
func (f *File) Stream(o types.Object) (s types.StreamDict, err error) {
	v, err := f.Resolve(o)
	if err != nil {
		return s, err
	}
	s, ok := v.(types.StreamDict)
	if !ok {
		return s, wrong(number(o), -1, "this should be a stream%s", rebuild)
	}
	return s, nil
}

// number returns the object number of a reference, and 0 for anything else.
func number(o types.Object) int {
	ref, _ := o.(types.IndirectRef)
	return int(ref.ObjectNumber)
}
