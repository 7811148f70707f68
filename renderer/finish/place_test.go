package finish

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// rectangle is the left, lower, right and upper edge of what is drawn.
type rectangle [4]float64

func (r rectangle) near(other rectangle) bool {
	for i := range r {
		if math.Abs(r[i]-other[i]) > 0.01 {
			return false
		}
	}
	return true
}

func (r rectangle) holds(x, y float64) bool { return x >= r[0] && x <= r[2] && y >= r[1] && y <= r[3] }

// drawn returns the rectangles that hold the corners of a form where it is drawn.
func drawn(w platen.Watermark, f form, page pdf.View) (out []rectangle, err error) {
	sh := shapeOf(w, f, page)
	at, err := places(w, f, sh, page)
	for _, corner := range at {
		m := sh.toShape.Then(pdf.Matrix{1, 0, 0, 1, corner[0], corner[1]})
		r := rectangle{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, c := range [][2]float64{{0, 0}, {f.width, 0}, {0, f.height}, {f.width, f.height}} {
			x, y := m[0]*c[0]+m[2]*c[1]+m[4], m[1]*c[0]+m[3]*c[1]+m[5]
			r = rectangle{min(r[0], x), min(r[1], y), max(r[2], x), max(r[3], y)}
		}
		out = append(out, r)
	}
	return out, err
}

var (
	textForm  = form{width: 100, height: 50, isText: true}
	imageForm = form{width: 100, height: 50}
	portrait  = pdf.View{Width: 300, Height: 400}
)

func TestPlaces(t *testing.T) {
	const edge = defaultEdge
	for _, tt := range []struct {
		name string
		form form
		mark platen.Watermark
		want rectangle
	}{
		{"text fits", textForm, platen.Watermark{}, rectangle{30, 140, 270, 260}},
		{"text fits in so many words", textForm, platen.Watermark{Size: "fit"}, rectangle{30, 140, 270, 260}},
		{"upright text fits", textForm, platen.Watermark{Rotate: 90}, rectangle{70, 40, 230, 360}},
		{"image as it is", imageForm, platen.Watermark{}, rectangle{100, 175, 200, 225}},
		{"image fits", imageForm, platen.Watermark{Size: "fit"}, rectangle{30, 140, 270, 260}},
		{"large image", form{width: 1000, height: 500}, platen.Watermark{}, rectangle{30, 140, 270, 260}},
		{"large upright image", form{width: 1000, height: 500}, platen.Watermark{Rotate: -90}, rectangle{70, 40, 230, 360}},
		{"letters", textForm, platen.Watermark{Size: "30pt"}, rectangle{130, 190, 170, 210}},
		{"width of an image", imageForm, platen.Watermark{Size: "50pt"}, rectangle{125, 187.5, 175, 212.5}},
		{"share", textForm, platen.Watermark{Size: "50%"}, rectangle{75, 162.5, 225, 237.5}},
		{"upright share", textForm, platen.Watermark{Size: "50%", Rotate: 90}, rectangle{112.5, 125, 187.5, 275}},
		{"top left", imageForm, platen.Watermark{Position: "top-left"}, rectangle{edge, 350 - edge, 100 + edge, 400 - edge}},
		{"bottom right", imageForm, platen.Watermark{Position: "bottom-right"}, rectangle{200 - edge, edge, 300 - edge, 50 + edge}},
		{"top", imageForm, platen.Watermark{Position: "top"}, rectangle{100, 350 - edge, 200, 400 - edge}},
		{"left, upright", imageForm, platen.Watermark{Position: "left", Rotate: 90}, rectangle{edge, 150, 50 + edge, 250}},
		{"top left, with offset", imageForm, platen.Watermark{Position: "top-left", Offset: "10pt 20pt"}, rectangle{10, 330, 110, 380}},
		{"bottom right, with offset", imageForm, platen.Watermark{Position: "bottom-right", Offset: "10pt 20pt"}, rectangle{190, 20, 290, 70}},
		{"bottom, with offset", imageForm, platen.Watermark{Position: "bottom", Offset: "10pt 20pt"}, rectangle{110, 20, 210, 70}},
		{"right, with offset", imageForm, platen.Watermark{Position: "right", Offset: "10pt 20pt"}, rectangle{190, 155, 290, 205}},
		{"center, with offset", imageForm, platen.Watermark{Offset: "10pt 20pt"}, rectangle{110, 155, 210, 205}},
		{"image over the edge", imageForm, platen.Watermark{Position: "left", Offset: "-50pt 0"}, rectangle{-50, 175, 50, 225}},
		{"text at the edge", textForm, platen.Watermark{Position: "bottom-left", Offset: "0 0", Size: "30pt"}, rectangle{0, 0, 40, 20}},
	} {
		got, err := drawn(tt.mark, tt.form, portrait)
		if err != nil || len(got) != 1 || !got[0].near(tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestWhatFitsLiesWithinThePageAtEveryAngle(t *testing.T) {
	for _, page := range []pdf.View{portrait, {Width: 1190, Height: 842}, {Width: 10, Height: 1000}, {Width: 1_000_000, Height: 0.01}} {
		for _, f := range []form{textForm, imageForm, {width: 50_000, height: 20, isText: true}} {
			for angle := -360; angle <= 360; angle += 15 {
				got, err := drawn(platen.Watermark{Rotate: float64(angle), Size: "fit"}, f, page)
				if err != nil || len(got) != 1 || !got[0].within(page) {
					t.Errorf("%v on %v at %d°: got %v, %v", f, page, angle, got, err)
				}
			}
		}
	}
}

func (r rectangle) within(page pdf.View) bool {
	return r[0] >= 0 && r[1] >= 0 && r[2] <= page.Width && r[3] <= page.Height && r[0] < r[2]
}

func TestTextOverTheEdgeIsRefused(t *testing.T) {
	for name, w := range map[string]platen.Watermark{
		"letters":      {Size: "300pt"},
		"share":        {Size: "101%"},
		"turned share": {Size: "100%", Rotate: 45},
		"left":         {Size: "30pt", Position: "left", Offset: "-1pt 0"},
		"right":        {Size: "30pt", Position: "right", Offset: "261pt 0"},
		"top":          {Size: "30pt", Position: "top", Offset: "0 -1pt"},
		"bottom":       {Size: "30pt", Position: "bottom", Offset: "0 381pt"},
		"centre":       {Size: "30pt", Offset: "0 191pt"},
	} {
		if got, err := drawn(w, textForm, portrait); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "over the edge of a page of 106 x 141 mm") {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		if _, err := drawn(w, imageForm, portrait); err != nil {
			t.Errorf("%s: an image: %v", name, err)
		}
	}
}

// Each place of the page lies in a tile, or not farther from one than its gap.
func TestTilesCoverThePage(t *testing.T) {
	for name, w := range map[string]platen.Watermark{
		"small": {}, "turned": {Rotate: 45}, "letters": {Size: "18pt"}, "share": {Size: "70%"}, "fit": {Size: "fit"}, "larger than the page": {Size: "300%"},
	} {
		w.Tile = true
		for _, page := range []pdf.View{portrait, {Width: 842, Height: 595}} {
			tiles, err := drawn(w, textForm, page)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			covered := func(x, y float64) bool {
				for _, r := range tiles {
					dx, dy := (r[2]-r[0])*tileGap, (r[3]-r[1])*tileGap
					if (rectangle{r[0] - dx, r[1] - dy, r[2] + dx, r[3] + dy}).holds(x, y) {
						return true
					}
				}
				return false
			}
			for x := 0.0; x <= page.Width; x += 7 {
				for y := 0.0; y <= page.Height; y += 7 {
					if !covered(x, y) {
						t.Fatalf("%s: nothing covers %v, %v", name, x, y)
					}
				}
			}
		}
	}
}

func TestTilesAreNotTooMany(t *testing.T) {
	for _, f := range []form{textForm, imageForm, {width: 0.01, height: 0.01}} {
		if _, err := drawn(platen.Watermark{Tile: true, Size: "1pt"}, f, portrait); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "more than 2000") {
			t.Errorf("got %v", err)
		}
	}
	if got, err := drawn(platen.Watermark{Tile: true, Size: "1pt"}, form{width: 100, height: 0.01}, pdf.View{Width: 10, Height: 1_000_000}); err == nil {
		t.Errorf("%d tiles", len(got))
	}
}
