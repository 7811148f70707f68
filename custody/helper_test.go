package custody_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

const (
	acme   platen.TenantID = "acme"
	globex platen.TenantID = "globex"
)

// browser is the one browser of all tests.
var browser = sync.OnceValues(func() (*chrome.Pool, error) {
	return chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if pool, err := browser(); err == nil {
		pool.Close()
	}
	os.Exit(code)
}

// An archive is a bucket with a renderer, and who looks after its documents.
type archive struct {
	*custody.Keeper
	bucket   storage.Bucket
	renderer *renderer.Renderer
	cfg      custody.Config
}

// zone is that of the laboratory.
var zone = time.FixedZone("", 3600)

func clock() time.Time { return time.Now().In(zone) }

func open(t *testing.T) *archive {
	t.Helper()
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	pool, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	library := templates.NewLibrary(bucket, func(context.Context, platen.TenantID) (templates.Rules, error) { return templates.Rules{}, nil }, time.Now, 64<<20)
	r := renderer.New(renderer.Config{
		Bucket: bucket, Printer: pool, Limits: platen.DefaultDataLimits, Now: time.Now, Log: slog.New(slog.DiscardHandler), Evidence: &http.Client{},
		Templates: func(ctx context.Context, job platen.Job, site string) (*templates.Template, error) {
			return library.Template(ctx, job.Tenant, job.Template, templates.Pick{Site: site, At: time.Now()})
		},
	})
	a := &archive{bucket: bucket, renderer: r}
	a.cfg = custody.Config{Bucket: bucket, Settings: r.Settings, Now: clock, Document: r.Document, Print: pool.Print, Seal: r.Seal}
	a.Keeper = custody.New(a.cfg)
	return a
}

// with is another process on the same archive.
func (a *archive) with(change func(*custody.Config)) *custody.Keeper {
	cfg := a.cfg
	change(&cfg)
	return custody.New(cfg)
}

// document makes a document of two pages. Another reason is another document.
func (a *archive) document(t *testing.T, id platen.TenantID, reason string) platen.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata/data", "tablet-2p.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := a.renderer.Render(t.Context(), platen.Job{
		ID: "019f1d2e-0000-7000-8000-000000000000", Tenant: id, Template: "baseline/batch-record", Data: data,
		Issue: platen.IssueBlock{By: "QA", At: clock().Format(time.RFC3339), Reason: reason},
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// seals has a tenant seal all its documents, with a certificate that is its own root.
func (a *archive) seals(t *testing.T, id platen.TenantID) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Lab seal"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := storage.ForTenant(a.bucket, id)
	if err != nil {
		t.Fatal(err)
	}
	pem := inPEM("PRIVATE KEY", private)
	_, err = tenant.PutSeal(t.Context(), own, []*x509.Certificate{cert}, tenant.SealKey{PEM: pem}, tenant.Seal{Always: true, Reserve: []string{"QA"}}, tenant.Change{By: "QA", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
}
