package finish

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// tags reads the tag table of a profile (ICC.1:2004-10, 7.3).
func tags(t *testing.T, profile []byte) map[string][]byte {
	t.Helper()
	n := int(binary.BigEndian.Uint32(profile[128:]))
	table := 128 + 4 + 12*n
	found := map[string][]byte{}
	for i := range n {
		entry := profile[132+12*i:]
		at, size := int(binary.BigEndian.Uint32(entry[4:])), int(binary.BigEndian.Uint32(entry[8:]))
		if at < table || at%4 != 0 || size < 8 || at+size > len(profile) {
			t.Fatalf("tag %s stands at %d to %d of %d bytes", entry[:4], at, at+size, len(profile))
		}
		found[string(entry[:4])] = profile[at : at+size]
	}
	return found
}

// numbers16 reads s15Fixed16 numbers behind the head of a tag.
func numbers16(tag []byte, head int) (out []float64) {
	for tag = tag[head:]; len(tag) >= 4; tag = tag[4:] {
		out = append(out, float64(int32(binary.BigEndian.Uint32(tag)))/65536)
	}
	return out
}

func TestProfile(t *testing.T) {
	p := sRGB()
	if got := int(binary.BigEndian.Uint32(p)); got != len(p) || len(p)%4 != 0 {
		t.Errorf("it says %d bytes and has %d", got, len(p))
	}
	for at, want := range map[int]string{8: "\x04\x20\x00\x00", 12: "mntr", 16: "RGB ", 20: "XYZ ", 36: "acsp"} {
		if got := string(p[at : at+4]); got != want {
			t.Errorf("at %d stands %q, want %q", at, got, want)
		}
	}
	found := tags(t, p)
	for name, kind := range map[string]string{
		"desc": "mluc", "cprt": "mluc", "wtpt": "XYZ ", "chad": "sf32", "rXYZ": "XYZ ", "gXYZ": "XYZ ", "bXYZ": "XYZ ", "rTRC": "para", "gTRC": "para", "bTRC": "para",
	} {
		if len(found[name]) < 8 || string(found[name][:4]) != kind {
			t.Errorf("tag %s is %.4q", name, found[name])
		}
	}
	white := [3]float64{}
	for _, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		for i, v := range numbers16(found[name], 8) {
			white[i] += v
		}
	}
	for i, want := range numbers16(found["wtpt"], 8) {
		if math.Abs(white[i]-want) > 0.0005 {
			t.Errorf("red, green and blue make %v, white is %v", white, numbers16(found["wtpt"], 8))
		}
	}
	curve := numbers16(found["rTRC"], 12) // g a b c d
	linear := func(x float64) float64 {
		if x < curve[4] {
			return curve[3] * x
		}
		return math.Pow(curve[1]*x+curve[2], curve[0])
	}
	for x, want := range map[float64]float64{0: 0, 0.04: 0.0031, 0.5: 0.2140, 1: 1} { // IEC 61966-2-1
		if math.Abs(linear(x)-want) > 0.0005 {
			t.Errorf("%v is %v of full light, want %v", x, linear(x), want)
		}
	}
}

func TestProfileInADocument(t *testing.T) {
	src := document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", "<</Type /Page /Parent 2 0 R>>")
	res, err := New(nil).Finish(t.Context(), Input{PDF: src, About: About{Title: "Lot 7", Language: "en"}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	lacks, err := open1(t, res.PDF).Lacks()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lacks {
		if l.Standard == pdf.PDFA3b {
			t.Errorf("an empty page lacks %+v", l)
		}
	}
	res, err = New(nil).Finish(t.Context(), Input{PDF: blank(1), Options: platen.FinishOptions{Conformance: platen.NoConformance}})
	if err != nil {
		t.Fatal(err)
	}
	if catalog, err := open1(t, res.PDF).Catalog(); err != nil || catalog["OutputIntents"] != nil {
		t.Errorf("a document that claims nothing has %v, %v", catalog["OutputIntents"], err)
	}
}
