package sign

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// Values of /SubFilter: how a signature is encoded.
const (
	formatCAdES = "ETSI.CAdES.detached"
	formatPKCS7 = "adbe.pkcs7.detached" // what PAdES grew out of; read, never made
	formatToken = "ETSI.RFC3161"        // a time stamp of the document
)

// permission returns what a certification signature permits (ISO 32000-2
// §12.8.2.2), and 0 for any other signature.
func permission(f *pdf.File, signature types.Dict) (Permission, error) {
	reference, err := transform(f, signature, "DocMDP")
	if err != nil || reference == nil {
		return 0, err
	}
	params, err := f.Dict(reference["TransformParams"])
	if err != nil {
		return 0, err
	}
	p, err := f.Resolve(params["P"])
	if err != nil {
		return 0, err
	}
	if n, ok := p.(types.Integer); ok && n >= 1 && n <= 3 {
		return Permission(n), nil
	}
	return FillAndSign, nil // the default
}

// lockPermission returns what the field of a signature permits after it (ISO 32000-2 table
// 236, /Lock /P), and 0 where it says nothing.
func lockPermission(f *pdf.File, field types.Dict) (Permission, error) {
	lock, err := f.Dict(field["Lock"])
	if err != nil {
		return 0, err
	}
	p, err := f.Resolve(lock["P"])
	if n, ok := p.(types.Integer); ok && n >= 1 && n <= 3 {
		return Permission(n), err
	}
	return 0, err
}

// strictest returns the permission that permits less; 0 is none.
func strictest(a, b Permission) Permission {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func hasTransform(f *pdf.File, signature types.Dict, method string) (bool, error) {
	reference, err := transform(f, signature, method)
	return reference != nil, err
}

// transform returns the signature reference dictionary of a method, nil for none
// (ISO 32000-2 §12.8.1).
func transform(f *pdf.File, signature types.Dict, method string) (types.Dict, error) {
	list, err := f.Array(signature["Reference"])
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		reference, err := f.Dict(o)
		if err != nil {
			return nil, err
		}
		if reference["TransformMethod"] == types.Name(method) {
			return reference, nil
		}
	}
	return nil, nil
}
