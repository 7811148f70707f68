package diff

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Each glyph of an installed font is the same in two readings, and a changed outline is seen.
func TestOutlines(t *testing.T) {
	files, _ := filepath.Glob("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
	if len(files) == 0 {
		t.Skip("Noto Sans is not installed")
	}
	src, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	glyph, spent := outlines(src)
	if glyph == nil || len(glyph(36)) == 0 || glyph(1<<20) != nil || glyph(-1) != nil {
		t.Fatal("the font is not read")
	}
	changed := bytes.Clone(src)
	glyf := table(changed, "glyf")
	at := bytes.Index(glyf, glyph(36))
	glyf[at+20] ^= 1
	composite := 0
	other, _ := outlines(changed)
	for gid := range 3000 {
		switch g := glyph(gid); {
		case gid == 36 && bytes.Equal(g, other(gid)):
			t.Error("a changed outline is not seen")
		case len(components(g)) > 0 && !bytes.Equal(g, other(gid)):
			composite++ // it is made of the one that has changed
		}
	}
	if spent() {
		t.Error("a font that is one has too many outlines")
	}
	if composite == 0 {
		t.Error("no glyph is made of another one")
	}
	for n := range 200 {
		outlines(src[:n*len(src)/200]) // must not panic
	}
}
