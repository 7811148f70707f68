package finish

import (
	"image"
	"slices"
	"testing"

	"github.com/dicode/platen"
)

var (
	black = [3]uint8{0, 0, 0}
	red   = [3]uint8{255, 0, 0}
	white = [3]uint8{255, 255, 255}
)

// square is a watermark of 50 x 50 points that no browser has to print: red, with
// its upper left quarter black.
func square(change func(w *platen.Watermark)) platen.Watermark {
	w := platen.Watermark{Size: "50pt", Image: &platen.Image{Name: "square.pdf", Content: document(catalog,
		"<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /MediaBox [0 0 40 40] /Contents 4 0 R>>",
		stream("", "1 0 0 rg 0 0 40 40 re f 0 g 0 20 20 20 re f"))}}
	if change != nil {
		change(&w)
	}
	return w
}

func colored(color string) platen.Watermark {
	return square(func(w *platen.Watermark) {
		w.Image.Content = document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>",
			"<</Type /Page /Parent 2 0 R /MediaBox [0 0 40 40] /Contents 4 0 R>>", stream("", color+" rg 0 0 40 40 re f"))
	})
}

// The mark stands upright in the same place of what a viewer shows, however the
// page is turned and cut.
func TestStampOnTurnedAndCroppedPages(t *testing.T) {
	src := sheets([2]string{""},
		[2]string{"/Rotate 90 /MediaBox [0 0 400 300]"}, [2]string{"/Rotate 180"}, [2]string{"/Rotate 270 /MediaBox [0 0 400 300]"},
		[2]string{"/MediaBox [-100 -50 500 600] /CropBox [20 30 320 430]"},
		[2]string{"/MediaBox [-100 -50 500 600] /CropBox [20 30 420 330] /Rotate 90"},
		[2]string{"/MediaBox [-100 -50 500 600] /CropBox [20 30 320 430] /Rotate 180"},
		[2]string{"/MediaBox [-100 -50 500 600] /CropBox [20 30 420 330] /Rotate -90"},
		[2]string{"", "0.5 0 0 0.5 40 40 cm 0 1 0 rg"}, [2]string{"", "q 1 0 0 1 9 9 cm Q q"})
	for _, under := range []bool{false, true} {
		out := finished(t, New(nil), src,
			square(func(w *platen.Watermark) { w.Position, w.Offset, w.Under = "top-left", "10pt 20pt", under }),
			square(func(w *platen.Watermark) {
				w.Position, w.Offset, w.Under, w.Rotate = "bottom-right", "10pt 20pt", under, 90
			}))
		check(t, out)
		for i, p := range picturesOf(t, out) {
			if p.Bounds() != image.Rect(0, 0, 150, 200) {
				t.Errorf("page %d: it is shown with %v", i+1, p.Bounds())
			}
			if got := p.ink(); got != image.Rect(10, 20, 290, 380) {
				t.Errorf("page %d: the marks stand in %v", i+1, got)
			}
			for at, want := range map[[2]int][3]uint8{
				{20, 30}: black, {50, 30}: red, {20, 60}: red, {50, 60}: red, // upright
				{250, 340}: red, {280, 340}: red, {250, 370}: black, {280, 370}: red, // turned left
				{150, 200}: white,
			} {
				if got := p.at(at[0], at[1]); got != want {
					t.Errorf("page %d: %v is %v, want %v", i+1, at, got, want)
				}
			}
		}
	}
}

