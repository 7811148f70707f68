package sign

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// unusedName returns the first of prefix1, prefix2 … that no field has.
func (d *draft) unusedName(prefix string) string {
	for n := 1; ; n++ {
		if name := fmt.Sprint(prefix, n); !d.hasField(name) {
			return name
		}
	}
}

func (d *draft) hasField(name string) bool {
	for _, f := range append(d.fields, d.added...) {
		if f.name == name {
			return true
		}
	}
	return false
}

// Flags of a field's widget: printed, as PDF/A demands, and locked (ISO 32000-2 §12.5.3).
const widgetFlags = 1<<2 | 1<<7

// addField adds an invisible signature field.
func (d *draft) addField(name string) (types.Dict, error) {
	if name == "" || d.hasField(name) {
		return nil, fmt.Errorf("the form has the field %q already, or it is no name: name another one: %w", name, platen.Invalid)
	}
	f := field{name: name, kind: fieldSignature, dict: types.Dict{
		"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": fieldSignature,
		"T": pdf.TextString(name), "TU": pdf.TextString(name), "F": types.Integer(widgetFlags),
	}}
	ref := d.update.Add(f.dict)
	f.ref = &ref
	d.added = append(d.added, f)
	return f.dict, nil
}

// write puts what was added into the form and onto the first page. Fields that
// come with the first signature are put into the structure tree too. Later ones are
// not: verifiers take another tree for another document, and what lies outside the
// page needs no tag (ISO 14289-1 §7.18.1).
func (d *draft) write() error {
	if len(d.added) > 0 {
		page, err := d.annotate()
		if err != nil {
			return err
		}
		if !d.isSigned() {
			if err := d.tag(page); err != nil {
				return err
			}
		}
	}
	return d.writeForm()
}

// writeForm adds the fields to the form, which says that signatures are there and
// that the file is only to be appended to (ISO 32000-2 §12.7.3). An object of its
// own, the form can grow later without another catalog.
func (d *draft) writeForm() error {
	form, err := d.file.Dict(d.catalog["AcroForm"])
	if err != nil {
		return err
	}
	const signaturesAppendOnly = types.Integer(3)
	if len(d.added) == 0 && form["SigFlags"] == signaturesAppendOnly {
		d.writeCatalog()
		return nil
	}
	fields, err := d.file.Array(form["Fields"])
	if err != nil {
		return err
	}
	if form == nil {
		form = types.Dict{}
	}
	for _, f := range d.added {
		fields = append(fields, *f.ref)
	}
	form["Fields"], form["SigFlags"] = fields, signaturesAppendOnly
	if ref, ok := d.catalog["AcroForm"].(types.IndirectRef); ok {
		d.update.Set(ref, form)
	} else {
		d.catalog["AcroForm"] = d.update.Add(form)
		d.newCatalog = true
	}
	d.writeCatalog()
	return nil
}

func (d *draft) writeCatalog() {
	if d.newCatalog {
		d.update.Set(d.root, d.catalog)
	}
}

// annotate puts the added fields onto the first page, and returns it. They have a
// corner of it as their place: a rectangle without area needs no appearance
// (ISO 19005-3 §6.3.3).
func (d *draft) annotate() (types.IndirectRef, error) {
	page, err := d.firstPage()
	if err != nil {
		return page.Ref, err
	}
	box, err := d.file.Box(page)
	if err != nil {
		return page.Ref, err
	}
	dict, err := d.file.Dict(page.Ref) // without what it inherits
	if err != nil {
		return page.Ref, err
	}
	list, err := d.file.Array(dict["Annots"])
	if err != nil {
		return page.Ref, err
	}
	x, y := types.Float(box.X0), types.Float(box.Y0)
	for _, f := range d.added {
		f.dict["P"], f.dict["Rect"] = page.Ref, types.Array{x, y, x, y}
		list = append(list, *f.ref)
	}
	if ref, ok := dict["Annots"].(types.IndirectRef); ok {
		d.update.Set(ref, list)
		return page.Ref, nil
	}
	dict["Annots"] = d.update.Add(list)
	dict["Tabs"] = types.Name("S") // ISO 14289-1 §7.18.3
	d.update.Set(page.Ref, dict)
	return page.Ref, nil
}

func (d *draft) firstPage() (page pdf.Page, err error) {
	for page, err = range d.file.Pages() {
		break
	}
	return page, err
}
