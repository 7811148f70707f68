package tenant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/tenant"
)

// authority returns a certificate in PEM.
func authority(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestRoots(t *testing.T) {
	s := tenant.Settings{Trust: []string{authority(t, "A"), "\n" + authority(t, "B") + "\n"}, Seal: tenant.Seal{Certificates: authority(t, "own")}}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	roots, err := s.Roots()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range roots {
		names = append(names, c.Subject.CommonName)
	}
	if got := strings.Join(names, " "); got != "A B own" {
		t.Errorf("got the roots %s", got)
	}
	if s.Look() != (tenant.Settings{}).Look() {
		t.Error("whom a tenant trusts changes its documents")
	}
}

func TestTrustRefuses(t *testing.T) {
	good := authority(t, "A")
	for name, list := range map[string][]string{
		"trust[0] is not one certificate":  {"x"},
		"trust[1] is not one certificate":  {good, good + good},
		"trust[0] is a certificate that":   {"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"},
		"trust[0] is not one cert":         {"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n"},
		"trust[0] has 16385 bytes":         {strings.Repeat(" ", 16<<10+1)},
		"trust has 101 certificates: want": make([]string, 101),
	} {
		if err := (tenant.Settings{Trust: list}).Validate(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}