func TestStampOverAndUnder(t *testing.T) {
	const filled = "0 0 1 rg 0 0 300 400 re f"
	out := finished(t, New(nil), sheets([2]string{"", filled}), square(func(w *platen.Watermark) { w.Under = true }), square(func(w *platen.Watermark) { w.Position = "top" }))
	p := picturesOf(t, out)[0]
	if got := p.at(160, 210); got != [3]uint8{0, 0, 255} {
		t.Errorf("what is under the content is %v", got)
	}
	if got := p.at(160, 50); got != red {
		t.Errorf("what is over the content is %v", got)
	}
	p = picturesOf(t, finished(t, New(nil), sheets([2]string{"", "0 0 1 rg 0 0 300 200 re f"}), square(func(w *platen.Watermark) { w.Under = true })))[0]
	if p.at(160, 190) != red || p.at(160, 210) != [3]uint8{0, 0, 255} {
		t.Errorf("half covered: %v and %v", p.at(160, 190), p.at(160, 210))
	}
}

func TestStampOpacity(t *testing.T) {
	for opacity, want := range map[float64][3]uint8{0: {0, 0, 0}, 1: {0, 0, 0}, 0.5: {128, 128, 128}, 0.1: {230, 230, 230}} {
		p := picturesOf(t, finished(t, New(nil), blank(1), square(func(w *platen.Watermark) { w.Opacity = opacity })))[0]
		if got := p.at(140, 190); max(got[0], want[0])-min(got[0], want[0]) > 1 {
			t.Errorf("%v: got %v, want %v", opacity, got, want)
		}
	}
	// Overlapping parts of one image do not shine through each other.
	overlapping := colored("0 0 0 rg 0 0 40 40 re f 1 0 0")
	overlapping.Opacity = 0.5
	if got := picturesOf(t, finished(t, New(nil), blank(1), overlapping))[0].at(150, 200); got != [3]uint8{255, 127, 127} && got != [3]uint8{255, 128, 128} {
		t.Errorf("red over black at half opacity is %v", got)
	}
}

func TestStampPages(t *testing.T) {
	for pages, want := range map[string][]int{
		"": {1, 2, 3, 4, 5}, "odd": {1, 3, 5}, "even": {2, 4}, "first": {1}, "last": {5}, "2-3": {2, 3}, "4-": {4, 5}, "1,last": {1, 5}, "6-": nil,
	} {
		res, err := New(nil).Finish(t.Context(), Input{PDF: blank(5), Watermarks: marks(square(func(w *platen.Watermark) { w.Pages = pages }))})
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for i, p := range picturesOf(t, res.PDF) {
			if !p.isBlank() {
				got = append(got, i+1)
			}
		}
		if !slices.Equal(got, want) || res.Pages != 5 {
			t.Errorf("%q stands on %v of %d, want %v", pages, got, res.Pages, want)
		}
		if w := res.Finished.Watermarks; len(w) != 1 || w[0].Pages != len(want) || w[0].From != "request" || w[0].Image == "" {
			t.Errorf("%q: the manifest says %+v", pages, w)
		}
	}
}

func TestStampInOrder(t *testing.T) {
	red, green := colored("1 0 0"), colored("0 1 0")
	underRed, underGreen := red, green
	underRed.Under, underGreen.Under = true, true
	for _, tt := range []struct {
		marks []platen.Watermark
		want  [3]uint8
	}{
		{[]platen.Watermark{red, green}, [3]uint8{0, 255, 0}},
		{[]platen.Watermark{green, red}, [3]uint8{255, 0, 0}},
		{[]platen.Watermark{underRed, underGreen}, [3]uint8{0, 255, 0}},
		{[]platen.Watermark{red, underGreen}, [3]uint8{255, 0, 0}},
		{[]platen.Watermark{underGreen, red, red, underGreen, red}, [3]uint8{255, 0, 0}},
	} {
		out := finished(t, New(nil), blank(1), tt.marks...)
		if got := picturesOf(t, out)[0].at(150, 200); got != tt.want {
			t.Errorf("%d marks: got %v, want %v", len(tt.marks), got, tt.want)
		}
		// The second time, the names of the first are not used again.
		if got := picturesOf(t, finished(t, New(nil), out, underGreen))[0].at(150, 200); got != tt.want {
			t.Errorf("%d marks, and another one below: got %v", len(tt.marks), got)
		}
	}
}

