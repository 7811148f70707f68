package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

func TestFinishSettings(t *testing.T) {
	const yaml = minimalYAML + `finish:
  attachSource: true
  outlineDepth: 3
  conformance: none
  watermarks:
    - text: "{issue.status}"
      rotate: 45
      opacity: 0.1
      color: "#c00"
    - image: assets/seal.svg
      pages: first
      under: true
      size: 30mm
      position: bottom-left
      offset: 5mm 7mm
`
	b, err := openFiles(map[string]string{"template.yaml": yaml, "document.hbs": "<p>x", "assets/seal.svg": "<svg/>"})
	if err != nil {
		t.Fatal(err)
	}
	want := platen.FinishOptions{
		AttachSource: true, OutlineDepth: 3, Conformance: platen.NoConformance,
		Watermarks: []platen.Watermark{
			{Text: "{issue.status}", Rotate: 45, Opacity: 0.1, Color: "#c00"},
			{Image: &platen.Image{Name: "assets/seal.svg", Content: []byte("<svg/>")}, Pages: "first", Under: true, Size: "30mm", Position: "bottom-left", Offset: "5mm 7mm"},
		},
	}
	if diff := cmp.Diff(want, b.Settings().Finish); diff != "" {
		t.Error(diff)
	}
	for _, f := range Lint(b) {
		if f.File == "assets/seal.svg" {
			t.Errorf("lint says of the watermark's image: %v", f)
		}
	}
}

func TestFinishSettingsRefuse(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"unknown key", "watermark: x\n", `template.yaml:5:3: unknown key "watermark": did you mean watermarks?`},
		{"no list", "watermarks: DRAFT\n", "template.yaml:5:15: want a list"},
		{"no mapping", "watermarks:\n    - DRAFT\n", "template.yaml:6:7: want keys and values"},
		{"misspelt", "watermarks:\n    - txt: DRAFT\n", `template.yaml:6:7: unknown key "txt": did you mean text?`},
		{"neither text nor image", "watermarks:\n    - rotate: 45\n", "text and image: want one of the two"},
		{"opacity", "watermarks:\n    - text: A\n      opacity: 0\n", "template.yaml:7:16: want a number from 0.01 to 1"},
		{"rotate", "watermarks:\n    - text: A\n      rotate: up\n", "template.yaml:7:15: want a number from -360 to 360"},
		{"color", "watermarks:\n    - text: A\n      color: reddish\n", `color is "reddish"`},
		{"size", "watermarks:\n    - text: A\n      size: big\n", `size is "big"`},
		{"page of an image", "watermarks:\n    - image: assets/a.pdf\n      page: two\n", `page is "two"`},
		{"missing image", "watermarks:\n    - image: assets/none.svg\n", `finish.watermarks[0].image is "assets/none.svg", and the bundle has no such file`},
		{"depth", "outlineDepth: 0\n", "template.yaml:5:17: want a number from 1 to 64"},
		{"conformance", "conformance: pdfx\n", `"pdfx": want none`},
	} {
		_, err := openFiles(map[string]string{"template.yaml": minimalYAML + "finish:\n  " + c.src, "document.hbs": "<p>x"})
		if err == nil || !strings.Contains(err.Error(), c.want) || platen.KindOf(err) != platen.Invalid {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
