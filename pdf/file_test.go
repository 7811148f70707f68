package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// incremental appends a section that replaces object num.
func incremental(src []byte, prev, num int, object, trailer string) []byte {
	b := bytes.NewBuffer(bytes.Clone(src))
	at := b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", num, object)
	start := b.Len()
	fmt.Fprintf(b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 9 /Root 1 0 R /Prev %d %s>>\nstartxref\n%d\n%%%%EOF\n", num, at, prev, trailer, start)
	return b.Bytes()
}

func xrefAt(src []byte) int { return bytes.LastIndex(src, []byte("\nxref\n")) + 1 }

func TestOpenReadsEveryKindOfCrossReference(t *testing.T) {
	src := simple()
	for _, tt := range []struct {
		name string
		src  []byte
	}{
		{"table", src},
		{"no newline at the end", bytes.TrimRight(src, "\n")},
		{"streams", qpdf(t, src, "--object-streams=generate")},
		{"linearised", qpdf(t, src, "--linearize")},
		{"linearised streams", qpdf(t, src, "--linearize", "--object-streams=generate")},
		{"free entry of a high generation", bytes.Replace(src, []byte("65535 f"), []byte("65536 f"), 1)},
		{"update", incremental(src, xrefAt(src), 5, stream("", "0 0 m 7 7 l S"), "")},
		{"hybrid", hybrid()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := open(t, tt.src)
			list, err := pages(f)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 2 {
				t.Fatalf("got %d pages", len(list))
			}
			first, err := f.Box(list[0])
			if want := (pdf.Box{X1: 595, Y1: 842}); err != nil || first != want {
				t.Errorf("page 1: got %v, %v", first, err)
			}
			second, err := f.Box(list[1])
			if want := (pdf.Box{X0: 10, Y0: 20, X1: 110, Y1: 220}); err != nil || second != want {
				t.Errorf("page 2: got %v, %v", second, err)
			}
			if turn, err := f.Rotate(list[1]); err != nil || turn != 270 {
				t.Errorf("page 2: turned by %d, %v", turn, err)
			}
			s, err := f.Stream(list[0].Dict["Contents"])
			if err != nil {
				t.Fatal(err)
			}
			content, err := f.Decode(s)
			if err != nil || !bytes.HasPrefix(content, []byte("0 0 m ")) {
				t.Errorf("content %q, %v", content, err)
			}
			if tt.name == "update" && string(content) != "0 0 m 7 7 l S" {
				t.Errorf("the old object came: %q", content)
			}
		})
	}
}

