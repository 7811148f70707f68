package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/renderer/finish"
)

// openPool opens the browser that all tests share, when the first one needs it.
var openPool = sync.OnceValues(func() (*chrome.Pool, error) {
	poolIsOpen.Store(true)
	return chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
})

var poolIsOpen atomic.Bool

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	code := m.Run()
	if poolIsOpen.Load() {
		if pool, err := openPool(); err == nil {
			pool.Close()
		}
	}
	os.Exit(code)
}

// printed is a finished document of some pages, tagged and archivable. A document
// of as many pages is printed once.
func printed(t testing.TB, pages int) []byte {
	t.Helper()
	papers.Lock()
	defer papers.Unlock()
	if papers.made[pages] == nil {
		papers.made[pages] = paper(t, pages)
	}
	return bytes.Clone(papers.made[pages])
}

var papers = struct {
	sync.Mutex
	made map[int][]byte
}{made: map[int][]byte{}}

func paper(t testing.TB, pages int) []byte {
	t.Helper()
	pool, err := openPool()
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	for n := range pages {
		fmt.Fprintf(&body, `<section style="break-after:page"><h1>Step %d</h1><table>`, n+1)
		for row := range 20 {
			fmt.Fprintf(&body, "<tr><th scope=row>Weight %d<td>%d.%02d g", row, n, row)
		}
		body.WriteString("</table></section>")
	}
	out, err := pool.Print(t.Context(), platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><title>Lot 7</title><style>body{font-family:"Noto Sans"}section:last-child{break-after:auto!important}</style>` + body.String())})
	if err != nil {
		t.Fatal(err)
	}
	res, err := finish.New(nil).Finish(t.Context(), finish.Input{PDF: out, Printed: true, Issue: platen.IssueBlock{At: "2026-03-01T10:00:00+01:00"}})
	if err != nil {
		t.Fatal(err)
	}
	if res.Pages != pages {
		t.Fatalf("%d pages, want %d", res.Pages, pages)
	}
	return res.PDF
}

// plain is a document of one page with a cross-reference table and without tags.
func plain() []byte {
	objects := []string{
		"<</Type /Catalog /Pages 2 0 R>>",
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 400]>>",
		"<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>>",
		"<</Length 44>>\nstream\nBT /F 12 Tf 20 300 Td (Yield: 98.2 %) Tj ET\nendstream",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, start)
	return b.Bytes()
}

// now is when the tests sign: before other programs look at it. Certificates are
// valid a year around it.
var now = time.Now().Add(-time.Hour).Truncate(time.Second).In(time.FixedZone("", 3600))

func newECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newRSA(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func inPEM(certs ...*x509.Certificate) (text []byte) {
	for _, c := range certs {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return text
}

func keyInPEM(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// signed signs a PDF as a person, at now.
func signed(t testing.TB, src []byte, key Key, with ...func(*Options)) []byte {
	t.Helper()
	out, err := Sign(t.Context(), src, options(key, with...))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, src) {
		t.Fatal("signing changed what was there")
	}
	return out
}

func options(key Key, with ...func(*Options)) Options {
	o := Options{Key: key, Time: now, Meaning: "Approved", Reason: "Batch release", Location: "Basel"}
	for _, change := range with {
		change(&o)
	}
	return o
}

func certifying(p Permission, reserve ...string) func(*Options) {
	return func(o *Options) { o.Certify, o.Reserve = p, reserve }
}

// run runs a program in a folder with some files, and returns what it prints.
func run(t testing.TB, files map[string][]byte, name string, args ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// qpdf runs qpdf on a PDF and returns what it makes of it.
func qpdf(t testing.TB, src []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, src, 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.CommandContext(t.Context(), "qpdf", append(args, in, out)...).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
