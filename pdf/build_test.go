package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/dicode/platen/pdf"
)

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	os.Exit(m.Run())
}

// document builds a PDF with a cross-reference table. The objects are numbered
// from 1; the first is the catalog.
func document(objects ...string) []byte { return documentWith("", objects...) }

func documentWith(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

const (
	catalog  = "<</Type /Catalog /Pages 2 0 R>>"
	twoPages = "<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842]>>"
	page     = "<</Type /Page /Parent 2 0 R /Contents 5 0 R /Resources <<>>>>"
)

// simple is a document of two pages, the second one turned.
func simple() []byte {
	return document(catalog, twoPages, page,
		"<</Type /Page /Parent 2 0 R /Rotate -90 /CropBox [10 20 110 220] /Contents 5 0 R /Resources <<>>>>",
		stream("", "0 0 m 100 100 l S"))
}

// qpdf runs qpdf on a PDF and returns what it makes of it.
func qpdf(t testing.TB, src []byte, args ...string) []byte {
	t.Helper()
	in, out := filepath.Join(t.TempDir(), "in.pdf"), filepath.Join(t.TempDir(), "out.pdf")
	if err := os.WriteFile(in, src, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "qpdf", append(append([]string{"--static-id"}, args...), in, out)...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("qpdf %s: %v\n%s", strings.Join(args, " "), err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check holds a PDF against qpdf and against pdfcpu's relaxed validation.
func check(t *testing.T, src []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "check.pdf")
	if err := os.WriteFile(file, src, 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.CommandContext(t.Context(), "qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v\n%s", err, msg)
	}
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	if err := api.Validate(bytes.NewReader(src), conf); err != nil {
		t.Errorf("pdfcpu: %v", err)
	}
}

func open(t testing.TB, src []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pages returns all pages, or the error that ends them.
func pages(f *pdf.File) (out []pdf.Page, err error) {
	for p, err := range f.Pages() {
		if err != nil {
			return out, err
		}
		out = append(out, p)
	}
	return out, nil
}
