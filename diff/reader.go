package diff

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A reader reads objects and keeps the first error, so that what is read in one go is checked once.
type reader struct {
	file *pdf.File
	err  error
}

func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) resolve(o types.Object) types.Object {
	v, err := r.file.Resolve(o)
	r.keep(err)
	return v
}

// dict returns the dictionary that o is or refers to; nil for anything else.
func (r *reader) dict(o types.Object) types.Dict {
	switch v := r.resolve(o).(type) {
	case types.Dict:
		return v
	case types.StreamDict:
		return v.Dict
	}
	return nil
}

func (r *reader) array(o types.Object) types.Array {
	list, _ := r.resolve(o).(types.Array)
	return list
}

// list returns the array that o is, or one of o alone.
func (r *reader) list(o types.Object) types.Array {
	switch v := r.resolve(o).(type) {
	case nil:
		return nil
	case types.Array:
		return v
	}
	return types.Array{o}
}

func (r *reader) text(o types.Object) string { return pdf.Text(r.resolve(o)) }

func (r *reader) number(o types.Object) float64 { return float(r.resolve(o)) }

func (r *reader) numbers(o types.Object) (out []float64) {
	for _, v := range r.array(o) {
		out = append(out, r.number(v))
	}
	return out
}

// stream returns the decoded bytes of a stream; nil for anything else.
func (r *reader) stream(o types.Object) []byte {
	s, ok := r.resolve(o).(types.StreamDict)
	if !ok {
		return nil
	}
	data, err := r.file.DecodeWithin(s, maxStream)
	r.keep(err)
	return data
}

// maxStream is the most bytes of the content of a page or form, of a font or a CMap.
const maxStream = 64 << 20

// float returns a number, and 0 for anything else.
func float(o types.Object) float64 {
	switch v := o.(type) {
	case types.Integer:
		return float64(v)
	case types.Float:
		return float64(v)
	}
	return 0
}
