package sign

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// four is a document with a certification and three approvals, two of them in
// fields that the certification has reserved.
func four(t testing.TB, src []byte, keys ...Key) []byte {
	t.Helper()
	out := signed(t, src, keys[0], certifying(FillAndSign, "QA", "QP"))
	out = signed(t, out, keys[1], func(o *Options) { o.Field = "QA"; o.Name = "Zoë Müller" })
	out = signed(t, out, keys[2], func(o *Options) { o.Field = "QP"; o.Reason = "放行" })
	return signed(t, out, keys[3])
}

func (o *office) fourKeys(t testing.TB) []Key {
	t.Helper()
	var keys []Key
	for i, key := range []crypto.Signer{newECDSA(t, elliptic.P256()), newRSA(t, 2048), newECDSA(t, elliptic.P384()), newRSA(t, 4096)} {
		keys = append(keys, o.signer(t, fmt.Sprint("Person ", i), key))
	}
	return keys
}

func TestSign(t *testing.T) {
	o := newOffice(t)
	keys := o.fourKeys(t)
	for name, src := range map[string][]byte{
		"plain": plain(), "20 pages": printed(t, 20), "500 pages": printed(t, 500),
		"linearised": qpdf(t, printed(t, 20), "--linearize"), "streams": qpdf(t, plain(), "--object-streams=generate"),
	} {
		t.Run(name, func(t *testing.T) {
			out := four(t, src, keys...)
			if !bytes.Equal(out, four(t, src, keys...)) {
				t.Error("the same input gave other bytes")
			}
			r := o.verified(t, out)
			if !r.Valid || len(r.Signatures) != 4 {
				t.Errorf("%d signatures, not valid: %s", len(r.Signatures), problems(r))
			}
			o.othersAgree(t, out, 4)
		})
	}
}

// othersAgree holds a signed document against what other programs say about it.
func (o *office) othersAgree(t *testing.T, out []byte, signatures int) {
	t.Helper()
	files := map[string][]byte{"a.pdf": out}
	if text, err := run(t, files, "qpdf", "--check", "a.pdf"); err != nil || strings.Contains(text, "WARNING") {
		t.Errorf("qpdf: %v\n%s", err, text)
	}
	text, err := run(t, files, "pdfsig", "-nocert", "a.pdf")
	if n := strings.Count(text, "Signature is Valid."); err != nil || n != signatures || strings.Count(text, "Total document signed") != 1 {
		t.Errorf("pdfsig: %d valid, %v\n%s", n, err, text)
	}
	o.opensslAgrees(t, out)
	model.TrustedCertDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(model.TrustedCertDir, "root.pem"), inPEM(o.root.cert()), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	results, err := api.ValidateSignaturesRaw(bytes.NewReader(out), true, conf)
	if err != nil || len(results) != signatures {
		t.Fatalf("pdfcpu: %d results, %v", len(results), err)
	}
	for _, r := range results { // it asks for no revocation here, and says nothing of certifications that were added to
		if r.Reason != model.SignatureReasonCertRevocationUnknown && (r.Reason != model.SignatureReasonUnsupported || !r.Certified()) {
			t.Errorf("pdfcpu: %v", r)
		}
	}
}

// opensslAgrees has openssl verify each signature as CAdES, with its chain.
func (o *office) opensslAgrees(t *testing.T, out []byte) {
	t.Helper()
	for _, f := range signedFields(t, out) {
		message, err := f.span.message(out)
		if err != nil {
			t.Fatal(err)
		}
		var whole asn1.RawValue
		if _, err := asn1.Unmarshal(message, &whole); err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{
			"signature": whole.FullBytes, "root.pem": inPEM(o.root.cert()),
			"content": append(bytes.Clone(out[:f.span.hole]), out[f.span.after:f.span.end]...),
		}
		text, err := run(t, files, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signature",
			"-content", "content", "-CAfile", "root.pem", "-purpose", "any", "-out", "checked")
		if err != nil || !strings.Contains(text, "CAdES Verification successful") {
			t.Errorf("openssl, field %s: %v\n%s", f.Field, err, text)
		}
	}
}

