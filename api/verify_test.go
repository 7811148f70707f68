package api_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	signing "github.com/dicode/platen/renderer/sign"
)

// barePDF has a page without content.
func barePDF() string {
	return string(pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"))
}

// approver is a key with a certificate that is its own root, and that in PEM.
func approver(t *testing.T) (signing.Key, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Ada Meier"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	k, err := signing.ReadKey(append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), text...), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return k, string(text)
}

func approve(t *testing.T, pdf []byte, k signing.Key) []byte {
	t.Helper()
	out, err := signing.Sign(t.Context(), pdf, signing.Options{Key: k, Time: time.Now(), Level: signing.LevelB})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// verified sends a PDF, or a form, to be verified.
func verified(t *testing.T, r *http.Request, kind string) (v custody.Verification) {
	t.Helper()
	r.Header.Set("Content-Type", kind)
	got := send(t, r)
	if got.status != http.StatusOK {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	if err := json.Unmarshal(got.body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// pdfForm is a form with parts, each a name and a content.
func pdfForm(t *testing.T, parts ...string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.CreateFormFile(parts[i], "file")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(parts[i+1]))
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

func problemCodes(list []signing.Problem) (codes []string) {
	for _, p := range list {
		codes = append(codes, string(p.Code))
	}
	return codes
}

const pdfType = "application/pdf"

func TestVerify(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		q := request(t, "to be verified")
		q.Finish.AttachSource = true
		d := s.done(t, q)
		pdf := s.do(t, http.MethodGet, path(d.Id)+"/content", "").body
		manifest := string(s.do(t, http.MethodGet, path(d.Id)+"/manifest", "").body)
		key, root := approver(t)
		approved := string(approve(t, pdf, key))
		post := func(body, kind string) custody.Verification {
			return verified(t, s.request(t, http.MethodPost, "/v1/verify", body), kind)
		}

		v := post(string(pdf), pdfType)
		if v.Valid || !reflect.DeepEqual(problemCodes(v.Problems), []string{"unsigned"}) || v.Data != custody.Matches {
			t.Errorf("a document without signatures: %+v", v)
		}
		if v.Known == nil || v.Known.What != custody.Original || v.Known.Extended || v.Known.Document != d.Id || v.Known.Original != d.Document.Sha256 {
			t.Errorf("a document of one's own: known %+v", v.Known)
		}
		if v = post(approved, pdfType); v.Valid || problemCodes(v.Signatures[0].Problems)[0] != "untrusted" {
			t.Errorf("nobody trusts the signer: %+v", v)
		}
		if got := s.do(t, http.MethodPut, "/v1/tenant/settings", text(t, map[string]any{"settings": map[string]any{"trust": []string{root}}}), "Content-Type", "application/json", "If-Match", "*"); got.status != http.StatusOK {
			t.Fatalf("got %d: %s", got.status, got.body)
		}
		trusted := func() bool { v = post(approved, pdfType); return v.Valid }
		if !eventually(t, trusted) || v.Signatures[0].Revocation != signing.NotApplicable || !v.Known.Extended {
			t.Errorf("the signer is trusted: %+v", v)
		}

		if v = post(pdfForm(t, "pdf", approved, "manifest", manifest)); !v.Valid {
			t.Errorf("with its manifest: %+v", v.Problems)
		}
		for code, other := range map[string]string{
			"manifest":   strings.ReplaceAll(manifest, d.Document.Sha256, strings.Repeat("0", 64)),
			"data":       strings.ReplaceAll(manifest, `"data":"`, `"data":"0`),
			"attachment": strings.Replace(manifest, `"name":"data.json"`, `"name":"other.json"`, 1),
		} {
			if v = post(pdfForm(t, "pdf", approved, "manifest", other)); v.Valid || !reflect.DeepEqual(problemCodes(v.Problems), []string{code}) {
				t.Errorf("another %s: %+v", code, v.Problems)
			}
		}
		flipped := []byte(approved)
		flipped[len(pdf)/2] ^= 1
		var damaged custody.Verification
		if got := s.do(t, http.MethodPost, "/v1/verify", string(flipped), "Content-Type", pdfType); got.status == http.StatusOK {
			if err := json.Unmarshal(got.body, &damaged); err != nil || damaged.Valid || damaged.Known != nil {
				t.Errorf("a changed document: %v: %s", err, got.body)
			}
		}

		// What is another tenant's is told of as what is nobody's.
		theirs := s.request(t, http.MethodPost, "/v1/verify", string(pdf))
		theirs.Header.Set("Authorization", "Bearer "+token(t, "globex", api.ReadDocuments))
		foreign := verified(t, theirs, pdfType)
		nobodys := post(barePDF(), pdfType)
		foreign.SHA256, foreign.Bytes, foreign.Data = nobodys.SHA256, nobodys.Bytes, ""
		if !reflect.DeepEqual(foreign, nobodys) {
			t.Errorf("another's is\n%+v, and nobody's\n%+v", foreign, nobodys)
		}
	})
}

// eventually waits until something holds; settings count within a second.
func eventually(t *testing.T, holds func() bool) bool {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return false
}

func TestVerifyRefuses(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	bare := barePDF()
	post := func(query string, body, kind string) reply {
		return s.do(t, http.MethodPost, "/v1/verify"+query, body, "Content-Type", kind)
	}
	post("", "no PDF", pdfType).problem(t, http.StatusUnprocessableEntity)
	post("", bare, "text/plain").problem(t, http.StatusUnsupportedMediaType)
	post("?level=B-X", bare, pdfType).problem(t, http.StatusUnprocessableEntity)
	for name, parts := range map[string][]string{
		"no PDF": {"manifest", "{}"}, "no manifest": {"pdf", bare, "manifest", "{}"}, "two": {"pdf", bare, "pdf", bare}, "another": {"pdf", bare, "zip", "x"},
	} {
		body, kind := pdfForm(t, parts...)
		if got := post("", body, kind); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d: %s", name, got.status, got.body)
		}
	}
	r := s.request(t, http.MethodPost, "/v1/verify", bare, "Content-Type", pdfType)
	r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.WriteDocuments))
	send(t, r).problem(t, http.StatusForbidden)
	if got := s.trail(t, "?action=document.verified"); len(got) > 0 {
		t.Errorf("the trail has %+v of what was refused", got)
	}
	if got := post("", bare, pdfType); got.status != http.StatusOK {
		t.Errorf("got %d: %s", got.status, got.body)
	}
	trail := s.trail(t, "?action=document.verified")
	if len(trail) != 1 || trail[0].Action != audit.DocumentVerified || trail[0].On[0].SHA256 != platen.Digest([]byte(bare)) {
		t.Errorf("the trail has %+v", trail)
	}
}

// Of one tenant two PDFs are verified at once; who asks for more is told to come again.
func TestVerifyAtOnce(t *testing.T) {
	held := make(chan struct{})
	s := modes[0].serve(t, options{waiting: true, config: func(cfg *api.Config) {
		c := cfg.Custody.Config
		c.Now = func() time.Time { <-held; return time.Now() }
		cfg.Custody = custody.New(c)
	}})
	answers := oneTooMany(t, func() *http.Request {
		return s.request(t, http.MethodPost, "/v1/verify", barePDF(), "Content-Type", pdfType)
	})
	close(held)
	for range 2 {
		if got := <-answers; got.status != http.StatusOK {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	}
}
