package custody_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A person is a certificate with its key.
type person struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (p *person) files(t *testing.T, dir, name string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{name + ".pem": inPEM("CERTIFICATE", p.cert.Raw), name + ".key": inPEM("PRIVATE KEY", der)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// An office is an authority for certificates, which says that none was revoked, and one
// for time stamps (openssl ts).
type office struct {
	root, seal *person
	url        string
	dir        string
	serial     int64

	mu      sync.Mutex
	stamped int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{dir: t.TempDir()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", o.list)
	mux.HandleFunc("POST /stamp", o.stamp)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.url = server.URL
	o.root = o.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Root"}, IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte{1},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotAfter: time.Now().AddDate(20, 0, 0),
	})
	o.seal = o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Lab seal"}, KeyUsage: x509.KeyUsageDigitalSignature, NotAfter: time.Now().AddDate(1, 0, 0)})
	o.root.files(t, o.dir, "root")
	config := "[tsa]\ndefault_tsa = one\n[one]\nserial = " + o.dir + "/serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256, sha384\ness_cert_id_alg = sha256\n"
	for name, text := range map[string]string{"config": config, "serial": "01\n"} {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// issue issues a certificate; the first one is its own.
func (o *office) issue(t *testing.T, c *x509.Certificate) *person {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o.serial++
	c.SerialNumber, c.NotBefore = big.NewInt(o.serial), time.Now().Add(-time.Hour)
	by := &person{c, key}
	if o.root != nil {
		by = o.root
		c.CRLDistributionPoints = []string{o.url + "/list"}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &person{cert, key}
}

// clock has the office stamp with a new certificate (RFC 3161 §2.3).
func (o *office) clock(t *testing.T, until time.Time) {
	t.Helper()
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	o.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Clock"}, KeyUsage: x509.KeyUsageDigitalSignature, NotAfter: until,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}).files(t, o.dir, "clock")
}

func (o *office) list(w http.ResponseWriter, _ *http.Request) {
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().AddDate(1, 0, 0)}, o.root.cert, o.root.key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(der)
}

func (o *office) stamp(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stamped++
	query := filepath.Join(o.dir, "query")
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = os.WriteFile(query, body, 0o600)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	cmd := exec.Command("openssl", "ts", "-reply", "-config", "config", "-queryfile", query, "-signer", "clock.pem", "-inkey", "clock.key", "-chain", "root.pem")
	cmd.Dir = o.dir
	out, err := cmd.Output()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(out)
}
