package sign

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// A person is a certificate with its key, and with those that issued it.
type person struct {
	localKey
}

// cert is the person's certificate.
func (p *person) cert() *x509.Certificate { return p.chain[0] }

// An office issues certificates: a root, and an authority below it that answers
// by OCSP; the root answers by a list. It stamps too.
type office struct {
	root, authority, clock *person
	client                 *http.Client
	url                    string
	serial                 int64

	mu      sync.Mutex
	revoked map[int64]time.Time // by serial number
	asked   int
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{revoked: map[int64]time.Time{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ocsp", o.ocsp)
	mux.HandleFunc("GET /list", o.list)
	mux.HandleFunc("GET /root", func(w http.ResponseWriter, _ *http.Request) { w.Write(o.root.cert().Raw) })
	mux.Handle("POST /stamp", o.stamper(t))
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.Handle("POST /replay", first(o.stamper(t)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.url, o.client = server.URL, server.Client()
	ca := func(name string) *x509.Certificate {
		return &x509.Certificate{
			Subject: pkix.Name{CommonName: name, Organization: []string{"Platen tests"}}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature, NotAfter: now.AddDate(20, 0, 0),
		}
	}
	o.root = o.issue(t, ca("Root"), newECDSA(t, elliptic.P384()), nil)
	below := ca("Authority")
	below.CRLDistributionPoints, below.IssuingCertificateURL = []string{o.url + "/list"}, []string{o.url + "/root"}
	o.authority = o.issue(t, below, newECDSA(t, elliptic.P256()), o.root)
	o.clock = o.issue(t, stamping("Clock", o), newRSA(t, 2048), o.authority)
	return o
}

// stamping is a certificate for time stamps (RFC 3161 §2.3).
func stamping(name string, o *office) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature, OCSPServer: []string{o.url + "/ocsp"}, NotAfter: now.AddDate(5, 0, 0),
		ExtraExtensions: []pkix.Extension{{Id: oidExtKeyUsage, Critical: true, Value: encode([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})}},
	}
}

// issue issues a certificate by another one's owner, or by itself for nil.
func (o *office) issue(t testing.TB, c *x509.Certificate, key crypto.Signer, by *person) *person {
	t.Helper()
	o.serial++
	c.SerialNumber = big.NewInt(o.serial)
	if c.NotBefore.IsZero() {
		c.NotBefore = now.AddDate(-1, 0, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = now.AddDate(1, 0, 0)
	}
	parent, signer := c, key
	var above []*x509.Certificate
	if by != nil {
		parent, signer, above = by.cert(), by.signer, by.chain
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &person{localKey{key, append([]*x509.Certificate{cert}, above...)}}
}

// signer issues a certificate for documents.
func (o *office) signer(t testing.TB, name string, key crypto.Signer) *person {
	t.Helper()
	return o.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		OCSPServer: []string{o.url + "/ocsp"},
	}, key, o.authority)
}

// ada is a signer with a key on P-256.
func (o *office) ada(t testing.TB) *person {
	t.Helper()
	return o.signer(t, "Ada Lovelace", newECDSA(t, elliptic.P256()))
}

func (o *office) revoke(p *person, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.revoked[p.cert().SerialNumber.Int64()] = at
}

func (o *office) ocsp(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	request, err := ocsp.ParseRequest(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	der, err := o.answer(request.SerialNumber, o.revoked[request.SerialNumber.Int64()])
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(der)
}

// answer is an OCSP response; the zero time means that nothing was revoked.
func (o *office) answer(serial *big.Int, revoked time.Time) ([]byte, error) {
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: serial, ThisUpdate: time.Now(), NextUpdate: now.AddDate(0, 0, 7)}
	if !revoked.IsZero() {
		answer.Status, answer.RevokedAt = ocsp.Revoked, revoked
	}
	return ocsp.CreateResponse(o.authority.cert(), o.authority.cert(), answer, o.authority.signer)
}

func (o *office) response(t testing.TB, p *person, revoked time.Time) []byte {
	t.Helper()
	der, err := o.answer(p.cert().SerialNumber, revoked)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (o *office) list(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: now.AddDate(0, 1, 0)}
	for serial, at := range o.revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: at})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, o.root.cert(), o.root.signer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(der)
}

const stamperConfig = `[tsa]
default_tsa = clock
[clock]
serial = serial
signer_cert = clock.pem
certs = chain.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ess_cert_id_alg = sha256
`

// stamper answers as a time stamp authority does, with openssl.
func (o *office) stamper(t testing.TB) http.Handler {
	dir := t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Error(err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		query, _ := io.ReadAll(r.Body)
		write("query", query)
		write("config", []byte(stamperConfig))
		write("clock.pem", inPEM(o.clock.cert()))
		write("chain.pem", inPEM(o.clock.chain[1:]...))
		write("key.pem", keyInPEM(t, o.clock.signer))
		cmd := exec.Command("openssl", "ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "answer")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			http.Error(w, fmt.Sprintf("%v: %s", err, out), http.StatusInternalServerError)
			return
		}
		answer, _ := os.ReadFile(filepath.Join(dir, "answer"))
		w.Write(answer)
	})
}

// first has a handler answer once, and repeats that.
func first(h http.Handler) http.Handler {
	var once sync.Once
	recorded := httptest.NewRecorder()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { h.ServeHTTP(recorded, r) })
		w.Write(recorded.Body.Bytes())
	})
}

// tsa is the office's time stamp authority.
func (o *office) tsa() *TSA { return &TSA{URL: o.url + "/stamp", Client: o.client} }

// at signs at a level.
func (o *office) at(l Level) func(*Options) {
	return func(opt *Options) { opt.Level, opt.TSA, opt.Client = l, o.tsa(), o.client }
}

// verified verifies a PDF, trusting the office's root.
func (o *office) verified(t testing.TB, src []byte, with ...func(*VerifyOptions)) Report {
	t.Helper()
	opt := VerifyOptions{Trust: []*x509.Certificate{o.root.cert()}, Now: time.Now()}
	for _, change := range with {
		change(&opt)
	}
	r, err := Verify(src, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// problems are all of a report, a line each.
func problems(r Report) string {
	var list []string
	for _, p := range r.Problems {
		list = append(list, fmt.Sprintf("%s: %s", p.Code, p.Text))
	}
	for _, s := range r.Signatures {
		for _, p := range s.Problems {
			list = append(list, fmt.Sprintf("%s: %s: %s", s.Field, p.Code, p.Text))
		}
	}
	return strings.Join(list, "\n")
}
