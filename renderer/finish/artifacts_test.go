package finish

import (
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen/pdf"
)

func TestWithArtifacts(t *testing.T) {
	const begin, end = "/Artifact BMC\n", "EMC\n"
	for _, tt := range []struct{ name, content, want string }{
		{"empty", "", ""},
		{"nothing painted", "q 1 0 0 1 5 5 cm Q", "q\n1 0 0 1 5 5 cm\nQ\n"},
		{"line", "0 0 m 9 9 l S", begin + "0 0 m\n9 9 l\nS\n" + end},
		{"two paths are one run", "0 0 9 9 re f 1 w 0 0 m 9 9 l S", begin + "0 0 9 9 re\nf\n1 w\n0 0 m\n9 9 l\nS\n" + end},
		{"clip", "q 0 0 9 9 re W n Q", "q\n" + begin + "0 0 9 9 re\nW\nn\n" + end + "Q\n"},
		{"graphics states", "q 0 0 9 9 re f Q 0 0 9 9 re f", "q\n" + begin + "0 0 9 9 re\nf\n" + end + "Q\n" + begin + "0 0 9 9 re\nf\n" + end},
		{"text", "BT /F1 9 Tf (a) Tj (b) ' ET", "BT\n/F1 9 Tf\n" + begin + "(a) Tj\n(b) '\n" + end + "ET\n"},
		{"image", "/X Do BI ID x EI", begin + "/X Do\nBI ID x EI\n" + end},
		{"shading", "/S sh", begin + "/S sh\n" + end},
		{"tagged", "/P <</MCID 0>> BDC (a) Tj 0 0 9 9 re f EMC", "/P <</MCID 0>> BDC\n(a) Tj\n0 0 9 9 re\nf\nEMC\n"},
		{"nested tags", "/P <</MCID 0>> BDC /T BMC (a) Tj EMC (b) Tj EMC (c) Tj",
			"/P <</MCID 0>> BDC\n/T BMC\n(a) Tj\nEMC\n(b) Tj\nEMC\n" + begin + "(c) Tj\n" + end},
		{"before tags", "(a) Tj /P <</MCID 0>> BDC (b) Tj EMC", begin + "(a) Tj\n" + end + "/P <</MCID 0>> BDC\n(b) Tj\nEMC\n"},
		{"marks without a tag", "/Span <</ActualText (fi)>> BDC (a) Tj EMC (b) Tj", begin + "/Span <</ActualText (fi)>> BDC\n(a) Tj\nEMC\n(b) Tj\n" + end},
		{"marks without a tag in a text", "BT /Span BMC (a) Tj EMC ET (b) Tj", "BT\n" + begin + "/Span BMC\n(a) Tj\nEMC\n" + end + "ET\n" + begin + "(b) Tj\n" + end},
		{"marks without a tag around states", "/Span BMC q (a) Tj Q EMC q (b) Tj Q", begin + "/Span BMC\nq\n(a) Tj\nQ\nEMC\n" + end + "q\n" + begin + "(b) Tj\n" + end + "Q\n"},
		{"artifacts of the document's own", "/Artifact BMC 0 0 9 9 re f EMC", "/Artifact BMC\n0 0 9 9 re\nf\nEMC\n"},
	} {
		if got := string(withArtifacts([]byte(tt.content))); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		wellMarked(t, []byte(tt.want))
	}
}

// wellMarked checks that all that a content stream paints is marked, and that
// marks and text objects lie one within the other and not in a path, where no
// graphics state begins or ends either (ISO 32000-2 §14.6, §8.5).
func wellMarked(t *testing.T, content []byte) (paints int) {
	t.Helper()
	var open []string // marks and text objects, by the operator that closes them
	states := 0
	inPath := false
	for op := range pdf.Operations(content) {
		word := op.Operator
		isMark := word == "BMC" || word == "BDC" || word == "EMC"
		if inPath && (isMark || strings.Contains(" q Q BT ET ", " "+word+" ")) {
			t.Errorf("%s stands in a path", word)
		}
		switch word {
		case "BMC", "BDC":
			open = append(open, "EMC")
		case "q":
			states++
		case "Q":
			states--
		case "BT":
			open = append(open, "ET")
		case "EMC", "ET":
			if len(open) == 0 || open[len(open)-1] != word {
				t.Fatalf("%s closes what is not open: %v is", word, open)
			}
			open = open[:len(open)-1]
		case "m", "re":
			inPath = true
		case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
			inPath = false
			fallthrough
		case "Tj", "TJ", "'", `"`, "Do", "sh", "BI":
			paints++
			if word != "n" && !slices.Contains(open, "EMC") {
				t.Errorf("%s at %d paints outside marks", word, op.Start)
			}
		}
	}
	if len(open) > 0 || states != 0 {
		t.Errorf("%v and %d Q are missing at the end", open, states)
	}
	return paints
}

func TestArtifactsOfChromesPages(t *testing.T) {
	src := printed(t, `<style>@page { margin: 20mm; @bottom-center { content: "page " counter(page) } } td { border: 1px solid } div { background: linear-gradient(red, blue); height: 1cm }</style>
		<h1>One</h1><div></div><table><tr><th scope="col">A<td>B</table><p style="transform: rotate(9deg); opacity: 0.5; text-decoration: underline wavy">turned</p>
		<svg width="50" height="50"><circle cx="20" cy="20" r="9" fill="red"/></svg><ul><li>x</ul><p style="break-before: page">second`)
	res, err := New(nil).Finish(t.Context(), Input{PDF: src, Printed: true})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	f := open1(t, res.PDF)
	for p, err := range f.Pages() {
		if err != nil {
			t.Fatal(err)
		}
		content, err := f.Content(p)
		if err != nil {
			t.Fatal(err)
		}
		if n := wellMarked(t, content); n < 3 {
			t.Errorf("page %d: %d operations paint", p.Number, n)
		}
		if !strings.Contains(string(content), beginArtifact) {
			t.Errorf("page %d has no artifact", p.Number)
		}
	}
	if lacks, err := f.Lacks(); err != nil || len(lacks) > 0 {
		t.Errorf("the document lacks %v, %v", lacks, err)
	}
}
