package diff_test

import (
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
)

// form is a document with one field, which is drawn on its page.
func form(field, value string) []byte {
	return document("<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [5 0 R] /SigFlags 3>>>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Annots [6 0 R]>>", value,
		"<</T (outer) /Kids [6 0 R] "+field+">>",
		"<</T (inner) /Parent 5 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 2 /P 3 0 R>>")
}

// TestFieldsAndSignatures changes fields of forms, and signatures in them.
func TestFieldsAndSignatures(t *testing.T) {
	const signed = "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Name (Ilse Brandt) /Reason (Released) /M (D:20260317090443+01'00') /ByteRange [0 10 20 10] /Contents <0102>>>"
	with := func(old, new string) string {
		if !strings.Contains(signed, old) {
			t.Fatalf("the signature has no %s", old)
		}
		return strings.Replace(signed, old, new, 1)
	}
	text := form("/FT /Tx /V (475.25)", "null")
	sig := form("/FT /Sig /V 4 0 R", signed)
	for name, tt := range map[string]struct {
		a, b  []byte
		class diff.Class
		say   string
	}{
		"value":             {text, form("/FT /Tx /V (475,25)", "null"), diff.Structure, "475,25"},
		"no value":          {text, form("/FT /Tx", "null"), diff.Structure, "475.25"},
		"long value":        {text, form("/FT /Tx /V 4 0 R", "<</Length 6>>\nstream\n475.25\nendstream"), diff.Structure, "sha256"},
		"choice":            {form("/FT /Ch /V [(a) (b)]", "null"), form("/FT /Ch /V [(a) (c)]", "null"), diff.Structure, "a, c"},
		"read only":         {text, form("/FT /Tx /V (475.25) /Ff 1", "null"), diff.Structure, "Ff"},
		"script":            {text, form("/FT /Tx /V (475.25) /AA <</K <</S /JavaScript /JS (x)>>>>", "null"), diff.Structure, "AA"},
		"signature added":   {form("/FT /Sig", signed), sig, diff.Signature, "Ilse Brandt"},
		"signature removed": {sig, form("/FT /Sig", signed), diff.Signature, "signature removed"},
		"signer":            {sig, form("/FT /Sig /V 4 0 R", with("Ilse Brandt", "Ilse Brand")), diff.Signature, "Ilse Brand,"},
		"reason":            {sig, form("/FT /Sig /V 4 0 R", with("Released", "Reviewed")), diff.Signature, "Reviewed"},
		"time":              {sig, form("/FT /Sig /V 4 0 R", with("090443", "090444")), diff.Signature, "090444"},
		"format":            {sig, form("/FT /Sig /V 4 0 R", with("ETSI.CAdES.detached", "adbe.pkcs7.detached")), diff.Signature, "adbe"},
		"certificate":       {sig, form("/FT /Sig /V 4 0 R", with("<0102>", "<0103>")), diff.Signature, "value"},
	} {
		r := compare(t, tt.a, tt.b, "")
		for _, w := range lacking(r, []want{{tt.class, 0, tt.say}}) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
		if most := 1; len(r.Findings) > most && !strings.HasPrefix(name, "signature ") {
			t.Errorf("%s: %d findings:\n%s", name, len(r.Findings), list(r))
		}
	}
	if r := compare(t, sig, form("/FT /Sig /V 4 0 R", with("[0 10 20 10]", "[0 11 21 10]")), ""); r.Verdict != diff.SameContent {
		t.Errorf("a signature at another place in the file:\n%s", list(r))
	}
}
