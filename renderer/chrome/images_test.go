package chrome_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// Two documents may have different images of one name: neither gets the other's.
func TestImagesOfOneNameInTwoDocuments(t *testing.T) {
	p := open(t, chrome.Config{Browsers: 1})
	seen := map[string]bool{}
	for _, c := range []color.Gray{{0}, {99}, {200}} {
		img := image.NewGray(image.Rect(0, 0, 9, 9))
		for i := range img.Pix {
			img.Pix[i] = c.Y
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		for _, html := range []string{`<img src="assets/logo.png" alt="">`, `<div style="height: 9px; background: url(assets/logo.png)"></div>`} {
			m := platen.Markup{HTML: []byte("<!DOCTYPE html><title>a</title>" + html), Files: map[string][]byte{"assets/logo.png": b.Bytes()}}
			out, err := p.Print(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			seen[fmt.Sprint(len(html), platen.Digest(imageData(out)))] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d different images were printed, want 6", len(seen))
	}
}

// imageData is the first image of a PDF that Chrome made, packed.
func imageData(pdf []byte) []byte {
	i := bytes.Index(pdf, []byte("/Subtype /Image"))
	if i < 0 {
		return nil
	}
	pdf = pdf[i:]
	return pdf[:bytes.Index(pdf, []byte("endstream"))]
}

// A broken image is refused, also when a sound one of its name was printed before.
func TestBrokenImageOfTheNameOfASoundOne(t *testing.T) {
	p := open(t, chrome.Config{Browsers: 1})
	print := func(content []byte) error {
		_, err := p.Print(t.Context(), platen.Markup{HTML: []byte(`<!DOCTYPE html><title>a</title><img src="a.png" alt="">`), Files: map[string][]byte{"a.png": content}})
		return err
	}
	sound := picture(t)
	if err := print(sound); err != nil {
		t.Fatal(err)
	}
	if err := print(sound[:len(sound)/2]); !errors.Is(err, platen.Invalid) {
		t.Errorf("half an image: got %v", err)
	}
}

// Two documents may have different fonts of one name: neither gets the other's.
func TestFontsOfOneNameInTwoDocuments(t *testing.T) {
	p := open(t, chrome.Config{Browsers: 1})
	for _, family := range []string{"NotoSans", "NotoSerif", "NotoSans"} {
		font, err := os.ReadFile("/usr/share/fonts/truetype/noto/" + family + "-Bold.ttf")
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Print(t.Context(), platen.Markup{
			HTML:  []byte(`<!DOCTYPE html><title>a</title><style>@font-face{font-family:F;src:url(fonts/f.ttf)} p{font-family:F}</style><p>text`),
			Files: map[string][]byte{"fonts/f.ttf": font},
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(out, []byte("+"+family+"-Bold")) {
			t.Errorf("%s was not printed with its own font", family)
		}
	}
}
