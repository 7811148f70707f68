package finish

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// mark describes the document and gives it what PDF/A-3b and PDF/UA-1 ask for.
func (d *draft) mark() error {
	catalog, err := d.file.Catalog()
	if err != nil {
		return err
	}
	root, _ := d.file.Trailer()["Root"].(types.IndirectRef) // Open has looked at it
	if err := d.describe(catalog); err != nil {
		return err
	}
	if err := d.attach(catalog); err != nil {
		return err
	}
	if err := d.setViewer(catalog); err != nil {
		return err
	}
	if d.archive() {
		if err := d.makeArchivable(catalog); err != nil {
			return err
		}
	}
	if d.Printed { // after the links were described: some of them become fields
		if err := d.reserve(catalog); err != nil {
			return err
		}
	}
	d.update.Set(root, catalog)
	return nil
}

// setViewer asks for the title in the window and one page at a time, with the
// outline beside it where there is one (ISO 32000-2 §12.2).
func (d *draft) setViewer(catalog types.Dict) error {
	outline, err := d.openOutline(catalog)
	if err != nil {
		return err
	}
	preferences, err := d.file.Dict(catalog["ViewerPreferences"])
	if err != nil {
		return err
	}
	preferences = clone(preferences)
	preferences["DisplayDocTitle"] = types.Boolean(true)
	catalog["ViewerPreferences"] = preferences
	catalog["PageLayout"] = types.Name("SinglePage")
	if outline {
		catalog["PageMode"] = types.Name("UseOutlines")
	}
	return nil
}

// makeArchivable adds what a printed document lacks of PDF/A-3b and PDF/UA-1.
func (d *draft) makeArchivable(catalog types.Dict) error {
	d.done.Conformance = []string{"PDF/A-3b", "PDF/UA-1"}
	profile := d.update.Add(pdf.Compress(types.Dict{"N": types.Integer(3)}, sRGB()))
	catalog["OutputIntents"] = types.Array{types.Dict{
		"Type": types.Name("OutputIntent"), "S": types.Name("GTS_PDFA1"),
		"OutputConditionIdentifier": pdf.TextString("sRGB"), "Info": pdf.TextString("sRGB IEC61966-2.1"),
		"RegistryName": pdf.TextString("http://www.color.org"), "DestOutputProfile": profile,
	}}
	if err := d.mapRoles(catalog); err != nil {
		return err
	}
	if err := d.describeLinks(); err != nil {
		return err
	}
	if d.Printed {
		return d.markArtifacts()
	}
	return nil
}

// roles are the standard types (ISO 32000-1 §14.8.4) nearest to those of PDF 2.0
// and of HTML that Chrome uses.
var roles = map[string]string{
	"Strong": "Span", "Em": "Span", "Sub": "Span", "Title": "P", "FENote": "Note",
	"Aside": "Div", "DocumentFragment": "Div", "Artifact": "NonStruct",
}

// mapRoles maps the structure types that PDF 1.7 does not have (ISO 14289-1 §7.1).
func (d *draft) mapRoles(catalog types.Dict) error {
	ref, isRef := catalog["StructTreeRoot"].(types.IndirectRef)
	root, err := d.file.Dict(catalog["StructTreeRoot"])
	if err != nil || root == nil {
		return err
	}
	there, err := d.file.Dict(root["RoleMap"])
	if err != nil {
		return err
	}
	all := types.Dict{}
	for from, to := range roles {
		all[from] = types.Name(to)
	}
	for from, to := range there {
		all[from] = to
	}
	root["RoleMap"] = all
	if isRef {
		d.update.Set(ref, root)
	} else {
		catalog["StructTreeRoot"] = root
	}
	return nil
}
