package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zlib"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// appendObject appends the text of an object. Equal objects give equal texts.
func appendObject(dst []byte, o types.Object) ([]byte, error) {
	switch o := o.(type) {
	case nil:
		return append(dst, "null"...), nil
	case types.Boolean:
		return strconv.AppendBool(dst, bool(o)), nil
	case types.Integer:
		return strconv.AppendInt(dst, int64(o), 10), nil
	case types.Float:
		if math.IsNaN(float64(o)) || math.IsInf(float64(o), 0) {
			return nil, fmt.Errorf("%v is no number of PDF", float64(o))
		}
		return strconv.AppendFloat(dst, float64(o), 'f', -1, 64), nil
	case types.Name:
		return append(append(dst, '/'), types.EncodeName(string(o))...), nil
	case types.StringLiteral:
		if literalEnd([]byte(o+")"), 0) != len(o) {
			return nil, fmt.Errorf("a string has parentheses without partner: escape them")
		}
		return append(append(append(dst, '('), o...), ')'), nil
	case types.HexLiteral:
		if !isHex([]byte(o)) {
			return nil, fmt.Errorf("a hexadecimal string holds other characters")
		}
		return append(append(append(dst, '<'), o...), '>'), nil
	case types.IndirectRef:
		return fmt.Appendf(dst, "%d %d R", o.ObjectNumber, o.GenerationNumber), nil
	case types.Array:
		return appendArray(dst, o)
	case types.Dict:
		return appendDict(dst, o)
	}
	return nil, fmt.Errorf("a value of type %T cannot stand in an object", o)
}

func appendArray(dst []byte, list types.Array) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, o := range list {
		if i > 0 {
			dst = append(dst, ' ')
		}
		if dst, err = appendObject(dst, o); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendDict appends the entries in the order of their keys.
func appendDict(dst []byte, d types.Dict) (_ []byte, err error) {
	dst = append(dst, "<<"...)
	for _, key := range slices.Sorted(maps.Keys(d)) {
		dst = append(append(append(dst, '/'), types.EncodeName(key)...), ' ')
		if dst, err = appendObject(dst, d[key]); err != nil {
			return nil, err
		}
		dst = append(dst, '\n')
	}
	return append(dst, ">>"...), nil
}

// appendStream appends a stream. Its /Length is that of Raw.
func appendStream(dst []byte, s types.StreamDict) ([]byte, error) {
	d := maps.Clone(s.Dict)
	if d == nil {
		d = types.Dict{}
	}
	d["Length"] = types.Integer(len(s.Raw))
	dst, err := appendDict(dst, d)
	if err != nil {
		return nil, err
	}
	dst = append(append(dst, "\nstream\n"...), s.Raw...)
	return append(dst, "\nendstream"...), nil
}

// level is that of Flate compression: files are a tenth larger than with the best,
// which takes four times as long.
const level = 6

// compressors are kept, since the tables of one take longer to make than a small
// stream to compress.
var compressors = sync.Pool{New: func() any {
	c := &compressor{}
	var err error
	if c.w, err = zlib.NewWriterLevel(&c.out, level); err != nil {
		panic(err) // the level is one
	}
	return c
}}

type compressor struct {
	w   *zlib.Writer
	out bytes.Buffer
}

// Compress returns a Flate stream of content. d holds its other entries and
// becomes its dictionary.
func Compress(d types.Dict, content []byte) types.StreamDict {
	c := compressors.Get().(*compressor)
	defer compressors.Put(c)
	c.out.Reset()
	c.w.Reset(&c.out)
	c.w.Write(content) // a bytes.Buffer takes everything
	c.w.Close()
	d["Filter"] = types.Name("FlateDecode")
	return types.StreamDict{Dict: d, Raw: bytes.Clone(c.out.Bytes())}
}
