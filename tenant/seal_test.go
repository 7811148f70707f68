package tenant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

// certificates returns that of a seal and the one that has issued it.
func certificates(t *testing.T) []*x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root"}, IsCA: true, BasicConstraintsValid: true, NotAfter: noon.AddDate(1, 0, 0)}
	seal := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Seal"}, NotAfter: noon.AddDate(1, 0, 0)}
	var chain []*x509.Certificate
	for _, c := range []*x509.Certificate{seal, root} {
		der, err := x509.CreateCertificate(rand.Reader, c, root, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, cert)
	}
	return chain
}

func inPEM(kind string, certs ...*x509.Certificate) string {
	var b strings.Builder
	for _, c := range certs {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: c.Raw}))
	}
	return b.String()
}

func TestPutSeal(t *testing.T) {
	b, chain := bucketOf(t, "acme"), certificates(t)
	put(t, b, mark("ONE"), change(0))
	look := current(t, b).Settings.Look()
	for i, k := range []tenant.SealKey{{PEM: "one"}, {Place: "hashivault://two"}} {
		r, err := tenant.PutSeal(t.Context(), b, chain, k, tenant.Seal{Reserve: []string{"QA", fmt.Sprint(i)}}, change(0))
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Settings.Seal.Chain()
		if err != nil || len(got) != 2 || !got[0].Equal(chain[0]) || r.Number != i+2 || len(r.Settings.Watermarks) != 1 || r.Settings.Look() != look {
			t.Errorf("revision %d: %+v, %v", r.Number, r.Settings, err)
		}
		kept, err := tenant.SealKeyOf(t.Context(), b, chain[0])
		if k.By, k.At = "A. Meier", noon; err != nil || kept != k {
			t.Errorf("got %+v, %v, want %+v", kept, err, k)
		}
		if text, _ := json.Marshal(r); strings.Contains(string(text), "hashivault") || strings.Contains(string(text), `"one"`) {
			t.Errorf("the settings tell of the key: %s", text)
		}
	}
	if _, err := tenant.SealKeyOf(t.Context(), b, chain[1]); !errors.Is(err, platen.Invalid) {
		t.Errorf("the key of another certificate: %v", err)
	}
	bad := bucketOf(t, "bad")
	if err := bad.Put(t.Context(), "seal/"+platen.Digest(chain[0].Raw)+"/00000001.json", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.SealKeyOf(t.Context(), bad, chain[0]); platen.KindOf(err) != platen.Internal || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "'s'") {
		t.Errorf("a damaged key: %v", err)
	}
}

// A seal that cannot be leaves neither key nor revision.
func TestPutSealRefuses(t *testing.T) {
	b, chain := bucketOf(t, "acme"), certificates(t)
	_, err := tenant.PutSeal(t.Context(), b, chain, tenant.SealKey{PEM: "one"}, tenant.Seal{Level: "B-X"}, change(0))
	refused(t, "level", err, "seal.level", "want B-B, B-T, B-LT or B-LTA")
	for key := range b.List(t.Context(), "") {
		t.Errorf("%s was put", key)
	}
}

func TestSealRefused(t *testing.T) {
	chain := certificates(t)
	whole := inPEM("CERTIFICATE", chain...)
	for name, c := range map[string]struct {
		seal        tenant.Seal
		field, want string
	}{
		"no PEM":          {tenant.Seal{Certificates: "x"}, "seal.certificates", "has no certificate in PEM"},
		"a private key":   {tenant.Seal{Certificates: whole + "-----BEGIN EC PRIVATE KEY-----\nMHc"}, "seal.certificates", "has a private key"},
		"a request":       {tenant.Seal{Certificates: whole + inPEM("CERTIFICATE REQUEST", chain[0])}, "seal.certificates", `has a "CERTIFICATE REQUEST"`},
		"damaged":         {tenant.Seal{Certificates: "-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----\n"}, "seal.certificates", "is damaged"},
		"wrong order":     {tenant.Seal{Certificates: inPEM("CERTIFICATE", chain[1], chain[0])}, "seal.certificates", "has not issued the one before it"},
		"too long":        {tenant.Seal{Certificates: strings.Repeat(whole, 100)}, "seal.certificates", "bytes: want at most"},
		"always":          {tenant.Seal{Always: true}, "seal.always", "there is no sealing key"},
		"permits":         {tenant.Seal{Certificates: whole, Permits: 4}, "seal.permits", "want 1, 2 or 3"},
		"no authority":    {tenant.Seal{Certificates: whole, Level: "B-T"}, "seal.tsa", "want the address of a time stamp authority"},
		"no level":        {tenant.Seal{Certificates: whole, TSA: "https://a.example"}, "seal.tsa", "and none below"},
		"a file":          {tenant.Seal{Certificates: whole, Level: "B-T", TSA: "file:///etc/passwd"}, "seal.tsa", "is no address"},
		"a user":          {tenant.Seal{Certificates: whole, Level: "B-T", TSA: "https://a:b@c.example"}, "seal.tsa", "without a user"},
		"full stop":       {tenant.Seal{Certificates: whole, Reserve: []string{"a.b"}}, "seal.reserve[0]", "without a full stop"},
		"twice":           {tenant.Seal{Certificates: whole, Reserve: []string{"QA", "QA"}}, "seal.reserve[1]", "name each field once"},
		"the seal itself": {tenant.Seal{Certificates: whole, Reserve: []string{tenant.SealField}}, "seal.reserve[0]", "which is where the seal is"},
		"many fields":     {tenant.Seal{Certificates: whole, Reserve: make([]string, 33)}, "seal.reserve", "want at most 32"},
	} {
		refused(t, name, tenant.Settings{Seal: c.seal}.Validate(), c.field, c.want)
	}
	if err := (tenant.Settings{Seal: tenant.Seal{Certificates: whole, Level: "B-LTA", TSA: "https://tsa.example/a", Permits: 3, Reserve: []string{"QA", "Qualified person"}, Always: true}}).Validate(); err != nil {
		t.Error(err)
	}
}
