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
	list, err := f.Array(signature["Reference"])
	if err != nil {
		return 0, err
	}
	for _, o := range list {
		reference, err := f.Dict(o)
		if err != nil {
			return 0, err
		}
		if reference["TransformMethod"] != types.Name("DocMDP") {
			continue
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
	return 0, nil
}
