package sign

import (
	"context"
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A draft is a PDF while it gets a signature.
type draft struct {
	src     []byte
	file    *pdf.File
	update  *pdf.Update
	root    types.IndirectRef
	catalog types.Dict
	fields  []field // of the form, as the file has them
	added   []field

	newCatalog bool // the catalog changes too

	signature types.IndirectRef
	dict      types.Dict // of the signature
}

func open(src []byte) (*draft, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	d := &draft{src: src, file: f, update: f.Update()}
	d.root, _ = f.Trailer()["Root"].(types.IndirectRef) // Open has looked at it
	if d.catalog, err = f.Catalog(); err != nil {
		return nil, err
	}
	d.fields, err = formFields(f)
	return d, err
}

// prepare adds all of a signature but itself.
func (d *draft) prepare(ctx context.Context, o Options) error {
	if err := d.mayBeSigned(o.Certify); err != nil {
		return err
	}
	d.dict = o.dictionary()
	d.signature = d.update.Add(d.dict)
	if o.Certify != 0 {
		d.certify(o.Certify)
	}
	field, err := d.fill(o.Field)
	if err != nil {
		return err
	}
	if o.Print != nil {
		if err := d.show(ctx, o, field); err != nil {
			return err
		}
	}
	for _, name := range o.Reserve {
		if d.isReserved(name) {
			continue
		}
		if _, err := d.addField(name); err != nil {
			return err
		}
	}
	return d.write()
}

// isReserved reports whether the document has an empty signature field of a name.
func (d *draft) isReserved(name string) bool {
	return slices.ContainsFunc(d.fields, func(f field) bool {
		return f.name == name && f.kind == fieldSignature && !f.isSigned()
	})
}

// mayBeSigned says why a document may not get one more signature.
func (d *draft) mayBeSigned(certify Permission) error {
	for _, f := range d.fields {
		if !f.isSigned() {
			continue
		}
		if certify != 0 {
			return fmt.Errorf("the document is signed (field %s), and a certification must be its first signature: %w", f.name, platen.Invalid)
		}
		s, err := d.file.Dict(f.dict["V"])
		if err != nil {
			return err
		}
		allowed, err := permission(d.file, s)
		if err != nil {
			return err
		}
		if allowed == NoChanges {
			return fmt.Errorf("the document is certified, and no changes are allowed (field %s): %w", f.name, platen.Invalid)
		}
	}
	return nil
}

func (d *draft) isSigned() bool { return slices.ContainsFunc(d.fields, field.isSigned) }

// dictionary returns the signature dictionary (ISO 32000-2 §12.8.1).
func (o Options) dictionary() types.Dict {
	d := types.Dict{
		"Type": types.Name("Sig"), "Filter": types.Name("Adobe.PPKLite"), "SubFilter": types.Name(formatCAdES),
		"M": pdf.Date(o.Time), "Name": pdf.TextString(o.name()),
	}
	if reason := o.reason(); reason != "" {
		d["Reason"] = pdf.TextString(reason)
	}
	if o.Location != "" {
		d["Location"] = pdf.TextString(o.Location)
	}
	return d
}

func (o Options) name() string {
	if o.Name != "" {
		return o.Name
	}
	return title(o.Key.Chain()[0])
}

// certify makes the signature a certification (ISO 32000-2 §12.8.2.2, §12.8.6).
func (d *draft) certify(p Permission) {
	d.dict["Reference"] = types.Array{types.Dict{
		"Type": types.Name("SigRef"), "TransformMethod": types.Name("DocMDP"),
		"TransformParams": types.Dict{"Type": types.Name("TransformParams"), "V": types.Name("1.2"), "P": types.Integer(p)},
	}}
	d.catalog["Perms"] = types.Dict{"DocMDP": d.signature}
	d.newCatalog = true
}

// fill puts the signature into the field of a name, which is added when it is missing,
// and returns the field.
func (d *draft) fill(name string) (types.Dict, error) {
	if name == "" {
		name = d.unusedName("Signature")
	}
	for _, f := range d.fields {
		if f.name != name {
			continue
		}
		if f.kind != fieldSignature || f.dict["V"] != nil || f.ref == nil {
			return nil, fmt.Errorf("the field %q is no empty signature field: name another one: %w", name, platen.Invalid)
		}
		f.dict["V"] = d.signature
		d.update.Set(*f.ref, f.dict)
		return f.dict, nil
	}
	added, err := d.addField(name)
	if err != nil {
		return nil, err
	}
	added["V"] = d.signature
	return added, nil
}
