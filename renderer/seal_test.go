package renderer_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// sealed is when the tests seal: the issue time of job, between the certificates' ends.
var sealed = time.Date(2026, 3, 1, 13, 5, 0, 0, time.UTC)

// A sealer is a certificate, its own root, with its key.
type sealer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newSealer(t *testing.T, name string, change func(*x509.Certificate)) *sealer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: sealed.AddDate(-1, 0, 0), NotAfter: sealed.AddDate(1, 0, 0),
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &sealer{cert, key}
}

// Chain is as sign.Key has it.
func (s *sealer) Chain() []*x509.Certificate { return []*x509.Certificate{s.cert} }

// Sign is as sign.Key has it. Each signature is another one.
func (s *sealer) Sign(_ context.Context, digest []byte, _ crypto.Hash) ([]byte, error) {
	return ecdsa.SignASN1(rand.Reader, s.key, digest)
}

func (s *sealer) pem(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// bring gives acme the key, or the place of it, and the seal.
func bring(t *testing.T, bucket storage.Bucket, s *sealer, place string, how tenant.Seal) {
	t.Helper()
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	k := tenant.SealKey{PEM: s.pem(t)}
	if place != "" {
		k = tenant.SealKey{Place: place}
	}
	if _, err := tenant.PutSeal(t.Context(), own, s.Chain(), k, how, tenant.Change{}); err != nil {
		t.Fatal(err)
	}
}

// sealJob asks for a sealed document.
func sealJob(t *testing.T) platen.Job {
	t.Helper()
	j := job(record(t, "tablet-2p.json"))
	j.Finish.Seal = true
	return j
}

// verify demands that a document is certified by a sealer, and whole.
func verify(t *testing.T, doc platen.Document, s *sealer) sign.Report {
	t.Helper()
	r, err := sign.Verify(doc.PDF, sign.VerifyOptions{Trust: s.Chain()})
	if err != nil || !r.Valid || len(r.Signatures) != 1 || r.Signatures[0].Kind != sign.Certification || !r.Signatures[0].Whole {
		t.Fatalf("the seal is not valid: %+v, %v", r, err)
	}
	return r
}

func TestSeal(t *testing.T) {
	pool, s := openPool(t), newSealer(t, "Lab seal", nil)
	bucket := openBucket(t)
	bring(t, bucket, s, "", tenant.Seal{Reserve: []string{"QA"}})
	var told []string
	cfg := config(t, bucket, pool)
	cfg.Sealing = func(_ context.Context, id platen.TenantID, document, certificate string) error {
		told = append(told, string(id), document, certificate)
		return nil
	}
	r := renderer.New(cfg)
	doc, err := r.Render(t.Context(), sealJob(t))
	if err != nil {
		t.Fatal(err)
	}
	report := verify(t, doc, s)
	if got := report.Signatures[0]; got.Field != "Seal" || got.Claimed != "2026-03-01T14:05:00+01:00" || got.Permits != sign.FillAndSign {
		t.Errorf("the seal is %+v", got)
	}
	certificate := platen.Digest(s.cert.Raw)
	want := platen.Sealed{By: "CN=Lab seal", Certificate: certificate, Level: "B-B", Field: "Seal", At: "2026-03-01T14:05:00+01:00"}
	m := doc.Manifest
	if m.Finished.Seal == nil || *m.Finished.Seal != want || m.Inputs.Seal == "" || m.SHA256 != platen.Digest(doc.PDF) || m.Bytes != len(doc.PDF) {
		t.Errorf("the manifest is %+v", m)
	}
	if strings.Join(told, " ") != "acme j1 "+certificate {
		t.Errorf("it is told %q", told)
	}
	if again, err := r.Render(t.Context(), sealJob(t)); err != nil || !again.Stored || len(told) != 3 {
		t.Errorf("the second time: stored %v, told %q, %v", again.Stored, told, err)
	}

	t.Run("equal input, equal bytes", func(t *testing.T) {
		other := openBucket(t)
		bring(t, other, s, "", tenant.Seal{Reserve: []string{"QA"}})
		again, err := renderer.New(config(t, other, pool)).Render(t.Context(), sealJob(t))
		if err != nil || again.Stored || !bytes.Equal(again.PDF, doc.PDF) || again.Manifest.RenderKey != m.RenderKey {
			t.Errorf("stored %v, %v", again.Stored, err)
		}
	})
	t.Run("unsealed it is another document", func(t *testing.T) {
		j := sealJob(t)
		j.Finish.Seal = false
		plain, err := r.Render(t.Context(), j)
		if err != nil || plain.Manifest.RenderKey == m.RenderKey || plain.Manifest.Finished.Seal != nil || !bytes.HasPrefix(doc.PDF, plain.PDF[:100]) {
			t.Errorf("%+v, %v", plain.Manifest, err)
		}
	})
	t.Run("a document of another tenant is not sealed", func(t *testing.T) {
		j := sealJob(t)
		j.Tenant = "globex"
		if _, err := r.Render(t.Context(), j); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "finish.seal is true, and the tenant has no sealing key") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("another way to seal is another document", func(t *testing.T) {
		keys := map[string]bool{m.RenderKey: true}
		for _, how := range []tenant.Seal{{}, {Permits: 1}, {Reserve: []string{"QP"}}} {
			other := openBucket(t)
			bring(t, other, s, "", how)
			got, err := renderer.New(config(t, other, pool)).Render(t.Context(), sealJob(t))
			if err != nil || keys[got.Manifest.RenderKey] {
				t.Errorf("%+v: %v", how, err)
			}
			keys[got.Manifest.RenderKey] = true
		}
	})
	t.Run("what is not written down is not done", func(t *testing.T) {
		cfg := cfg
		cfg.Bucket, cfg.Settings = openBucket(t), nil
		bring(t, cfg.Bucket, s, "", tenant.Seal{})
		cfg.Sealing = func(context.Context, platen.TenantID, string, string) error { return platen.Busy }
		if _, err := renderer.New(cfg).Render(t.Context(), sealJob(t)); !errors.Is(err, platen.Busy) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("any PDF", func(t *testing.T) {
		j := sealJob(t)
		j.Finish.Seal = false
		plain, err := r.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		out, how, err := r.Seal(t.Context(), "acme", "copy-1", plain.PDF, sealed)
		if err != nil || how.Certificate != certificate || told[len(told)-2] != "copy-1" {
			t.Fatalf("%+v, told %q, %v", how, told, err)
		}
		verify(t, platen.Document{PDF: out}, s)
		if _, _, err := r.Seal(t.Context(), "globex", "copy-1", plain.PDF, sealed); !errors.Is(err, platen.NotFound) {
			t.Errorf("without a key: %v", err)
		}
	})
}

// Always seals what no job asks to be sealed, and no preview.
func TestSealAlways(t *testing.T) {
	bucket, s := openBucket(t), newSealer(t, "Lab seal", nil)
	bring(t, bucket, s, "", tenant.Seal{Always: true})
	r := renderer.New(config(t, bucket, openPool(t)))
	j := sealJob(t)
	j.Finish.Seal = false
	doc, err := r.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, doc, s)
	if asked, err := r.Render(t.Context(), sealJob(t)); err != nil || !asked.Stored {
		t.Errorf("asked for, it is not the same: stored %v, %v", asked.Stored, err)
	}
	bundle, err := templates.Baseline("batch-record")
	if err != nil {
		t.Fatal(err)
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	j.Issue.At = ""
	preview, err := r.Preview(t.Context(), template, j)
	if err != nil || preview.Manifest.Finished.Seal != nil {
		t.Errorf("a preview is sealed: %+v, %v", preview.Manifest.Finished.Seal, err)
	}
}

// What cannot be sealed is told before anything is printed, and leaves nothing behind.
func TestSealRefuses(t *testing.T) {
	pool := openPool(t)
	for name, c := range map[string]struct {
		cert   func(*x509.Certificate)
		place  string
		how    tenant.Seal
		change func(*platen.Job)
		want   string
	}{
		"expired at that time": {cert: func(c *x509.Certificate) { c.NotAfter = sealed.Add(-time.Hour) }, want: "has expired at"},
		"expired since":        {cert: func(c *x509.Certificate) { c.NotAfter = sealed.AddDate(0, 0, 7) }, want: "has expired at"},
		"not yet valid":        {cert: func(c *x509.Certificate) { c.NotBefore = sealed.Add(time.Hour) }, want: "is not valid before"},
		"for something else":   {cert: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, want: "is not for documents"},
		"without a time":       {change: func(j *platen.Job) { j.Issue.At = "" }, want: "issue.at is missing"},
		"ahead of its time":    {change: func(j *platen.Job) { j.Issue.At = "2026-05-01T00:00:00Z" }, want: "issue.at is 2026-05-01T00:00:00Z, which is still to come"},
		"no time stamps here":  {how: tenant.Seal{Level: "B-T", TSA: "https://tsa.example"}, want: "nothing here asks for time stamps"},
		"no such keys here":    {place: "hashivault://seal", want: "no key elsewhere can be used here"},
	} {
		t.Run(name, func(t *testing.T) {
			bucket := openBucket(t)
			bring(t, bucket, newSealer(t, "Lab seal", c.cert), c.place, c.how)
			r := renderer.New(config(t, bucket, pool))
			j := sealJob(t)
			if c.change != nil {
				c.change(&j)
			}
			_, err := r.Render(t.Context(), j)
			for _, err := range []error{err, r.Check(t.Context(), j)} {
				if platen.KindOf(err) != platen.Invalid || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			}
			for key := range bucket.List(t.Context(), "tenants/acme/documents/") {
				t.Errorf("%s was stored", key)
			}
		})
	}
}

// A key that is elsewhere makes other bytes each time. What a worker has left under the
// key of the document is then the document, but only if it is the same one and sealed by
// the same certificate.
func TestSealLeftBehind(t *testing.T) {
	pool, s := openPool(t), newSealer(t, "Lab seal", nil)
	open := func(bucket storage.Bucket) *renderer.Renderer {
		cfg := config(t, bucket, pool)
		cfg.RemoteKey = func(place string, _ []*x509.Certificate) (sign.Key, error) {
			if place != "hashivault://seal" {
				t.Errorf("the key is at %s", place)
			}
			return s, nil
		}
		return renderer.New(cfg)
	}
	first := openBucket(t)
	bring(t, first, s, "hashivault://seal", tenant.Seal{})
	doc, err := open(first).Render(t.Context(), sealJob(t))
	if err != nil {
		t.Fatal(err)
	}
	plain := sealJob(t)
	plain.Finish.Seal = false
	unsealed, err := open(first).Render(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := sign.Sign(t.Context(), unsealed.PDF, sign.Options{Key: newSealer(t, "Lab seal", nil), Time: sealed, Certify: sign.FillAndSign})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		there []byte
		kind  platen.Kind
	}{
		"the same":            {doc.PDF, ""},
		"by somebody else":    {stranger, platen.Internal},
		"another document":    {unsealed.PDF, platen.Internal},
		"changed afterwards":  {append(bytes.Clone(doc.PDF), "more"...), platen.Internal},
		"changed in the seal": {bytes.Replace(doc.PDF, []byte("/Name (Lab seal)"), []byte("/Name (Lob seal)"), 1), platen.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			if c.kind != "" && bytes.Equal(c.there, doc.PDF) {
				t.Fatal("nothing was changed")
			}
			bucket := openBucket(t)
			bring(t, bucket, s, "hashivault://seal", tenant.Seal{})
			if err := bucket.Put(t.Context(), "tenants/acme/documents/"+doc.Manifest.RenderKey+".pdf", c.there); err != nil {
				t.Fatal(err)
			}
			got, err := open(bucket).Render(t.Context(), sealJob(t))
			if platen.KindOf(err) != c.kind {
				t.Fatalf("got %v, want %q", err, c.kind)
			}
			if c.kind == "" && (!bytes.Equal(got.PDF, c.there) || got.Manifest.SHA256 != platen.Digest(c.there) || got.Manifest.Bytes != len(c.there)) {
				t.Error("it is not what was left there")
			}
		})
	}
}

// A time stamp authority that does not answer is Busy: the job is done again.
func TestSealWithoutAuthority(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	bucket, s := openBucket(t), newSealer(t, "Lab seal", nil)
	bring(t, bucket, s, "", tenant.Seal{Level: "B-T", TSA: server.URL})
	cfg := config(t, bucket, openPool(t))
	cfg.Evidence = server.Client()
	if _, err := renderer.New(cfg).Render(t.Context(), sealJob(t)); platen.KindOf(err) != platen.Busy || !strings.Contains(err.Error(), "time stamp authority") {
		t.Errorf("got %v", err)
	}
}