func TestStampFitsPagesOfEverySize(t *testing.T) {
	out := finished(t, New(nil), sheets([2]string{}, [2]string{"/MediaBox [0 0 842 595]"}, [2]string{"/MediaBox [0 0 100 50]"}, [2]string{"/MediaBox [0 0 200 1000] /Rotate 90"}),
		square(func(w *platen.Watermark) { w.Size = "fit" }))
	check(t, out)
	for i, side := range []int{240, 476, 40, 160} { // 80 % of the shorter one
		p := picturesOf(t, out)[i]
		size := p.Bounds().Size().Mul(2)
		want := image.Rect((size.X-side)/2, (size.Y-side)/2, (size.X+side)/2, (size.Y+side)/2)
		if got := p.ink(); !got.In(want.Inset(-2)) || !want.Inset(2).In(got) {
			t.Errorf("page %d: %v, want %v", i+1, got, want)
		}
	}
}

func TestStampTiles(t *testing.T) {
	p := picturesOf(t, finished(t, New(nil), blank(1), square(func(w *platen.Watermark) { w.Tile, w.Size = true, "" })))[0]
	// Tiles are 60 points, with gaps of 30, every other row moved by 45.
	for at, want := range map[[2]int][3]uint8{
		{10, 10}: black, {50, 10}: red, {50, 50}: red, {75, 10}: white, {100, 10}: black, {190, 10}: black, {290, 50}: red,
		{10, 75}: white, {10, 100}: red, {30, 100}: white, {55, 100}: black, {95, 140}: red, {10, 190}: black, {290, 390}: red,
	} {
		if got := p.at(at[0], at[1]); got != want {
			t.Errorf("%v is %v, want %v", at, got, want)
		}
	}
}

// What the page says itself stays as it was.
func TestStampLeavesTheContent(t *testing.T) {
	src := sheets([2]string{"", "BT /F 20 Tf 50 300 Td (one) Tj ET"}, [2]string{"/Rotate 90", "BT /F 20 Tf 50 300 Td (two) Tj ET"})
	out := finished(t, New(nil), src, square(nil), square(func(w *platen.Watermark) { w.Under = true }))
	check(t, out)
	if got, want := tool(t, out, "pdftotext", "a.pdf", "-"), tool(t, src, "pdftotext", "a.pdf", "-"); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	// Two streams with an operation across both, shared by two pages.
	src = document(catalog, "<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 300 400]>>",
		"<</Type /Page /Parent 2 0 R /Contents [5 0 R 6 0 R]>>", "<</Type /Page /Parent 2 0 R /Contents 7 0 R>>",
		stream("", "0 0 1 rg 0 0"), stream("", "100 100 re f"), "[5 0 R 6 0 R]")
	for i, p := range picturesOf(t, finished(t, New(nil), src, square(nil))) {
		if p.at(50, 350) != [3]uint8{0, 0, 255} || p.at(160, 210) != red {
			t.Errorf("page %d: the content is %v, the mark %v", i+1, p.at(50, 350), p.at(160, 210))
		}
	}
}

// A page whose content leaves states open, or closes what it has not opened, gets
// its watermark where any other page gets it.
func TestStampOnUnbalancedContent(t *testing.T) {
	var want picture
	for i, content := range []string{"", "q 2 0 0 2 30 40 cm", "q q 0.5 0 0 0.5 0 0 cm", "Q Q", "Q q 3 0 0 3 0 0 cm", "q Q Q q q 2 0 0 2 9 9 cm"} {
		out := finished(t, New(nil), sheets([2]string{"", content}), square(nil))
		check(t, out)
		got := picturesOf(t, out)[0]
		if i == 0 {
			want = got
		}
		if got.isBlank() || got.ink() != want.ink() {
			t.Errorf("%q: the mark covers %v, want %v", content, got.ink(), want.ink())
		}
	}
}
