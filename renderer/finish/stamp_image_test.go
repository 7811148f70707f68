package finish

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// raster is a picture of 80 x 40 pixels, red, with its upper left quarter black.
func raster() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			c := color.RGBA{255, 0, 0, 255}
			if x < 40 && y < 20 {
				c = color.RGBA{0, 0, 0, 255}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func pngImage(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, raster()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegImage(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, raster(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStampImages(t *testing.T) {
	const shapes = `<rect width="100" height="50" fill="#f00"/><rect width="50" height="25"/>`
	pages := document(catalog, "<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 20 40] /Rotate 90>>", "<</Type /Page /Parent 2 0 R>>",
		"<</Type /Page /Parent 2 0 R /Contents 5 0 R>>", stream("", "1 0 0 rg 0 0 20 40 re f 0 g 0 0 10 20 re f"))
	f := New(browser(t).Print)
	for name, img := range map[string]platen.Image{
		"PNG":                   {Name: "logo.PNG", Content: pngImage(t)},
		"JPEG":                  {Name: "logo.jpeg", Content: jpegImage(t)},
		"SVG":                   {Name: "logo.svg", Content: svg(shapes)},
		"turned page of a PDF":  {Name: "logo.pdf", Content: pages, Page: 2},
		"name with other signs": {Name: `../a "b" <c> &d;.svg`, Content: svg(shapes)},
	} {
		out := finished(t, f, blank(1), platen.Watermark{Image: &img, Size: "100pt", Position: "top-left", Offset: "10pt 10pt"})
		check(t, out)
		p := picturesOf(t, out)[0]
		if got := p.ink(); !got.In(image.Rect(8, 8, 112, 62)) || !image.Rect(12, 12, 108, 58).In(got) {
			t.Errorf("%s stands in %v", name, got)
		}
		for at, want := range map[[2]int][3]uint8{{30, 20}: black, {80, 20}: red, {30, 50}: red, {80, 50}: red} {
			if got := p.at(at[0], at[1]); max(got[0], want[0])-min(got[0], want[0]) > 4 || got[1] > 4 {
				t.Errorf("%s: %v is %v, want %v", name, at, got, want)
			}
		}
	}
}

// hugePNG has a header that says 30,000 x 30,000 pixels.
func hugePNG(t *testing.T) []byte {
	b := pngImage(t)
	header := b[12:29] // IHDR and its data
	binary.BigEndian.PutUint32(header[4:], 30_000)
	binary.BigEndian.PutUint32(header[8:], 30_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(header))
	return b
}

func TestImagesThatCannotBeDrawn(t *testing.T) {
	whole := pngImage(t)
	f := New(browser(t).Print)
	for _, tt := range []struct {
		name, want string
		image      platen.Image
	}{
		{"30,000 pixels a side", "30000 x 30000 pixels", platen.Image{Name: "a.png", Content: hugePNG(t)}},
		{"cut off", "broken image", platen.Image{Name: "a.png", Content: whole[:len(whole)/2]}},
		{"no image", "broken image", platen.Image{Name: "a.webp", Content: []byte("hello")}},
		{"empty", "broken image", platen.Image{Name: "a.gif"}},
		{"broken SVG", "the drawing is broken", platen.Image{Name: "a.svg", Content: []byte("<svg><g></svg>")}},
		{"empty SVG", "broken image", platen.Image{Name: "a.svg"}},
		{"SVG that fetches", "nothing outside it is ever loaded", platen.Image{Name: "a.svg", Content: svg(`<image href="http://example.com/a.png"/>`)}},
		{"page that is not there", "page 2 is asked for", platen.Image{Name: "a.pdf", Content: blank(1), Page: 2}},
		{"page of a PNG", "page 2 is asked for", platen.Image{Name: "a.png", Content: whole, Page: 2}},
		{"no PDF", "not a PDF", platen.Image{Name: "a.pdf", Content: whole}},
		{"empty PDF", "not a PDF", platen.Image{Name: "a.pdf"}},
		{"page of two million points", "points a side", platen.Image{Name: "a.pdf", Content: sheets([2]string{"/MediaBox [0 0 2000000 9]"})}},
		{"unknown type", `image is "a.bmp"`, platen.Image{Name: "a.bmp", Content: whole}},
	} {
		_, err := f.Finish(t.Context(), Input{
			PDF: blank(1), Watermarks: marks(platen.Watermark{Image: &tt.image}), Options: platen.FinishOptions{Conformance: platen.NoConformance},
		})
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "watermark 1 (request): ") {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestTextsThatCannotBeDrawn(t *testing.T) {
	f := New(browser(t).Print)
	for _, tt := range []struct {
		name, want string
		mark       platen.Watermark
	}{
		{"character for private use", "missing glyph", platen.Watermark{Text: "a\uf8ff"}},
		{"character that is none", "U+10FFFD", platen.Watermark{Text: "a\U0010fffd"}},
		{"character on one page", "missing glyph", platen.Watermark{Text: "{issue.by}"}},
		{"10,000 characters", "10000 characters", platen.Watermark{Text: strings.Repeat("x", 10_000)}},
		{"control characters", "control characters", platen.Watermark{Text: "a\x1bb"}},
		{"spaces", "white space", platen.Watermark{Text: " \n "}},
		{"unknown placeholder", "{lot}", platen.Watermark{Text: "{lot}"}},
		{"placeholder without value", "{issue.reason}", platen.Watermark{Text: "{issue.reason}"}},
		{"over the edge", "page 1: the text runs over the edge", platen.Watermark{Text: "DRAFT", Size: "500pt"}},
		{"page outside the document", "names page 3, and the document has 2", platen.Watermark{Text: "x", Pages: "2-3"}},
	} {
		_, err := f.Finish(t.Context(), Input{PDF: blank(2), Issue: platen.IssueBlock{By: "\uf8ff"}, Watermarks: append(marks(square(nil)), marks(tt.mark)...)})
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "watermark 2 (request): ") {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := New(nil).Finish(t.Context(), Input{PDF: blank(1), Watermarks: marks(platen.Watermark{Text: "x"})}); !errors.Is(err, platen.Internal) {
		t.Errorf("without a browser: %v", err)
	}
}