// hybrid is simple with page 2 in an object stream that only /XRefStm names;
// the table calls it free.
func hybrid() []byte {
	src := simple()
	b := bytes.NewBuffer(bytes.Clone(src[:xrefAt(src)]))
	packAt := b.Len()
	body := "<</Type /Page /Parent 2 0 R /Rotate -90 /CropBox [10 20 110 220] /Contents 5 0 R /Resources <<>>>>"
	fmt.Fprintf(b, "6 0 obj\n%s\nendobj\n", stream("/Type /ObjStm /N 1 /First 4", "4 0 "+body))
	streamAt := b.Len()
	rows := []byte{2, 0, 6, 0, 1, byte(packAt >> 8), byte(packAt), 0}
	fmt.Fprintf(b, "7 0 obj\n%s\nendobj\n", stream("/Type /XRef /Size 8 /W [1 2 1] /Index [4 1 6 1]", string(rows)))
	start := b.Len()
	b.WriteString("xref\n0 6\n")
	for num := range 6 {
		at := bytes.Index(src, fmt.Appendf(nil, "\n%d 0 obj", num)) + 1
		if num == 0 || num == 4 {
			b.WriteString("0000000000 65535 f \n")
			continue
		}
		fmt.Fprintf(b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(b, "trailer\n<</Size 8 /Root 1 0 R /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", streamAt, start)
	return b.Bytes()
}

func TestDamagedFilesAreRefused(t *testing.T) {
	src := simple()
	xref := xrefAt(src)
	replace := func(old, new string) []byte { return bytes.Replace(src, []byte(old), []byte(new), 1) }
	small := pdf.Limits{Bytes: 1 << 20, Objects: 1000, Depth: 20, Decoded: 1 << 16, Pages: 5}
	for _, tt := range []struct {
		name, want string
		src        []byte
	}{
		{"empty", "not a PDF", nil},
		{"text", "not a PDF", []byte("hello")},
		{"bytes before", "remove them", append([]byte("\n"), src...)},
		{"cut off", "get the whole file", src[:len(src)/2]},
		{"too large", "raise the limit", make([]byte, small.Bytes+1)},
		{"no version", "names no version", replace("%PDF-1.7", "%PDF-x.y")},
		{"startxref outside", "names no place", replace("startxref\n", "startxref\n9")},
		{"startxref beside", "no cross-reference section", replace("startxref\n", "startxref\n1 ")},
		{"offset beside the object", "the object is not here", replace("1 0 obj", "9 0 obj")},
		{"loop of one", "in a circle", replace(">>\nstartxref", fmt.Sprintf("/Prev %d>>\nstartxref", xref))},
		{"loop of two", "in a circle", loopOfTwo()},
		{"prev outside", "names no place", documentWith("/Prev 99999999", catalog)},
		{"prev beside", "no cross-reference section", documentWith("/Prev 5", catalog)},
		{"prev is no number", "names no place", documentWith("/Prev /X", catalog)},
		{"too many objects", "more than 1000 objects", replace("0 6\n", "0 999999999\n")},
		{"table cut", "table is damaged", replace("0 6\n", "0 7\n")},
		{"no size", "/Size of the trailer", replace("/Size 6", "/Sise 6")},
		{"size", "/Size of the trailer", replace("/Size 6", "/Size 999999999999")},
		{"no catalog", "names no catalog", replace("/Root 1 0 R", "/Roof 1 0 R")},
		{"catalog is a number", "should be a dictionary", document("12")},
		{"catalog without pages", "not a document catalog", document("<</Type /Catalog>>")},
		{"key twice", "/Type twice", document("<</Type /Catalog /Type /Catalog /Pages 2 0 R>>")},
		{"deep", "too deep", document(strings.Repeat("[", 10_000))},
		{"many values", "too many values", document("[" + strings.Repeat("0 ", 2000) + "]")},
		{"open string", "no closing parenthesis", document("<</A (((>>")},
		{"no pages", "has no pages", document(catalog, "<</Type /Pages /Kids [] /Count 0>>")},
		{"no kids", "has no pages", document(catalog, "<</Type /Pages>>")},
		{"recursive tree", "has this object twice", document(catalog, "<</Type /Pages /Kids [2 0 R] /Count 1>>")},
		{"page twice", "has this object twice", document(catalog, "<</Type /Pages /Kids [3 0 R 3 0 R] /Count 2>>", page)},
		{"kid missing", "not there", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>")},
		{"kid is no reference", "no reference", document(catalog, "<</Type /Pages /Kids [<<>>] /Count 1>>")},
		{"kid is no page", "no page", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Font>>")},
		{"wrong count", "another number", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 2>>", page)},
		{"too many pages", "more than 5 pages", document(manyPages(6)...)},
		{"deep tree", "too deep", document(deepTree(50)...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := pdf.Open(tt.src, small)
			if err == nil {
				_, err = pages(f)
			}
			var e *pdf.Error
			if !errors.As(err, &e) || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func loopOfTwo() []byte {
	first := documentWith("/Prev 00000000", catalog)
	both := incremental(first, xrefAt(first), 1, catalog, "")
	return bytes.Replace(both, []byte("00000000>>"), fmt.Appendf(nil, "%08d>>", xrefAt(both)), 1)
}

func manyPages(n int) []string {
	var kids strings.Builder
	list := []string{catalog, ""}
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
		list = append(list, page)
	}
	list[1] = fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d>>", kids.String(), n)
	return list
}

func deepTree(n int) []string {
	list := []string{catalog}
	for i := range n {
		list = append(list, fmt.Sprintf("<</Type /Pages /Kids [%d 0 R] /Count 1>>", i+3))
	}
	return append(list, page)
}

func TestTwoMillionKids(t *testing.T) {
	src := document(catalog, "<</Type /Pages /Count 2000000 /Kids ["+strings.Repeat("3 0 R ", 2_000_000)+"]>>", page)
	if _, err := pages(open(t, src)); !errors.Is(err, platen.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestEncryptedFileSaysHow(t *testing.T) {
	src := qpdf(t, simple(), "--encrypt", "u", "o", "256", "--")
	_, err := pdf.Open(src, pdf.DefaultLimits)
	var e *pdf.Error
	if !errors.As(err, &e) || e.Encryption != "Standard handler, V 5, R 6" || !strings.Contains(err.Error(), "qpdf --decrypt") {
		t.Errorf("got %v", err)
	}
}

func TestVersion(t *testing.T) {
	if v := open(t, simple()).Version(); v != "1.7" {
		t.Errorf("got %q", v)
	}
	src := document("<</Type /Catalog /Version /2.0 /Pages 2 0 R>>", twoPages, page, page)
	if v := open(t, src).Version(); v != "2.0" {
		t.Errorf("got %q", v)
	}
}
