package raster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
)

// shared is what most tests draw with, and cache is where its engine is compiled to.
var (
	shared *raster.Rasteriser
	cache  string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if cache, err = os.MkdirTemp("", "platen-raster-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(cache)
	shared = raster.New(raster.Config{Documents: 2, Cache: cache})
	defer shared.Close()
	return m.Run()
}

// pdf returns a PDF with a page for each text of drawing operators, of this size in
// points. It has no cross-reference table that fits, which readers mend.
func pdf(width, height float64, pages ...string) []byte {
	var b strings.Builder
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 3+2*i))
	}
	fmt.Fprintf(&b, "%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n", strings.Join(kids, " "), len(pages))
	for i, ops := range pages {
		fmt.Fprintf(&b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.0f %.0f]/Contents %d 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n", 3+2*i, width, height, 4+2*i)
		fmt.Fprintf(&b, "%d 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", 4+2*i, len(ops), ops)
	}
	b.WriteString("trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")
	return []byte(b.String())
}

const (
	redLeft = "1 0 0 rg 0 0 36 144 re f"
	words   = "BT /F 12 Tf 5 70 Td (Batch 4711) Tj ET"
)

func open(t testing.TB, r *raster.Rasteriser, src []byte) *raster.Document {
	t.Helper()
	d, err := r.Open(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestPage(t *testing.T) {
	d := open(t, shared, pdf(72, 144, redLeft, ""))
	if d.Pages() != 2 {
		t.Fatalf("there are %d pages, want 2", d.Pages())
	}
	for _, test := range []struct {
		page, dpi, x, y int
		want            color.RGBA
	}{
		{1, 144, 10, 10, color.RGBA{255, 0, 0, 255}},
		{1, 144, 143, 287, color.RGBA{255, 255, 255, 255}},
		{2, 72, 10, 10, color.RGBA{255, 255, 255, 255}},
	} {
		picture, err := d.Page(t.Context(), test.page, test.dpi)
		if err != nil {
			t.Fatal(err)
		}
		if want := image.Rect(0, 0, test.dpi, 2*test.dpi); picture.Rect != want {
			t.Errorf("page %d at %d dpi is %v, want %v", test.page, test.dpi, picture.Rect, want)
		}
		if got := picture.RGBAAt(test.x, test.y); got != test.want {
			t.Errorf("page %d at %d,%d is %v, want %v", test.page, test.x, test.y, got, test.want)
		}
	}
}

func TestBadDocuments(t *testing.T) {
	good := pdf(72, 144, words)
	for name, test := range map[string]struct {
		src  []byte
		says string
	}{
		"nothing":    {nil, "no PDF"},
		"a picture":  {[]byte("\x89PNG\r\n"), "no PDF"},
		"a header":   {[]byte("%PDF-1.7\n"), "damaged"},
		"half of it": {good[:len(good)/4], "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := shared.Open(t.Context(), test.src); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want Invalid and %q", err, test.says)
			}
		})
	}
	open(t, shared, good) // no slot was lost: there are two
	open(t, shared, good)
}

func TestBadPages(t *testing.T) {
	for name, test := range map[string]struct {
		width, height float64
		page, dpi     int
		want          platen.Kind
	}{
		"page 0":        {72, 72, 0, 72, platen.NotFound},
		"page 2":        {72, 72, 2, 72, platen.NotFound},
		"no resolution": {72, 72, 1, 0, platen.Invalid},
		"too many dots": {72, 72, 1, 1 << 14, platen.Invalid},
		"a huge page":   {1e9, 1e9, 1, 72, platen.Invalid},
		"a long page":   {3e6, 20, 1, 72, platen.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, shared, pdf(test.width, test.height, words))
			if _, err := d.Page(t.Context(), test.page, test.dpi); platen.KindOf(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestDeterminism draws the same page in two engines, several at once.
func TestDeterminism(t *testing.T) {
	other := raster.New(raster.Config{Cache: cache})
	defer other.Close()
	src := pdf(200, 144, words, redLeft+" "+words)
	draw := func(r *raster.Rasteriser) []byte {
		d := open(t, r, src)
		defer d.Close()
		picture, err := d.Page(t.Context(), 2, 150)
		if err != nil {
			t.Error(err)
			return nil
		}
		out, err := raster.PNG(picture)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	want := draw(other)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if got := draw(shared); !bytes.Equal(got, want) {
				t.Errorf("the picture is another one, of %d bytes, want %d", len(got), len(want))
			}
		})
	}
	group.Wait()
}

// nested is a page of forms, each of which draws the next one 60 times. With a depth of 8
// it takes many seconds, and then more stack than there is; with 4 it takes more memory.
func nested(depth int) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n")
	b.WriteString("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</N 5 0 R>>>>>>endobj\n")
	b.WriteString("4 0 obj<</Length 4>>stream\n/N Do\nendstream endobj\n")
	ops := strings.Repeat("/N Do ", 60)
	for n := 5; n < 5+depth; n++ {
		fmt.Fprintf(&b, "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</N %d 0 R>>>>/Length %d>>stream\n%s\nendstream endobj\n", n, n+1, len(ops), ops)
	}
	fill := "0 0 600 800 re f"
	fmt.Fprintf(&b, "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Length %d>>stream\n%s\nendstream endobj\n", 5+depth, len(fill), fill)
	b.WriteString("trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")
	return []byte(b.String())
}

// TestTime has a page interrupted that takes long, after which another one is drawn.
func TestTime(t *testing.T) {
	d := open(t, shared, nested(8))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := d.Page(ctx, 1, 72); !errors.Is(err, platen.Busy) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want Busy", err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it was interrupted after %v", took)
	}
	if _, err := d.Page(t.Context(), 1, 72); !errors.Is(err, platen.Internal) {
		t.Errorf("a document that was ended draws: %v", err)
	}
	if _, err := open(t, shared, pdf(72, 72, words)).Page(t.Context(), 1, 72); err != nil {
		t.Fatal(err)
	}
}

// TestClose closes one that has drawn nothing.
func TestClose(t *testing.T) {
	r := raster.New(raster.Config{})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(t.Context(), pdf(72, 72, words)); !errors.Is(err, platen.Internal) {
		t.Errorf("a closed one opens: %v", err)
	}
}

// TestBreak has a page break the engine, after which another one is drawn.
func TestBreak(t *testing.T) {
	d := open(t, shared, nested(4))
	if _, err := d.Page(t.Context(), 1, 72); !errors.Is(err, platen.Invalid) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got %v, want Invalid", err)
	}
	if _, err := open(t, shared, pdf(72, 72, words)).Page(t.Context(), 1, 72); err != nil {
		t.Fatal(err)
	}
}

func TestSlots(t *testing.T) {
	one := raster.New(raster.Config{Cache: cache})
	defer one.Close()
	first := open(t, one, pdf(72, 72, words))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := one.Open(ctx, pdf(72, 72, words)); !errors.Is(err, platen.Busy) {
		t.Fatalf("a second document: %v, want Busy", err)
	}
	first.Close()
	first.Close()
	open(t, one, pdf(72, 72, words))
}

// TestEngine holds the name of the engine against the module that draws.
func TestEngine(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(raster.Engine, "go-pdfium ")
	if !strings.Contains(string(mod), "github.com/klippa-app/go-pdfium v"+version+"\n") {
		t.Errorf("go.mod has another go-pdfium than %s", raster.Engine)
	}
}
