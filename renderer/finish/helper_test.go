package finish

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/chrome"
)

// openPool opens the browser that all tests share, when the first one needs it.
var openPool = sync.OnceValues(func() (*chrome.Pool, error) {
	poolIsOpen.Store(true)
	return chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
})

var poolIsOpen atomic.Bool

func TestMain(m *testing.M) {
	disableConfig()
	code := m.Run()
	if poolIsOpen.Load() {
		if pool, err := openPool(); err == nil {
			pool.Close()
		}
	}
	os.Exit(code)
}

func browser(t *testing.T) *chrome.Pool {
	t.Helper()
	pool, err := openPool()
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// printed is what the browser makes of the body of a document.
func printed(t *testing.T, body string) []byte {
	t.Helper()
	out, err := browser(t).Print(t.Context(), platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><title>Lot 7</title>` + body)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// document builds a PDF with a cross-reference table. The objects are numbered
// from 1; the first is the catalog.
func document(objects ...string) []byte { return documentWith("", objects...) }

func documentWith(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, table.String(), len(objects)+1, trailer, start)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

const catalog = "<</Type /Catalog /Pages 2 0 R>>"

// sheets is a document with a page of each of these attributes and contents,
// which may use the font /F.
func sheets(pages ...[2]string) []byte {
	objects := []string{catalog, ""}
	var kids strings.Builder
	for i, p := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 3+2*i)
		objects = append(objects, fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents %d 0 R %s>>", 4+2*i, p[0]), stream("", p[1]))
	}
	objects[1] = fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 300 400] /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>>", kids.String(), len(pages))
	return document(objects...)
}

// blank is a document of empty pages of 300 x 400 points.
func blank(n int) []byte { return sheets(make([][2]string, n)...) }

// marks are watermarks as a request has them.
func marks(list ...platen.Watermark) (out []Watermark) {
	for _, w := range list {
		out = append(out, Watermark{Watermark: w, From: "request"})
	}
	return out
}

// finished finishes a PDF from elsewhere, without a claim of conformance.
func finished(t *testing.T, f *Finisher, src []byte, list ...platen.Watermark) []byte {
	t.Helper()
	res, err := f.Finish(t.Context(), Input{PDF: src, Watermarks: marks(list...), Options: platen.FinishOptions{Conformance: platen.NoConformance}})
	if err != nil {
		t.Fatal(err)
	}
	return res.PDF
}

func open1(t testing.TB, src []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tool runs a program on a PDF, which it finds in its directory as a.pdf, and
// returns what it prints.
func tool(t testing.TB, src []byte, name string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	out, err := toolIn(t, dir, src, name, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return out
}

func toolIn(t testing.TB, dir string, src []byte, name string, args ...string) (string, error) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "a.pdf"), src, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// check holds a PDF against qpdf and against pdfcpu's relaxed validation.
func check(t testing.TB, src []byte) {
	t.Helper()
	tool(t, src, "qpdf", "--check", "a.pdf")
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	if err := api.Validate(bytes.NewReader(src), conf); err != nil {
		t.Errorf("pdfcpu: %v", err)
	}
}

// A picture is a page as a viewer shows it, a pixel for each 2 points.
type picture struct{ image.Image }

// at is the colour at a place in points, from the upper left corner.
func (p picture) at(x, y int) [3]uint8 {
	r, g, b, _ := p.At(x/2, y/2).RGBA()
	return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
}

// ink is the rectangle of all that is not white, in points from the upper left
// corner.
func (p picture) ink() image.Rectangle {
	var box image.Rectangle
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			if c := p.at(2*x, 2*y); min(c[0], c[1], c[2]) < 250 {
				box = box.Union(image.Rect(2*x, 2*y, 2*x+2, 2*y+2))
			}
		}
	}
	return box
}

func (p picture) isBlank() bool { return p.ink().Empty() }

func ref(num int) types.IndirectRef { return types.IndirectRef{ObjectNumber: types.Integer(num)} }

// picturesOf are all pages of a document.
func picturesOf(t *testing.T, src []byte) (list []picture) {
	t.Helper()
	dir := t.TempDir()
	if out, err := toolIn(t, dir, src, "pdftoppm", "-r", "36", "-cropbox", "-png", "a.pdf", "a"); err != nil {
		t.Fatalf("pdftoppm: %v\n%s", err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "a-*.png")) // in order: the numbers have leading zeros
	if err != nil || len(names) == 0 {
		t.Fatalf("no page was drawn: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, picture{img})
	}
	return list
}
