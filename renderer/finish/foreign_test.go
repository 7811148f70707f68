package finish

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dicode/platen"
)

// bomb is 300 MB of white space, packed.
var bomb = sync.OnceValue(func() string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(bytes.Repeat([]byte(" "), 300<<20)) // a bytes.Buffer takes everything
	w.Close()
	return b.String()
})

// qpdf returns what qpdf makes of a PDF.
func qpdf(t testing.TB, src []byte, args ...string) []byte {
	t.Helper()
	return []byte(tool(t, src, "qpdf", append(args, "a.pdf", "-")...))
}

// hybrid has page 2 in an object stream that only /XRefStm names; the table calls
// it free (ISO 32000-2 §7.5.8.4).
func hybrid() []byte {
	src := blank(2)
	table := bytes.LastIndex(src, []byte("\nxref\n")) + 1
	b := bytes.NewBuffer(bytes.Clone(src[:table]))
	pack := b.Len()
	fmt.Fprintf(b, "7 0 obj\n%s\nendobj\n", stream("/Type /ObjStm /N 1 /First 4", "5 0 <</Type /Page /Parent 2 0 R /Contents 6 0 R>>"))
	xref := b.Len()
	rows := string([]byte{2, 0, 7, 0, 1, byte(pack >> 8), byte(pack), 0})
	fmt.Fprintf(b, "8 0 obj\n%s\nendobj\n", stream("/Type /XRef /Size 9 /W [1 2 1] /Index [5 1 7 1]", rows))
	start := b.Len()
	b.WriteString("xref\n0 7\n0000000000 65535 f \n")
	for num := 1; num < 7; num++ {
		if num == 5 {
			b.WriteString("0000000000 65535 f \n")
			continue
		}
		fmt.Fprintf(b, "%010d 00000 n \n", bytes.Index(src, fmt.Appendf(nil, "\n%d 0 obj", num))+1)
	}
	fmt.Fprintf(b, "trailer\n<</Size 9 /Root 1 0 R /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", xref, start)
	return b.Bytes()
}

func TestForeignFilesOfEveryKind(t *testing.T) {
	src := sheets([2]string{"", "BT /F 20 Tf 50 300 Td (one) Tj ET"}, [2]string{"/Rotate 90", "BT /F 20 Tf 50 300 Td (two) Tj ET"})
	for name, src := range map[string][]byte{
		"table": src, "streams": qpdf(t, src, "--object-streams=generate"), "linearised": qpdf(t, src, "--linearize"),
		"linearised streams": qpdf(t, src, "--linearize", "--object-streams=generate"), "hybrid": hybrid(),
		"finished": finished(t, New(nil), src, square(nil)), "bytes behind the end": append(bytes.Clone(src), "\n\n\n"...),
	} {
		before := bytes.Clone(src)
		out := finished(t, New(nil), src, square(func(w *platen.Watermark) { w.Position = "top" }))
		check(t, out)
		if !bytes.Equal(out, finished(t, New(nil), before, square(func(w *platen.Watermark) { w.Position = "top" }))) {
			t.Errorf("%s: the second time it is other bytes", name)
		}
		for i, p := range picturesOf(t, out) {
			if p.at(p.Bounds().Dx()+10, 50) != red { // the bounds count pixels of 2 points
				t.Errorf("%s: page %d has no mark", name, i+1)
			}
		}
		if got := tool(t, out, "pdftotext", "a.pdf", "-"); name != "hybrid" && got != "one\n\n\ftwo\n\n\f" {
			t.Errorf("%s: it says %q", name, got)
		}
	}
}

