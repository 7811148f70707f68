package pdf_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// onePage is a document of one page with these attributes.
func onePage(attributes string, more ...string) []byte {
	return document(append([]string{catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R " + attributes + ">>"}, more...)...)
}

func viewOf(t *testing.T, attributes string) (pdf.View, error) {
	t.Helper()
	f := open(t, onePage(attributes))
	list, err := pages(f)
	if err != nil {
		t.Fatal(err)
	}
	return f.View(list[0])
}

func apply(m pdf.Matrix, x, y float64) [2]float64 {
	return [2]float64{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func TestView(t *testing.T) {
	for _, tt := range []struct {
		attributes           string
		width, height        float64
		lowerLeft, upperLeft [2]float64 // of the view, in the page
	}{
		{"/MediaBox [0 0 100 200]", 100, 200, [2]float64{0, 0}, [2]float64{0, 200}},
		{"/MediaBox [0 0 100 200] /Rotate 90", 200, 100, [2]float64{100, 0}, [2]float64{0, 0}},
		{"/MediaBox [0 0 100 200] /Rotate 180", 100, 200, [2]float64{100, 200}, [2]float64{100, 0}},
		{"/MediaBox [0 0 100 200] /Rotate 270", 200, 100, [2]float64{0, 200}, [2]float64{100, 200}},
		{"/MediaBox [0 0 100 200] /Rotate -90", 200, 100, [2]float64{0, 200}, [2]float64{100, 200}},
		{"/MediaBox [0 0 100 200] /Rotate 450", 200, 100, [2]float64{100, 0}, [2]float64{0, 0}},
		{"/MediaBox [-50 -60 50 140]", 100, 200, [2]float64{-50, -60}, [2]float64{-50, 140}},
		{"/MediaBox [100 200 0 0] /CropBox [10 20 40 80]", 30, 60, [2]float64{10, 20}, [2]float64{10, 80}},
		{"/MediaBox [0 0 100 200] /CropBox [10 20 40 80] /Rotate 90", 60, 30, [2]float64{40, 20}, [2]float64{10, 20}},
		{"/MediaBox [0 0 100 200] /CropBox [10 20 40 80] /Rotate 180", 30, 60, [2]float64{40, 80}, [2]float64{40, 20}},
		{"/MediaBox [0 0 100 200] /CropBox [10 20 40 80] /Rotate 270", 60, 30, [2]float64{10, 80}, [2]float64{40, 80}},
		{"/MediaBox [0 0 100 200] /CropBox [50 50 999 999]", 50, 150, [2]float64{50, 50}, [2]float64{50, 200}},
		{"/MediaBox [0 0 100 200] /CropBox [500 500 999 999]", 100, 200, [2]float64{0, 0}, [2]float64{0, 200}},
		{"/MediaBox [0 0 100 200] /UserUnit 10", 1000, 2000, [2]float64{0, 0}, [2]float64{0, 200}},
		{"/MediaBox [0 0 100 200] /CropBox [10 20 40 80] /UserUnit 0.5 /Rotate 90", 30, 15, [2]float64{40, 20}, [2]float64{10, 20}},
	} {
		v, err := viewOf(t, tt.attributes)
		if err != nil {
			t.Errorf("%s: %v", tt.attributes, err)
			continue
		}
		if v.Width != tt.width || v.Height != tt.height {
			t.Errorf("%s: %v x %v, want %v x %v", tt.attributes, v.Width, v.Height, tt.width, tt.height)
		}
		if got := apply(v.ToPage, 0, 0); !near(got[0], tt.lowerLeft[0]) || !near(got[1], tt.lowerLeft[1]) {
			t.Errorf("%s: the lower left corner is %v, want %v", tt.attributes, got, tt.lowerLeft)
		}
		if got := apply(v.ToPage, 0, v.Height); !near(got[0], tt.upperLeft[0]) || !near(got[1], tt.upperLeft[1]) {
			t.Errorf("%s: the upper left corner is %v, want %v", tt.attributes, got, tt.upperLeft)
		}
	}
}

func TestPagesThatNobodyCanView(t *testing.T) {
	for _, attributes := range []string{
		"", "/MediaBox [0 0 100]", "/MediaBox [0 0 0 100]", "/MediaBox [0 0 /A 100]",
		"/MediaBox [0 0 2000000 100]", "/MediaBox [0 0 100 2000000]", "/MediaBox [0 0 14400 14400] /UserUnit 1000",
		"/MediaBox [0 0 100 100] /UserUnit 0", "/MediaBox [0 0 100 100] /UserUnit -1", "/MediaBox [0 0 100 100] /UserUnit /A",
		"/MediaBox [0 0 0.001 100]", fmt.Sprintf("/MediaBox [0 0 100 100] /UserUnit 0.%0300d1", 0),
		"/MediaBox [10000000000 0 10000000100 100]", "/MediaBox [0 -10000000100 100 -10000000000]",
		"/MediaBox [0 0 100 100] /Rotate 45", "/MediaBox [0 0 100 100] /Rotate 90.0",
	} {
		var e *pdf.Error
		if v, err := viewOf(t, attributes); !errors.As(err, &e) || !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: got %v, %v", attributes, v, err)
		}
	}
}

func TestMatrix(t *testing.T) {
	quarter, right := pdf.Matrix{0, 1, -1, 0, 0, 0}, pdf.Matrix{1, 0, 0, 1, 10, 0}
	if got := apply(quarter.Then(right), 1, 0); got != [2]float64{10, 1} {
		t.Errorf("turned, then moved: %v", got)
	}
	if got := apply(right.Then(quarter), 1, 0); got != [2]float64{0, 11} {
		t.Errorf("moved, then turned: %v", got)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var m pdf.Matrix
		for i := range m {
			m[i] = random.Float64()*20 - 10
		}
		if math.Abs(m[0]*m[3]-m[1]*m[2]) < 0.1 {
			continue
		}
		for _, got := range []pdf.Matrix{m.Inverse().Then(m), m.Then(m.Inverse())} {
			for i, want := range (pdf.Matrix{1, 0, 0, 1, 0, 0}) {
				if math.Abs(got[i]-want) > 1e-6 {
					t.Fatalf("%v and its inverse make %v", m, got)
				}
			}
		}
	}
}
