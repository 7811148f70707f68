package finish

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// seeds are small files with much of what finishing looks at.
func seeds(t testing.TB) [][]byte {
	linked := document("<</Type /Catalog /Pages 2 0 R /Lang (en) /StructTreeRoot 9 0 R /Outlines 10 0 R /Names <</EmbeddedFiles <</Names [(a) 12 0 R]>>>> /ViewerPreferences <<>> /Version /1.7>>",
		"<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 300 400] /Resources 7 0 R>>",
		"<</Type /Page /Parent 2 0 R /Contents [5 0 R 6 0 R] /Annots [8 0 R <</Subtype /Link /Dest [4 0 R /Fit]>>]>>", "<</Type /Page /Parent 2 0 R /Rotate 90 /CropBox [10 10 99 99] /UserUnit 2 /Contents 5 0 R>>",
		stream("/Filter /FlateDecode", "x\x9c\x03\x00\x00\x00\x00\x01"), stream("", "0 0 9 9 re f"), "<</XObject <<>> /ExtGState <<>>>>",
		"<</Type /Annot /Subtype /Link /A <</S /URI /URI (https://example.com)>>>>", "<</Type /StructTreeRoot /RoleMap <</A /P>>>>",
		"<</Type /Outlines /First 11 0 R /Last 11 0 R /Count 1>>", "<</Title (x) /Parent 10 0 R /Dest [3 0 R /Fit]>>",
		"<</Type /Filespec /UF (a) /EF <</F 13 0 R>>>>", stream("/Type /EmbeddedFile", "data"))
	info := documentWith("/Info 4 0 R /ID [<00> <01>]", catalog, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", "<</Type /Page /Parent 2 0 R>>",
		"<</Title (T) /CreationDate (D:20200102030405+01'00') /ModDate (D:2021) /Keywords <FEFF0041>>>")
	return [][]byte{linked, info, hybrid(), qpdf(t, linked, "--static-id", "--object-streams=generate"), qpdf(t, info, "--static-id", "--linearize")}
}

// finishOdd finishes a PDF, or draws it on another one, and looks at what comes
// out: it can be opened, and has as many pages.
func finishOdd(t *testing.T, src []byte) (whole bool) {
	t.Helper()
	small := square(func(w *platen.Watermark) { w.Tile, w.Rotate = true, 30 })
	options := platen.FinishOptions{Attachments: []platen.Attachment{{Name: "new", Content: []byte("x")}}}
	for _, in := range []Input{
		{PDF: src, Watermarks: marks(small), Options: options},
		{PDF: blank(1), Watermarks: marks(platen.Watermark{Image: &platen.Image{Name: "a.pdf", Content: src}, Under: true})},
	} {
		in.Issue.At = "2026-03-01T14:05:00Z"
		res, err := New(nil).Finish(t.Context(), in)
		if err != nil {
			if platen.KindOf(err) != platen.Invalid {
				t.Errorf("an error that is not Invalid: %v", err)
			}
			continue
		}
		f, err := pdf.Open(res.PDF, pdf.DefaultLimits)
		n := 0
		if err == nil {
			for _, pageErr := range f.Pages() {
				err, n = pageErr, n+1
			}
		}
		if err != nil || n != res.Pages {
			t.Errorf("what came out has %d of %d pages: %v", n, res.Pages, err)
		}
		whole = true
	}
	return whole
}

// TestMutatedFiles overwrites bytes in place, so that the offsets stay right and
// the damage reaches the inner parts.
func TestMutatedFiles(t *testing.T) {
	const tokens = "0123456789 /<>[]()R\\#%\n\x00\xff"
	random := rand.New(rand.NewPCG(3, 5))
	whole, files := 0, 0
	for _, src := range seeds(t) {
		for range 800 {
			mutant := bytes.Clone(src)
			for range 1 + random.IntN(2) {
				mutant[9+random.IntN(len(mutant)-9)] = tokens[random.IntN(len(tokens))]
			}
			files++
			if finishOdd(t, mutant) {
				whole++
			}
		}
	}
	if whole == 0 || whole == files {
		t.Errorf("%d of %d mutants could be finished: the test reaches only one side", whole, files)
	}
}

func FuzzFinish(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) <= 1<<20 {
			finishOdd(t, src)
		}
	})
}