func TestForeignFilesThatCannotBeFinished(t *testing.T) {
	plain := blank(2)
	tree := func(kids string, more ...string) []byte {
		return document(append([]string{catalog, "<</Type /Pages /MediaBox [0 0 9 9] /Kids [" + kids + "] /Count 1>>"}, more...)...)
	}
	for _, tt := range []struct {
		name, want string
		src        []byte
	}{
		{"empty", "not a PDF", nil},
		{"no PDF", "not a PDF", []byte("<html>")},
		{"encrypted", "is encrypted", qpdf(t, plain, "--encrypt", "u", "o", "256", "--")},
		{"encrypted without password", "is encrypted", qpdf(t, plain, "--encrypt", "", "o", "256", "--")},
		{"truncated", "get the whole file", plain[:len(plain)/2]},
		{"end cut off", "no cross-reference section", plain[:bytes.LastIndex(plain, []byte("startxref"))+11]},
		{"wrong offset", "object is not here", bytes.Replace(plain, []byte("\n3 0 obj"), []byte("\n9 0 obj"), 1)},
		{"all offsets wrong", "no cross-reference section", bytes.Replace(plain, []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n%%"), 1)},
		{"startxref beside", "no cross-reference section", bytes.Replace(plain, []byte("startxref\n"), []byte("startxref\n1 "), 1)},
		{"cross-reference in a circle", "in a circle", bytes.Replace(plain, []byte(">>\nstartxref"), fmt.Appendf(nil, "/Prev %d>>\nstartxref", bytes.LastIndex(plain, []byte("\nxref\n"))+1), 1)},
		{"zero pages", "no pages", document(catalog, "<</Type /Pages /Kids [] /Count 0>>")},
		{"looping page tree", "this object twice", tree("3 0 R", "<</Type /Pages /Kids [2 0 R] /Count 1>>")},
		{"recursive page tree", "this object twice", tree("2 0 R")},
		{"page twice", "this object twice", tree("3 0 R 3 0 R", "<</Type /Page /Parent 2 0 R>>")},
		{"two-million-point page", "points a side", sheets([2]string{"/MediaBox [0 0 2000000 2000000]"})},
		{"two-million-point page of small units", "points a side", sheets([2]string{"/UserUnit 10000"})},
		{"page without size", "no /MediaBox", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R>>")},
		{"bomb of objects", "raise the limit", packedBomb()},
		{"damaged object", "is damaged", document(catalog, "<</Type /Pages /MediaBox [0 0 9 9] /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R>>", "<</A [")},
		{"signed", "is signed (field approval)", document("<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [<</FT /Sig /T (approval) /V <</Type /Sig /SubFilter /ETSI.CAdES.detached /Contents <00>>>>>]>>>>",
			"<</Type /Pages /MediaBox [0 0 9 9] /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R>>")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := cpuTime(t)
			_, err := New(nil).Finish(t.Context(), Input{PDF: tt.src, Watermarks: marks(square(nil)), Options: platen.FinishOptions{Conformance: platen.NoConformance}})
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if took := cpuTime(t) - before; took > 20*time.Second {
				t.Errorf("it took %v of CPU", took)
			}
		})
	}
}

// cpuTime is what the process has used until now.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// packedBomb has its page tree in an object stream of 300 MB.
func packedBomb() []byte {
	b := bytes.NewBufferString("%PDF-1.7\n")
	catalogAt := b.Len()
	fmt.Fprintf(b, "1 0 obj\n%s\nendobj\n", catalog)
	pack := b.Len()
	fmt.Fprintf(b, "3 0 obj\n%s\nendobj\n", stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb()))
	start := b.Len()
	var rows []byte
	for _, e := range [][3]int{{0, 0, 0}, {1, catalogAt, 0}, {2, 3, 0}, {1, pack, 0}, {1, start, 0}} {
		rows = append(rows, byte(e[0]), byte(e[1]>>16), byte(e[1]>>8), byte(e[1]), byte(e[2]))
	}
	fmt.Fprintf(b, "4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", stream("/Type /XRef /Size 5 /Root 1 0 R /W [1 3 1]", string(rows)), start)
	return b.Bytes()
}

// Content that nobody has to look at is not decoded; that of a page that is drawn
// upon, or becomes a watermark, is, and has a limit.
func TestBombs(t *testing.T) {
	page := document(catalog, "<</Type /Pages /MediaBox [0 0 9 9] /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /Contents 4 0 R>>",
		stream("/Filter /FlateDecode", bomb()))
	plain := platen.FinishOptions{Conformance: platen.NoConformance}
	for _, c := range []struct {
		name  string
		in    Input
		bound uint64 // bytes allocated in all
		ok    bool
	}{
		{"only copied", Input{PDF: page, Options: plain}, 50 << 20, true},
		{"drawn upon", Input{PDF: page, Watermarks: marks(platen.Watermark{Image: &platen.Image{Name: "a.pdf", Content: blank(1)}}), Options: plain}, 3 << 30, false},
		{"a watermark", Input{PDF: blank(1), Watermarks: marks(platen.Watermark{Image: &platen.Image{Name: "a.pdf", Content: page}}), Options: plain}, 3 << 30, false},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := New(nil).Finish(t.Context(), c.in)
		runtime.ReadMemStats(&after)
		if c.ok != (err == nil) || !c.ok && (!errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "raise the limit")) {
			t.Errorf("%s: got %v", c.name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > c.bound {
			t.Errorf("%s: it took %d MiB", c.name, used>>20)
		}
	}
}

// A file that qpdf rebuilt can be finished, as the errors advise.
func TestAdviceOfErrors(t *testing.T) {
	damaged := bytes.Replace(blank(2), []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n%%"), 1)
	_, err := New(nil).Finish(t.Context(), Input{PDF: damaged})
	if err == nil || !strings.Contains(err.Error(), "qpdf in.pdf out.pdf") {
		t.Fatalf("got %v", err)
	}
	dir := t.TempDir()
	toolIn(t, dir, damaged, "true")
	if err := exec.CommandContext(t.Context(), "qpdf", "--warning-exit-0", filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")).Run(); err != nil {
		t.Fatal(err)
	}
	b := tool(t, nil, "cat", filepath.Join(dir, "b.pdf"))
	check(t, finished(t, New(nil), []byte(b), square(nil)))
}
