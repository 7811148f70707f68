package sign

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/crypto/ocsp"

	"github.com/dicode/platen/pdf"
)

// forged signs as Sign does, but for what it would refuse: prepare may change the
// draft, and message makes the signature.
func forged(t testing.TB, src []byte, opt Options, prepare func(*draft), message func(digest []byte) []byte) []byte {
	t.Helper()
	d, err := open(src)
	if err != nil {
		t.Fatal(err)
	}
	d.dict = opt.dictionary()
	d.signature = d.update.Add(d.dict)
	if opt.Certify != 0 {
		d.certify(opt.Certify)
	}
	if _, err := d.fill(opt.Field); err != nil {
		t.Fatal(err)
	}
	if prepare != nil {
		prepare(d)
	}
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	tail, err := d.seal(opt.estimate(), crypto.SHA256, func(digest []byte) ([]byte, error) {
		if message != nil {
			return message(digest), nil
		}
		return opt.message(t.Context(), digest, crypto.SHA256)
	})
	if err != nil {
		t.Fatal(err)
	}
	return join(d.src, tail, 0)
}

// What a signature says that it covers must be all but itself.
func TestLocate(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t))
	s := signedFields(t, src)[0]
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	hole, after, rest := s.span.hole, s.span.after, len(src)-s.span.after
	contents := s.dict["Contents"].(types.HexLiteral)
	for _, tt := range []struct {
		name     string
		places   []int
		contents types.Object
		want     string // "" where it is right
	}{
		{"as it is", []int{0, hole, after, rest}, contents, ""},
		{"not from the beginning", []int{1, hole - 1, after, rest}, contents, "does not say which bytes"},
		{"three numbers", []int{0, hole, after}, contents, "does not say which bytes"},
		{"six numbers", []int{0, hole, after, rest - 5, len(src) - 2, 2}, contents, "does not say which bytes"},
		{"negative", []int{0, hole, after, -1}, contents, "does not say which bytes"},
		{"behind the end", []int{0, hole, after, rest + 1}, contents, "does not say which bytes"},
		{"backwards", []int{0, after, hole, rest}, contents, "does not say which bytes"},
		{"more than the signature left out", []int{0, hole, after + 5, rest - 5}, contents, "left out of what it covers"},
		{"all behind the signature left out", []int{0, hole, len(src) - 6, 6}, contents, "left out of what it covers"},
		{"before the signature", []int{0, 20, after, rest}, contents, "left out of what it covers"},
		{"another signature", []int{0, hole, after, rest}, contents[:len(contents)-2] + "11", "is not the signature"},
		{"a text", []int{0, hole, after, rest}, types.StringLiteral(contents), "is not the signature"},
		{"not to the end of an update", []int{0, hole, after, rest - 7}, contents, "covers a part of an update"},
	} {
		d := types.Dict{"Contents": tt.contents, "ByteRange": rect(tt.places...)}
		if _, err := locate(f, src, s.ref, d); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestEnvelopeHoldsNothingElse(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	m, err := signMessage(t.Context(), p, make([]byte, 32), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	null := []byte{5, 0}
	whole := func(data []byte) []byte {
		return encode(struct {
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue
		}{oidSignedData, asn1.RawValue{FullBytes: tagged(0, data).FullBytes}})
	}
	within := func(der []byte) []byte { // one more value at the end of a sequence
		var v asn1.RawValue
		if _, err := asn1.Unmarshal(der, &v); err != nil {
			t.Fatal(err)
		}
		return encode(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(bytes.Clone(v.Bytes), null...)})
	}
	data := encode(m.signedData)
	if !bytes.Equal(whole(data), m.bytes()) {
		t.Fatal("the message is made otherwise")
	}
	two := m.signedData
	two.Signers = append(two.Signers[:1:1], two.Signers[0])
	stamped := m.signedData
	token := attr(oidTimeStamp, null)
	stamped.Signers = []signerInfo{m.Signers[0]}
	stamped.Signers[0].Unsigned = tagged(1, append(encode(token), encode(token)...))
	for name, der := range map[string][]byte{
		"outside": within(m.bytes()), "inside": whole(within(data)), "behind": append(m.bytes(), 1), "two signers": whole(encode(two)),
		"two time stamps": whole(encode(stamped)), "nothing": nil, "zeros": make([]byte, 100),
	} {
		if _, err := openEnvelope(der); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := openEnvelope(append(m.bytes(), 0, 0)); err != nil {
		t.Error(err)
	}
}

// Another certificate of the same key must not take the signer's place.
func TestCertificateExchanged(t *testing.T) {
	o := newOffice(t)
	key := newECDSA(t, elliptic.P256())
	ada, eve := o.signer(t, "Ada", key), o.signer(t, "Eve", key)
	out := forged(t, plain(), options(ada), nil, func(digest []byte) []byte {
		m, err := signMessage(t.Context(), ada, digest, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		m.Certificates = tagged(0, rawCerts(withoutRoots(eve.chain)))
		m.Signers[0].ID = asn1.RawValue{FullBytes: encode(issuerAndSerial{asn1.RawValue{FullBytes: eve.cert().RawIssuer}, eve.cert().SerialNumber})}
		return m.bytes()
	})
	o.refused(t, out, Integrity)
	if _, err := Sign(t.Context(), plain(), options(&localKey{newECDSA(t, elliptic.P256()), ada.chain})); err == nil || !strings.Contains(err.Error(), "does not belong to the certificate") {
		t.Errorf("a key without its certificate: %v", err)
	}
}

func TestCertifiedLate(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	out := forged(t, signed(t, plain(), p), options(p, certifying(FillAndSign)), nil, nil)
	o.refused(t, out, Structure)
	o.refused(t, out, Changed)
	out = forged(t, plain(), options(p, certifying(FillAndSign)), func(d *draft) { delete(d.catalog, "Perms") }, nil)
	o.refused(t, out, Structure)
}

// with appends objects by a table, under any numbers.
func with(src []byte, size int, objects ...string) []byte {
	start := bytes.LastIndex(src, []byte("startxref\n"))
	var prev int
	fmt.Sscanf(string(src[start:]), "startxref\n%d", &prev)
	out := bytes.Clone(src)
	var table strings.Builder
	for _, o := range objects {
		var num int
		fmt.Sscanf(o, "%d", &num)
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", num, len(out))
		out = append(out, o...)
	}
	return fmt.Appendf(out, "xref\n%strailer\n<</Size %d /Root 1 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", table.String(), size, prev, len(out))
}

// A number that the signed document could have used is not new.
func TestUnusedNumbersFilledAfterSigning(t *testing.T) {
	o := newOffice(t)
	prepared := with(plain(), 9, "3 0 obj\n<</Type /Page /Parent 2 0 R /Contents [4 0 R 8 0 R] /Resources <<>> /Annots [7 0 R]>>\nendobj\n")
	src := signed(t, prepared, o.ada(t))
	if r := o.verified(t, src); !r.Valid {
		t.Fatal(problems(r))
	}
	d, err := open(src)
	if err != nil {
		t.Fatal(err)
	}
	form := d.catalog["AcroForm"].(types.IndirectRef).ObjectNumber
	fields := d.fields[0].ref.ObjectNumber
	size := int(d.file.Trailer()["Size"].(types.Integer))
	o.refused(t, with(src, size,
		fmt.Sprintf("1 0 obj\n<</Type /Catalog /Pages 2 0 R /AcroForm %d 0 R /DSS <</Certs [8 0 R]>>>>\nendobj\n", form),
		"8 0 obj\n<</Length 2>>\nstream\nn\n\nendstream\nendobj\n"), Changed)
	o.refused(t, with(src, size,
		fmt.Sprintf("%d 0 obj\n<</Fields [%d 0 R 7 0 R] /SigFlags 3>>\nendobj\n", form, fields),
		"7 0 obj\n<</Type /Annot /Subtype /Widget /FT /Sig /T (New) /F 132 /Rect [0 0 0 0]>>\nendobj\n"), Changed)
}

// An OCSP response counts when the issuer has signed it, or whom the issuer has
// made a responder; a list when the issuer has signed it.
func TestEvidenceOfStrangers(t *testing.T) {
	o, other := newOffice(t), newOffice(t)
	p := o.ada(t)
	issuer := o.authority.cert()
	answer := func(by *person) *store {
		r := ocsp.Response{Status: ocsp.Good, SerialNumber: p.cert().SerialNumber, ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 7)}
		if by != o.authority {
			r.Certificate = by.cert()
		}
		der, err := ocsp.CreateResponse(issuer, by.cert(), r, by.signer)
		if err != nil {
			t.Fatal(err)
		}
		return &store{responses: [][]byte{der}}
	}
	list := func(by *person) *store {
		der, err := x509.CreateRevocationList(zeros{}, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 7)}, by.cert(), by.signer)
		if err != nil {
			t.Fatal(err)
		}
		s := &store{}
		s.addList(der)
		return s
	}
	responder := func(c x509.Certificate) *person {
		c.Subject = pkix.Name{CommonName: "Responder"}
		return o.issue(t, &c, newECDSA(t, elliptic.P256()), o.authority)
	}
	asResponder := []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	for _, tt := range []struct {
		name  string
		store *store
		at    time.Time
		known bool
	}{
		{"issuer", answer(o.authority), now, true},
		{"responder", answer(responder(x509.Certificate{ExtKeyUsage: asResponder})), now, true},
		{"somebody whom the issuer knows", answer(p), now, false},
		{"responder of another time", answer(responder(x509.Certificate{ExtKeyUsage: asResponder, NotAfter: now.AddDate(0, -1, 0)})), now, false},
		{"stranger of the same name", answer(other.authority), now, false},
		{"too old", answer(o.authority), now.AddDate(0, 0, 8), false},
		{"list of the issuer", list(o.authority), now, true},
		{"list of a stranger of the same name", list(other.authority), now, false},
		{"list too old", list(o.authority), now.AddDate(0, 0, 8), false},
	} {
		if st := tt.store.status(p.cert(), issuer, tt.at); st.known != tt.known || !st.revoked.IsZero() {
			t.Errorf("%s: %+v", tt.name, st)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// tokenBy is a time stamp that a person makes, whoever that is.
func tokenBy(t testing.TB, p *person, digest []byte, at time.Time, nonce *big.Int) []byte {
	t.Helper()
	content := encode(stampInfo{
		Version: 1, Policy: asn1.ObjectIdentifier{1, 2, 3}, Serial: big.NewInt(1), Nonce: nonce,
		Imprint: imprint{pkix.AlgorithmIdentifier{Algorithm: oidOf(crypto.SHA256)}, digest},
		Time:    asn1.RawValue{Tag: asn1.TagGeneralizedTime, Bytes: []byte(at.UTC().Format("20060102150405Z"))},
	})
	m, err := signMessage(t.Context(), p, digestOf(crypto.SHA256, content), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	m.Version = 3
	m.Content = contentInfo{oidTSTInfo, asn1.RawValue{FullBytes: tagged(0, encode(content)).FullBytes}}
	attributes := must(asn1.MarshalWithParams([]attribute{
		attr(oidContentType, encode(oidTSTInfo)), attr(oidDigest, encode(digestOf(crypto.SHA256, content))),
		attr(oidSigningCert, encode(signingCertificate{Certs: []certID{identify(p.cert(), crypto.SHA256)}})),
	}, "set"))
	var set asn1.RawValue
	if _, err := asn1.Unmarshal(attributes, &set); err != nil {
		t.Fatal(err)
	}
	m.Signers[0].Signed = tagged(0, set.Bytes)
	if m.Signers[0].Signature, err = p.Sign(t.Context(), digestOf(crypto.SHA256, attributes), crypto.SHA256); err != nil {
		t.Fatal(err)
	}
	return m.bytes()
}

func TestWhoMayStamp(t *testing.T) {
	o := newOffice(t)
	digest := digestOf(crypto.SHA256, []byte("a"))
	for _, tt := range []struct {
		name string
		by   *person
		at   time.Time
		want string
	}{
		{"a clock", o.clock, now, ""},
		{"before its time", o.clock, now.AddDate(-2, 0, 0), "is not valid before"},
		{"after its time", o.clock, now.AddDate(6, 0, 0), "has expired"},
		{"a signer", o.ada(t), now, "is not for time stamps alone"},
	} {
		token, err := openToken(tokenBy(t, tt.by, digest, tt.at, nil))
		if err == nil {
			err = token.checkToken(digest)
		}
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestAnswersOfAnAuthority(t *testing.T) {
	o := newOffice(t)
	nonce := big.NewInt(7)
	answer := encode(stampResponse{Token: asn1.RawValue{FullBytes: tokenBy(t, o.clock, make([]byte, 32), now, nonce)}})
	for _, tt := range []struct {
		policy asn1.ObjectIdentifier
		nonce  int64
		ok     bool
	}{{nil, 7, true}, {asn1.ObjectIdentifier{1, 2, 3}, 7, true}, {asn1.ObjectIdentifier{1, 2, 4}, 7, false}, {nil, 8, false}} {
		if _, err := (&TSA{Policy: tt.policy}).read(answer, big.NewInt(tt.nonce)); (err == nil) != tt.ok {
			t.Errorf("policy %v, nonce %d: got %v", tt.policy, tt.nonce, err)
		}
	}
}
