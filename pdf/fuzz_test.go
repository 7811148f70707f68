package pdf_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/dicode/platen/pdf"
)

// fuzzLimits keep one hostile file cheap.
var fuzzLimits = pdf.Limits{Bytes: 1 << 20, Objects: 10_000, Depth: 20, Decoded: 1 << 20, Pages: 100}

func seeds(t testing.TB) [][]byte {
	return [][]byte{
		simple(), rich(), hybrid(), loopOfTwo(), documentWith(identified, conforming()...),
		qpdf(t, rich(), "--object-streams=generate", "--stream-data=preserve"),
		qpdf(t, rich(), "--object-streams=generate", "--stream-data=uncompress"),
		qpdf(t, rich(), "--linearize"),
		document("<</Type /Catalog /Pages 2 0 R /Metadata 4 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", page,
			stream("/Filter /LZWDecode /DecodeParms <</EarlyChange 0>>", packLZW(t, xmp))),
	}
}

// read opens a file, reads all facts and lacks, and updates it. Errors must be of the
// type that says where; an update of what could be read must be readable.
func read(t *testing.T, src []byte) (whole bool) {
	t.Helper()
	var e *pdf.Error
	f, err := pdf.Open(src, fuzzLimits)
	if err == nil {
		_, err = f.Facts()
	}
	if err == nil {
		_, err = f.Lacks()
	}
	if err != nil {
		if !errors.As(err, &e) {
			t.Errorf("an error that is no *pdf.Error: %v", err)
		}
		return false
	}
	u := f.Update()
	u.Add(nil)
	out, err := u.Bytes()
	if err == nil && len(out) <= fuzzLimits.Bytes {
		_, err = pdf.Open(out, fuzzLimits)
	}
	if err != nil {
		t.Errorf("an update made the file unreadable: %v", err)
	}
	return true
}

// TestMutatedFiles overwrites bytes in place, so that the offsets stay right and
// the damage reaches the inner parts.
func TestMutatedFiles(t *testing.T) {
	const tokens = "0123456789 /<>[]()R\\#%\n\x00\xff"
	random := rand.New(rand.NewPCG(7, 11))
	whole, files := 0, 0
	for _, src := range seeds(t) {
		for range 1400 {
			mutant := bytes.Clone(src)
			for range 1 + random.IntN(6) {
				mutant[9+random.IntN(len(mutant)-9)] = tokens[random.IntN(len(tokens))]
			}
			files++
			if read(t, mutant) {
				whole++
			}
		}
	}
	if whole == 0 || whole == files {
		t.Errorf("%d of %d mutants could be read: the test reaches only one side", whole, files)
	}
}

func FuzzOpen(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) { read(t, src) })
}
