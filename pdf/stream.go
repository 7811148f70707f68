package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// rawStream returns the stream whose keyword ends at a place. Its length is
// that of the dictionary, and endstream must follow.
func (f *File) rawStream(num int, d types.Dict, at int) (s types.StreamDict, err error) {
	switch {
	case at+1 < len(f.src) && f.src[at] == '\r' && f.src[at+1] == '\n':
		at += 2
	case at < len(f.src) && f.src[at] == '\n':
		at++
	default:
		return s, wrong(num, at, "no end of line follows the keyword stream%s", rebuild)
	}
	length, err := f.length(num, d)
	if err != nil {
		return s, err
	}
	if length > len(f.src)-at {
		return s, wrong(num, at, "the stream is longer than the file: get the whole file%s", rebuild)
	}
	end := at + length
	if !f.endsStream(end) {
		return s, wrong(num, end, "the stream does not end where its /Length says%s", rebuild)
	}
	return types.StreamDict{Dict: d, Raw: f.src[at:end:end], StreamOffset: int64(at)}, nil
}

// endsStream reports whether endstream stands at a place, after an end of line.
func (f *File) endsStream(at int) bool {
	for range 2 {
		if at < len(f.src) && isSpace(f.src[at]) {
			at++
		}
	}
	const word = "endstream"
	return at+len(word) <= len(f.src) && string(f.src[at:at+len(word)]) == word
}

// length returns /Length. The streams that hold other objects have theirs at
// hand or in a plain object, so that reading one never needs another one.
func (f *File) length(num int, d types.Dict) (int, error) {
	o := d["Length"]
	if ref, ok := o.(types.IndirectRef); ok {
		var err error
		if o, err = f.lengthObject(d, ref); err != nil {
			return 0, err
		}
	}
	n, ok := o.(types.Integer)
	if !ok || n < 0 {
		return 0, wrong(num, -1, "the stream has no /Length%s", rebuild)
	}
	return int(n), nil
}

func (f *File) lengthObject(d types.Dict, ref types.IndirectRef) (types.Object, error) {
	num := int(ref.ObjectNumber)
	e := f.entry(num)
	if e.kind == packed && d["Type"] != types.Name("ObjStm") && d["Type"] != types.Name("XRef") {
		return f.packedObject(num, e)
	}
	if e.kind != plain {
		return nil, nil
	}
	body, err := f.locate(num, e)
	if err != nil {
		return nil, err
	}
	return f.parser(num, body).value()
}

// Decode returns the decoded bytes of a stream. The image filters are not
// decoded here; they are an error, as is a stream that decodes to more than the
// limit or is damaged.
func (f *File) Decode(s types.StreamDict) ([]byte, error) {
	return f.decode(s, 0, f.limits.Decoded)
}

// DecodeWithin is Decode with a limit of its own, in bytes, below that of the file.
func (f *File) DecodeWithin(s types.StreamDict, limit int) ([]byte, error) {
	return f.decode(s, 0, min(limit, f.limits.Decoded))
}

// maxFilters bounds the filters of one stream.
const maxFilters = 8

// decode is Decode with the object's number, for errors, and a limit of its own.
func (f *File) decode(s types.StreamDict, num, limit int) ([]byte, error) {
	at := int(s.StreamOffset)
	if at == 0 {
		at = -1
	}
	names, parms, err := f.filters(s.Dict)
	if err != nil {
		return nil, err
	}
	if len(names) > maxFilters {
		return nil, wrong(num, at, "the stream has more than %d filters: export the file again", maxFilters)
	}
	data := s.Raw
	for i, o := range names {
		name, err := f.Resolve(o)
		if err != nil {
			return nil, err
		}
		var p types.Dict
		if i < len(parms) {
			if p, err = f.Dict(parms[i]); err != nil {
				return nil, err
			}
		}
		if data, err = unfilter(data, name, p, limit); err != nil {
			return nil, wrong(num, at, "the stream cannot be decoded: %v", err)
		}
	}
	return data, nil
}

// filters returns /Filter and /DecodeParms as arrays.
func (f *File) filters(d types.Dict) (names, parms types.Array, err error) {
	if names, err = f.list(d["Filter"]); err != nil {
		return nil, nil, err
	}
	parms, err = f.list(d["DecodeParms"])
	return names, parms, err
}

// list returns the array that o is, or an array of o alone.
func (f *File) list(o types.Object) (types.Array, error) {
	v, err := f.Resolve(o)
	if err != nil || v == nil {
		return nil, err
	}
	if list, ok := v.(types.Array); ok {
		return list, nil
	}
	return types.Array{v}, nil
}
