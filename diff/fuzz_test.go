package diff_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
)

// woven is a document whose content, CMap and font program are what they are given.
func woven(content, cmap, program []byte) []byte {
	stream := func(b []byte) string { return fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(b), b) }
	return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources 10 0 R>>", stream(content),
		"<</Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R>>",
		"<</Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDToGIDMap /Identity /FontDescriptor 8 0 R /W [0 99 600]>>", stream(cmap),
		"<</Type /FontDescriptor /FontName /F /FontFile2 9 0 R>>", stream(program),
		"<</Font <</F 5 0 R>> /XObject <</X 11 0 R>> /ExtGState <</G <</ca 0.5 /BM /Multiply>>>>>>",
		"<</Type /XObject /Subtype /Form /BBox [0 0 300 200] /Group <</S /Transparency>> /Resources 10 0 R /Length 26>>\nstream\n0 0 9 9 re f /X Do 1 0 m S \nendstream")
}

// FuzzInterpret reads pages whose content, CMap and font are anything.
func FuzzInterpret(f *testing.F) {
	var program []byte
	if src, err := os.ReadFile("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"); err == nil {
		program = src[:min(len(src), 4096)]
	}
	cmap := []byte("2 beginbfrange <0001> <0004> <0041> <0005> <0006> [<0061> <00620063>] endbfrange 1 beginbfchar <0007> <D83DDE00> endbfchar")
	for _, content := range []string{
		"BT /F 12 Tf 14 TL 20 150 Td <00010002> Tj T* [<0003> -200 <0004>] TJ 3 Tr <0005> ' ET",
		"q 1 0 0 1 5 5 cm 0 0 1 rg 10 10 50 20 re W n /X Do Q /G gs 0 0 m 9 9 l 1 2 3 4 5 6 c h B*",
		"/P <</MCID 0>> BDC BT /F 9 Tf <0001> Tj ET EMC /Span <</ActualText (x)>> BDC BT <0002> Tj ET EMC",
		"BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x80\x00\xff EI [3 1] 0 d 2 J 1 M 0.5 w 0 0 m 9 9 l S",
	} {
		f.Add([]byte(content), cmap, program)
	}
	plain := woven([]byte("BT /F 12 Tf 20 150 Td <00010002> Tj ET"), cmap, program)
	f.Fuzz(func(t *testing.T, content, cmap, program []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		src := woven(content, cmap, program)
		for _, pair := range [][2][]byte{{plain, src}, {src, woven(append(content, " 0 0 9 9 re f"...), cmap, program)}} {
			if _, err := diff.Compare(ctx, pair[0], pair[1], diff.Options{}); err != nil && !errors.Is(err, platen.Invalid) {
				t.Fatal(err)
			}
		}
	})
}