// signedFields are the signatures of a document but its time stamps.
func signedFields(t *testing.T, out []byte) (list []*checked) {
	t.Helper()
	d, err := open(out)
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{src: out, file: d.file}
	v.signatures(t.Context(), d.fields)
	for _, s := range v.found {
		if s.Kind != TimeStamp {
			list = append(list, s)
		}
	}
	return list
}

// What a document was before, it is with signatures.
func TestSignedDocumentKeepsItsConformance(t *testing.T) {
	o := newOffice(t)
	src := printed(t, 3)
	out := signed(t, four(t, src, o.fourKeys(t)...), o.ada(t), o.at(LevelLTA))
	f, err := pdf.Open(out, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	lacks, err := f.Lacks()
	if err != nil || len(lacks) > 0 {
		t.Errorf("lacks %v, %v", lacks, err)
	}
	facts, err := f.Facts()
	if err != nil || len(facts.Signatures) != 6 {
		t.Errorf("%d signatures, %v", len(facts.Signatures), err)
	}
}

// The fields of the first signature are in the structure tree.
func TestFieldsAreTagged(t *testing.T) {
	o := newOffice(t)
	out := signed(t, printed(t, 3), o.ada(t), certifying(NoChanges, "QA"))
	d, err := open(out)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := d.file.Dict(d.catalog["StructTreeRoot"])
	if err != nil {
		t.Fatal(err)
	}
	parents := map[int]types.Object{}
	node, err := d.file.Dict(tree["ParentTree"])
	if err != nil {
		t.Fatal(err)
	}
	nums, err := d.file.Array(node["Nums"])
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(nums); i += 2 {
		parents[int(nums[i].(types.Integer))] = nums[i+1]
	}
	for _, f := range d.fields {
		key, _ := f.dict["StructParent"].(types.Integer)
		element, err := d.file.Dict(parents[int(key)])
		kid, _ := element["K"].(types.Dict)
		if err != nil || element["S"] != types.Name("Form") || kid["Obj"] != types.Object(*f.ref) {
			t.Errorf("field %s stands in %v, %v", f.name, element, err)
		}
	}
}

func TestWhatASignatureSays(t *testing.T) {
	o := newOffice(t)
	out := signed(t, plain(), o.ada(t), func(o *Options) { o.Field, o.Name = "QA", "Zoë (Müller)" })
	s := o.verified(t, out).Signatures[0]
	got := fmt.Sprint(s.Field, s.Kind, s.Name, s.Reason, s.Location, s.Claimed, s.Signer.Subject, s.Whole, s.Level)
	want := fmt.Sprint("QA", Approval, "Zoë (Müller)", "Approved: Batch release", "Basel", now.Format(time.RFC3339), "CN=Ada Lovelace", true, LevelB)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSignRefuses(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	certified := signed(t, plain(), p, certifying(NoChanges))
	approved := signed(t, plain(), p)
	for _, tt := range []struct {
		name   string
		src    []byte
		change func(*Options)
		want   string
	}{
		{"no PDF", []byte("text"), nil, "this is not a PDF"},
		{"no time", plain(), func(o *Options) { o.Time = time.Time{} }, "the time of signing is missing"},
		{"no key", plain(), func(o *Options) { o.Key = nil }, "the key has no certificate"},
		{"level", plain(), func(o *Options) { o.Level = "B-X" }, `the level is "B-X"`},
		{"no authority", plain(), func(o *Options) { o.Level = LevelT }, "needs a time stamp authority"},
		{"permission", plain(), certifying(4), "permits 1, 2 or 3"},
		{"nothing may be changed", certified, nil, "no changes are allowed (field Signature1)"},
		{"certified too late", approved, certifying(FillAndSign), "a certification must be its first signature"},
		{"field is signed", approved, func(o *Options) { o.Field = "Signature1" }, "no empty signature field"},
		{"reserved twice", plain(), certifying(FillAndSign, "QA", "QA"), `has the field "QA" already`},
		{"reserved without a name", plain(), certifying(FillAndSign, ""), "or it is no name"},
		{"full stop", plain(), func(o *Options) { o.Field = "a.b" }, "has a full stop"},
		{"long reason", plain(), func(o *Options) { o.Reason = strings.Repeat("x", 501) }, "the reason of the signature is longer than 500 characters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := options(p)
			if tt.change != nil {
				tt.change(&opt)
			}
			_, err := Sign(t.Context(), tt.src, opt)
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
