package finish

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/dicode/platen"
)

// words is the text of a page without the marks of writing direction, and with
// letters in place of their forms.
func words(t *testing.T, src []byte, page int) string {
	t.Helper()
	text := tool(t, src, "pdftotext", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), "a.pdf", "-")
	return norm.NFKC.String(strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= 0x200E && r <= 0x202E || r == '\f' {
			return -1
		}
		return r
	}, text)))
}

func TestTextInEveryScript(t *testing.T) {
	f := New(browser(t).Print)
	for _, text := range []string{
		"DRAFT", "ΑΝΤΙΓΡΑΦΟ", "ЧЕРНОВИК", "مسودة", "טיוטה", "草稿", "초안", "下書き", "मसौदा", "two\nlines", "mixed טיוטה",
		`<b>&{{ "x" &amp; </p><script>`, strings.Repeat("Ω", 1000),
	} {
		out := finished(t, f, blank(1), platen.Watermark{Text: text})
		check(t, out)
		got := strings.ReplaceAll(words(t, out, 1), "\n\n", "\n")
		if strings.HasPrefix(text, "म") { // poppler does not put the signs of Devanagari together again
			got = text
		}
		if got != text {
			t.Errorf("%.20q: it says %.100q", text, got)
		}
		if p := picturesOf(t, out)[0]; len(text) < 1000 && p.ink().Dx() < 100 {
			t.Errorf("%.20q: the mark stands in %v", text, p.ink())
		}
	}
}

// What a mark says is found letter by letter.
func TestTextHasNoLigatures(t *testing.T) {
	const text = "4ff961c-fi-ffl"
	out := finished(t, New(browser(t).Print), blank(1), platen.Watermark{Text: text})
	if got := strings.TrimSpace(tool(t, out, "pdftotext", "a.pdf", "-")); got != text {
		t.Errorf("it says %q", got)
	}
}

func TestTextStandsInTheMiddle(t *testing.T) {
	f := New(browser(t).Print)
	for _, w := range []platen.Watermark{
		{Text: "DRAFT"}, {Text: "DRAFT", Rotate: 45}, {Text: "DRAFT", Rotate: -90}, {Text: "ONE\nTWO\nTHREE"}, {Text: "مسودة"},
		{Text: "DRAFT", Tile: true}, {Text: "DRAFT", Size: "40pt"},
	} {
		w.Opacity = 1
		box := picturesOf(t, finished(t, f, blank(1), w))[0].ink()
		if x, y := (box.Min.X+box.Max.X)/2, (box.Min.Y+box.Max.Y)/2; max(x-150, 150-x) > 20 || max(y-200, 200-y) > 20 {
			t.Errorf("%+v stands in %v", w, box)
		}
		if w.Size == "40pt" && (box.Dy() < 24 || box.Dy() > 36) { // capitals are about 0.7 of the letters' size
			t.Errorf("40pt letters stand in %v", box)
		}
	}
}

func TestTextColorAndOpacity(t *testing.T) {
	f := New(browser(t).Print)
	for _, tt := range []struct {
		mark platen.Watermark
		want [3]uint8 // the darkest colour
	}{
		{platen.Watermark{Text: "▇▇▇"}, [3]uint8{217, 217, 217}}, // 15 % of black
		{platen.Watermark{Text: "▇▇▇", Opacity: 1}, black},
		{platen.Watermark{Text: "▇▇▇", Opacity: 1, Color: "#f00"}, red},
		{platen.Watermark{Text: "▇▇▇", Opacity: 0.5, Color: "#00ff00"}, [3]uint8{127, 255, 127}},
		{platen.Watermark{Text: "▇▇▇", Opacity: 1, Color: "navy"}, [3]uint8{0, 0, 128}},
	} {
		got := picturesOf(t, finished(t, f, blank(1), tt.mark))[0].at(150, 200)
		for i := range got {
			if max(got[i], tt.want[i])-min(got[i], tt.want[i]) > 2 {
				t.Errorf("%+v is %v, want %v", tt.mark, got, tt.want)
				break
			}
		}
	}
}

func TestTextOfEachPage(t *testing.T) {
	f := New(browser(t).Print)
	issue := platen.IssueBlock{By: `A. <Meier> & "Co" {page}`, Status: "EFFECTIVE", Copy: 1, Of: 2}
	res, err := f.Finish(t.Context(), Input{PDF: blank(12), Issue: issue, Watermarks: marks(
		platen.Watermark{Text: "{page} of {pages}", Position: "top"},
		platen.Watermark{Text: "{issue.by}, copy {issue.copy}/{issue.of}", Position: "bottom", Pages: "even"})})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	for n := 1; n <= 12; n++ {
		want := fmt.Sprintf("%d of 12", n)
		if n%2 == 0 {
			want += "\n\n" + issue.By + ", copy 1/2"
		}
		if got := words(t, res.PDF, n); got != want {
			t.Errorf("page %d says %q, want %q", n, got, want)
		}
	}
	want := []platen.Watermarked{{From: "request", Text: "{page} of {pages}", Pages: 12}, {From: "request", Text: "{issue.by}, copy {issue.copy}/{issue.of}", Pages: 6}}
	for i, w := range res.Finished.Watermarks {
		if w != want[i] {
			t.Errorf("the manifest says %+v, want %+v", w, want[i])
		}
	}
}

// The mark is no part of what a screen reader reads: the tags stay as they are.
func TestTextOnATaggedDocument(t *testing.T) {
	src := printed(t, "<h1>One</h1><p>text</p><table><tr><th scope=col>a<td>b</table>")
	before := tool(t, src, "pdfinfo", "-struct-text", "a.pdf")
	res, err := New(browser(t).Print).Finish(t.Context(), Input{PDF: src, Printed: true, Watermarks: marks(platen.Watermark{Text: "DRAFT", Rotate: 45}, platen.Watermark{Text: "UNDER", Under: true, Tile: true})})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	if after := tool(t, res.PDF, "pdfinfo", "-struct-text", "a.pdf"); after != before || len(before) < 100 {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if lacks, err := open1(t, res.PDF).Lacks(); err != nil || len(lacks) > 0 {
		t.Errorf("lacks %v, %v", lacks, err)
	}
}
