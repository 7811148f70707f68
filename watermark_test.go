package platen_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestWatermark(t *testing.T) {
	for name, w := range map[string]platen.Watermark{
		"text":          {Text: "DRAFT"},
		"lines":         {Text: strings.Repeat("x\n", 39) + "x"},
		"long":          {Text: strings.Repeat("Ω", 1000)},
		"image":         {Image: &platen.Image{Name: "logo.SVG"}},
		"page of a PDF": {Image: &platen.Image{Name: "a.pdf", Page: 2}},
		"everything": {Text: "x", Pages: "odd", Under: true, Tile: true, Opacity: 1, Rotate: -360,
			Color: "midnightblue", Size: "40%", Position: "top-left", Offset: "-5mm 0"},
	} {
		if err := w.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWatermarksThatAreRefused(t *testing.T) {
	text := func(change func(w *platen.Watermark)) platen.Watermark {
		w := platen.Watermark{Text: "DRAFT"}
		change(&w)
		return w
	}
	for _, tt := range []struct {
		name, want string // what the error begins with
		mark       platen.Watermark
	}{
		{"nothing", "text and image: want one", platen.Watermark{}},
		{"both", "text and image: want one", platen.Watermark{Text: "x", Image: &platen.Image{Name: "a.png"}}},
		{"10,000 characters", "text has 10000 characters", platen.Watermark{Text: strings.Repeat("Ω", 10_000)}},
		{"41 lines", "text has more than 40 lines", platen.Watermark{Text: strings.Repeat("x\n", 40) + "x"}},
		{"spaces", "text holds only white space", platen.Watermark{Text: " \n\u00a0\u3000"}},
		{"nothing to see", "text holds only white space", platen.Watermark{Text: "\u200b\u200e\ufeff"}},
		{"NUL", "text holds control", platen.Watermark{Text: "a\x00b"}},
		{"tab", "text holds control", platen.Watermark{Text: "a\tb"}},
		{"carriage return", "text holds control", platen.Watermark{Text: "a\r\nb"}},
		{"C1", "text holds control", platen.Watermark{Text: "a\u0085b"}},
		{"no UTF-8", "text is not UTF-8", platen.Watermark{Text: "a\xff"}},
		{"image without ending", `image is "logo"`, platen.Watermark{Image: &platen.Image{Name: "logo"}}},
		{"image of another type", `image is "logo.tiff"`, platen.Watermark{Image: &platen.Image{Name: "logo.tiff"}}},
		{"image that would be markup", `image is "x.`, platen.Watermark{Image: &platen.Image{Name: `x."><p>`}}},
		{"page before the first", "image.page is -1", platen.Watermark{Image: &platen.Image{Name: "a.pdf", Page: -1}}},
		{"large image", "image a.png has more than 32 MiB", platen.Watermark{Image: &platen.Image{Name: "a.png", Content: make([]byte, platen.MaxImageBytes+1)}}},
		{"opacity 2", "opacity is 2", text(func(w *platen.Watermark) { w.Opacity = 2 })},
		{"opacity -1", "opacity is -1", text(func(w *platen.Watermark) { w.Opacity = -1 })},
		{"opacity NaN", "opacity is NaN", text(func(w *platen.Watermark) { w.Opacity = math.NaN() })},
		{"rotate 361", "rotate is 361", text(func(w *platen.Watermark) { w.Rotate = 361 })},
		{"rotate NaN", "rotate is NaN", text(func(w *platen.Watermark) { w.Rotate = math.NaN() })},
		{"rotate Inf", "rotate is +Inf", text(func(w *platen.Watermark) { w.Rotate = math.Inf(1) })},
		{"pages", "pages is", text(func(w *platen.Watermark) { w.Pages = "some" })},
		{"color", "color is", text(func(w *platen.Watermark) { w.Color = "red;}" })},
		{"size", "size is", text(func(w *platen.Watermark) { w.Size = "big" })},
		{"position", "position is", text(func(w *platen.Watermark) { w.Position = "middle" })},
		{"offset", "offset is", text(func(w *platen.Watermark) { w.Offset = "5mm" })},
	} {
		if err := tt.mark.Validate(); !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestParseColor(t *testing.T) {
	for in, want := range map[string]string{
		"": "black", "#abc": "#abc", "#A1b2C3": "#A1b2C3", "red": "red", "darkslategray": "darkslategray",
	} {
		if got, err := platen.ParseColor(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"#ab", "#abcd", "#12345g", "abc", "rgb(1,2,3)", "red ", "red}", "#abc\n", "currentcolor", "url(x)"} {
		if got, err := platen.ParseColor(in); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]platen.Size{
		"": {}, "fit": {}, "48pt": {Length: 48}, "1in": {Length: 72}, "25.4mm": {Length: 72}, "2.54cm": {Length: 72},
		"40%": {Share: 0.4}, "0.5%": {Share: 0.005}, "1000%": {Share: 10},
	} {
		got, err := platen.ParseSize(in)
		if err != nil || math.Abs(float64(got.Length-want.Length)) > 1e-9 || math.Abs(got.Share-want.Share) > 1e-9 {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"0", "0pt", "-5mm", "0%", "-1%", "1001%", "NaN%", "Inf%", "0x10p0%", "%", "5", "5px", "5em", "pt", "1e3pt", "100000mm", "5 mm", "5mm ", "FIT",
	} {
		if got, err := platen.ParseSize(in); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
}

func TestParsePosition(t *testing.T) {
	for in, want := range map[string][2]int{
		"": {0, 0}, "center": {0, 0}, "top": {0, 1}, "bottom": {0, -1}, "left": {-1, 0}, "right": {1, 0},
		"top-left": {-1, 1}, "top-right": {1, 1}, "bottom-left": {-1, -1}, "bottom-right": {1, -1}, "left-top": {-1, 1},
	} {
		if x, y, err := platen.ParsePosition(in); err != nil || x != want[0] || y != want[1] {
			t.Errorf("%q: got %d, %d, %v", in, x, y, err)
		}
	}
	for _, in := range []string{"-", "top-", "-left", "top-top", "top-bottom", "left-right", "top-left-right", "center-top", "top left", "Top", "middle"} {
		if x, y, err := platen.ParsePosition(in); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %d, %d, %v", in, x, y, err)
		}
	}
}

func TestParseOffset(t *testing.T) {
	if got, err := platen.ParseOffset(""); got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	for in, want := range map[string][2]platen.Length{
		"0 0": {0, 0}, "72pt 1in": {72, 72}, "-1in  0": {-72, 0}, "0.5in 0": {36, 0},
	} {
		if got, err := platen.ParseOffset(in); err != nil || *got != want {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
	for _, in := range []string{" ", "0", "5mm", "1mm 2mm 3mm", "1mm,2mm", "1mm 2", "1% 2%", "x y", "--1mm 0", "1mm 99999999mm"} {
		if got, err := platen.ParseOffset(in); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
}
