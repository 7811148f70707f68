package webhook_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/webhook"
)

const (
	acme   platen.TenantID = "acme"
	globex platen.TenantID = "globex"
	host                   = "lims.lab.example" // of receivers that have a name
)

// TestMain sets a proxy at which nobody answers: a sender that asked proxies could
// reach no host that has a name.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		os.Setenv(name, "http://127.0.0.1:1")
	}
	os.Exit(m.Run())
}

// certificate is one of 127.0.0.1, 127.0.0.2 and lims.lab.example, and its own
// authority.
var certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{host}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(127, 0, 0, 2)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
})

func roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(certificate().Leaf)
	return pool
}

// A service is Store and Sender of a test, with a clock that the test sets.
type service struct {
	*webhook.Store
	*webhook.Sender
	bucket storage.Bucket
	now    atomic.Pointer[time.Time]
	log    syncBuffer
}

// serve returns a service that may send to what is allowed. change may be nil.
func serve(t *testing.T, allow []string, change func(*webhook.Config)) *service {
	t.Helper()
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	opened, err := webhook.ParseAllow(allow)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{bucket: bucket}
	s.at(time.Date(2026, 3, 19, 14, 5, 0, 0, time.UTC))
	s.Store = webhook.NewStore(bucket, opened, s.clock)
	cfg := webhook.Config{Store: s.Store, Roots: roots(), Timeout: 5 * time.Second, Log: slog.New(slog.NewTextHandler(&s.log, nil))}
	if change != nil {
		change(&cfg)
	}
	s.Sender = webhook.NewSender(cfg)
	return s
}

func (s *service) at(now time.Time) { s.now.Store(&now) }
func (s *service) clock() time.Time { return *s.now.Load() }

// create makes the webhook lims of acme.
func (s *service) create(t *testing.T, url string, kind webhook.Kind) webhook.Secret {
	t.Helper()
	_, secret, err := s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: url, Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// deliver sends a notice to the webhook lims of acme.
func (s *service) deliver(t *testing.T) error {
	t.Helper()
	return s.Deliver(t.Context(), notice)
}

var notice = platen.Notice{
	ID: "019f1d2e-0000-8000-8000-000000000001", Tenant: acme, Webhook: "lims", Type: "document.done",
	Document: "019f1d2e-0000-7000-8000-000000000000", At: time.Date(2026, 3, 19, 15, 4, 59, 0, time.FixedZone("", 3600)),
}

// A request is one that a receiver got.
type request struct {
	*http.Request
	body string
}

// A receiver is a server on loopback. It answers what the test says.
type receiver struct {
	*httptest.Server
	got chan request
}

func receive(t *testing.T, address string, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{got: make(chan request, 100)}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = &httptest.Server{Listener: l, Config: &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)}}
	r.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.got <- request{q, string(b)}
		if answer != nil {
			answer(w, q)
		}
	})
	r.TLS = &tls.Config{Certificates: []tls.Certificate{certificate()}, MinVersion: tls.VersionTLS10} // what a sender may not use
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

// status answers nothing but a status.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// one returns the only request that a receiver got.
func (r *receiver) one(t *testing.T) request {
	t.Helper()
	if len(r.got) != 1 {
		t.Fatalf("the receiver got %d requests, want 1", len(r.got))
	}
	return <-r.got
}

// A syncBuffer is a log that may be read meanwhile.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
