package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A Signature is a signature field that holds a signature. Nothing is verified.
type Signature struct {
	Field  string `json:"field"`
	Format string `json:"format"`           // SubFilter: ETSI.CAdES.detached …
	Name   string `json:"name,omitempty"`   // who signed
	Reason string `json:"reason,omitempty"` // why
	Time   string `json:"time,omitempty"`   // when, as the signer says
}

// Signatures returns the signatures of the document, in the order of its fields.
func (f *File) Signatures() ([]Signature, error) {
	c := collector{file: f.view(f.limits.Decoded)}
	var err error
	if c.catalog, err = f.Catalog(); err == nil {
		err = c.signatures()
	}
	return c.facts.Signatures, err
}

func (c *collector) signatures() error {
	form, err := c.file.Dict(c.catalog["AcroForm"])
	if err != nil {
		return err
	}
	fields, err := c.file.Array(form["Fields"])
	if err != nil {
		return err
	}
	w := fieldWalk{collector: c, seen: map[types.IndirectRef]bool{}}
	return w.fields(fields, "", nil, 0)
}

type fieldWalk struct {
	*collector
	seen map[types.IndirectRef]bool
}

// fields visits form fields; parent is the full name and kind the type that
// they inherit (§12.7.4).
func (w *fieldWalk) fields(list types.Array, parent string, kind types.Object, depth int) error {
	if depth > w.file.limits.Depth {
		return wrong(0, -1, "the form fields are nested too deep: flatten them or raise the limit")
	}
	for _, o := range list {
		if ref, ok := o.(types.IndirectRef); ok {
			if w.seen[ref] {
				return wrong(number(o), -1, "the form has this field twice%s", rebuild)
			}
			w.seen[ref] = true
		}
		d, err := w.file.Dict(o)
		if err != nil {
			return err
		}
		if err := w.field(d, parent, kind, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *fieldWalk) field(d types.Dict, parent string, kind types.Object, depth int) error {
	name, err := w.text(d["T"])
	if err != nil {
		return err
	}
	if parent != "" && name != "" {
		name = "." + name
	}
	name = parent + name
	if d["FT"] != nil {
		kind = d["FT"]
	}
	if kind == types.Name("Sig") && d["V"] != nil {
		if err := w.signature(name, d["V"]); err != nil {
			return err
		}
	}
	kids, err := w.file.Array(d["Kids"])
	if err != nil {
		return err
	}
	return w.fields(kids, name, kind, depth+1)
}

func (w *fieldWalk) signature(field string, o types.Object) error {
	d, err := w.file.Dict(o)
	if err != nil {
		return err
	}
	s := Signature{Field: field}
	for _, part := range []struct {
		to  *string
		key string
	}{{&s.Format, "SubFilter"}, {&s.Name, "Name"}, {&s.Reason, "Reason"}, {&s.Time, "M"}} {
		if *part.to, err = w.text(d[part.key]); err != nil {
			return err
		}
	}
	w.facts.Signatures = append(w.facts.Signatures, s)
	return nil
}
