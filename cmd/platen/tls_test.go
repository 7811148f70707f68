package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// An identity is a certificate that signs itself, for all purposes.
type identity struct {
	serial    int64
	cert, key []byte // PEM
}

func newIdentity(t *testing.T, serial int64) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "acme"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return identity{serial, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})}
}

// A tlsServer is one with its files, which a test may replace.
type tlsServer struct {
	folder, addr string
}

func startTLS(t *testing.T, server, client identity) *tlsServer {
	t.Helper()
	s := &tlsServer{folder: t.TempDir()}
	s.put(t, "cert.pem", server.cert)
	s.put(t, "key.pem", server.key)
	s.put(t, "ca.pem", client.cert)
	auth := authFlags{ClientCA: s.path("ca.pem"), ClientTenant: "cn={tenant}", ClientScope: []string{"documents:read"}}
	flags := tlsFlags{Cert: s.path("cert.pem"), Key: s.path("key.pem")}
	quiet := slog.New(slog.DiscardHandler)
	secure, err := flags.open(auth.ClientCA, quiet)
	if err != nil {
		t.Fatal(err)
	}
	certificates, err := auth.authenticator(t.Context(), "0.0.0.0:443", quiet)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	r := renderer.New(renderer.Config{Bucket: bucket})
	http := newServer(api.New(api.Config{Authenticate: certificates, Renderer: r, Metrics: api.NewMetrics(), Log: quiet}), secure, quiet)
	go accept(http, listener)
	t.Cleanup(func() { http.Close() })
	s.addr = listener.Addr().String()
	return s
}

func (s *tlsServer) path(name string) string { return filepath.Join(s.folder, name) }

// put replaces a file as a whole.
func (s *tlsServer) put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(s.path("new"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.path("new"), s.path(name)); err != nil {
		t.Fatal(err)
	}
}

// get asks for the metrics, for which a tenant's certificate is not enough, over a new
// connection, and returns the status and the serial number of the server.
func (s *tlsServer) get(t *testing.T, cfg *tls.Config, own *identity) (status int, serial int64, err error) {
	t.Helper()
	cfg.InsecureSkipVerify = true
	if own != nil {
		pair, err := tls.X509KeyPair(own.cert, own.key)
		if err != nil {
			t.Fatal(err)
		}
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true, ForceAttemptHTTP2: true}, Timeout: 20 * time.Second}
	res, err := client.Get("https://" + s.addr + "/metrics")
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.TLS.PeerCertificates[0].SerialNumber.Int64(), nil
}

// until asks until an answer is as it should be.
func (s *tlsServer) until(t *testing.T, own *identity, what string, good func(status int, serial int64, err error) bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !good(s.get(t, &tls.Config{}, own)); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not in time", what)
		}
	}
}

func TestTLSFilesAreReadAgain(t *testing.T) {
	first, second, ours, theirs := newIdentity(t, 1), newIdentity(t, 2), newIdentity(t, 3), newIdentity(t, 4)
	s := startTLS(t, first, ours)
	s.until(t, &ours, "first certificate", func(status int, serial int64, err error) bool {
		return err == nil && serial == 1 && status == http.StatusForbidden
	})
	if _, _, err := s.get(t, &tls.Config{}, &theirs); err == nil {
		t.Error("a certificate of another authority is accepted")
	}

	s.put(t, "cert.pem", second.cert) // for a moment it does not fit the key
	if _, serial, err := s.get(t, &tls.Config{}, &ours); err != nil || serial != 1 {
		t.Errorf("half replaced: got %d, %v", serial, err)
	}
	s.put(t, "key.pem", second.key)
	s.until(t, &ours, "second certificate", func(_ int, serial int64, _ error) bool { return serial == 2 })

	s.put(t, "ca.pem", theirs.cert)
	s.until(t, &theirs, "second authority", func(status int, _ int64, err error) bool { return err == nil && status == http.StatusForbidden })
	if _, _, err := s.get(t, &tls.Config{}, &ours); err == nil {
		t.Error("a certificate of the first authority is still accepted")
	}

	s.put(t, "cert.pem", []byte("no certificate"))
	started := time.Now()
	s.until(t, &theirs, "broken certificate", func(_ int, serial int64, err error) bool {
		if err != nil || serial != 2 {
			t.Fatalf("got %d, %v", serial, err)
		}
		return time.Since(started) > lookAgain
	})
}

func TestVersionsOfTLS(t *testing.T) {
	ours := newIdentity(t, 3)
	s := startTLS(t, newIdentity(t, 1), ours)
	for version, ok := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		if _, _, err := s.get(t, &tls.Config{MinVersion: version, MaxVersion: version}, &ours); (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

func TestTLSFilesThatAreRefused(t *testing.T) {
	a, b := newIdentity(t, 1), newIdentity(t, 2)
	folder := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cert, key, other, text := file("cert.pem", a.cert), file("key.pem", a.key), file("other.pem", b.key), file("text.pem", []byte("text"))
	for _, tt := range []struct{ name, cert, key, ca, want string }{
		{"no certificate", text, key, "", "--tls-cert-file"},
		{"no file", cert + "x", key, "", "cert.pemx"},
		{"another's key", cert, other, "", "private key does not match"},
		{"no authority", cert, key, text, "it holds no certificate"},
		{"a key as authority", cert, key, key, "it holds no certificate"},
	} {
		_, err := tlsFlags{tt.cert, tt.key}.open(tt.ca, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), tt.want) || exitCode(err) != exitRefused {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}
