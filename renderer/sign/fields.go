package sign

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

const fieldSignature = types.Name("Sig")

// A field is one of the document's form (ISO 32000-2 §12.7.4).
type field struct {
	name    string // full
	kind    types.Object
	ref     *types.IndirectRef // nil for a field that is no object of its own
	dict    types.Dict
	widgets []types.IndirectRef // besides the field itself
}

func (f field) isSigned() bool { return f.kind == fieldSignature && f.dict["V"] != nil }

// dictOf returns the dictionary that o is or refers to, nil for none. A stream is an
// error: it could be a dictionary in one place and content in another.
func dictOf(f *pdf.File, o types.Object) (types.Dict, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	if s, ok := v.(types.StreamDict); ok {
		return nil, fmt.Errorf("the stream at offset %d stands for a dictionary: export the file again: %w", s.StreamOffset, platen.Invalid)
	}
	return f.Dict(v)
}

// formFields returns the fields that have a name, in the order of the form.
func formFields(f *pdf.File) ([]field, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	form, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, err
	}
	w := fieldWalk{file: f, seen: map[types.IndirectRef]bool{}}
	err = w.fields(form["Fields"], field{}, pdf.DefaultLimits.Depth)
	return w.list, err
}

type fieldWalk struct {
	file *pdf.File
	seen map[types.IndirectRef]bool
	list []field
}

func (w *fieldWalk) fields(o types.Object, parent field, depth int) error {
	kids, err := w.file.Array(o)
	if err != nil {
		return err
	}
	if depth == 0 {
		return fmt.Errorf("the form fields are nested too deep: flatten them: %w", platen.Invalid)
	}
	for _, kid := range kids {
		if err := w.field(kid, parent, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *fieldWalk) field(o types.Object, parent field, depth int) (err error) {
	f := field{name: parent.name, kind: parent.kind}
	if ref, ok := o.(types.IndirectRef); ok {
		if w.seen[ref] {
			return fmt.Errorf("the form has the field of object %d twice: export the file again: %w", ref.ObjectNumber, platen.Invalid)
		}
		w.seen[ref] = true
		f.ref = &ref
	}
	if f.dict, err = dictOf(w.file, o); err != nil {
		return err
	}
	if f.dict["FT"] != nil {
		f.kind = f.dict["FT"]
	}
	if f.dict["T"] == nil {
		if n := len(w.list); n > 0 && f.ref != nil {
			w.list[n-1].widgets = append(w.list[n-1].widgets, *f.ref)
		}
		return w.fields(f.dict["Kids"], f, depth-1)
	}
	part, err := w.file.Resolve(f.dict["T"])
	if err != nil {
		return err
	}
	if f.name += "." + pdf.Text(part); parent.name == "" {
		f.name = f.name[1:]
	}
	w.list = append(w.list, f)
	return w.fields(f.dict["Kids"], f, depth-1)
}
