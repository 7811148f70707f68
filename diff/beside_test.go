package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
)

// A want is a finding that there must be.
type want struct {
	class diff.Class
	page  int // on which a place is; 0: on any
	say   string
}

// find returns the wanted findings that a report lacks.
func lacking(r *diff.Report, wanted []want) (out []want) {
	for _, w := range wanted {
		found := false
		for _, f := range r.Findings {
			found = found || f.Class == w.class && strings.Contains(f.What+"\n"+f.Old+"\n"+f.New, w.say) && anywhereOn(f, w.page)
		}
		if !found {
			out = append(out, w)
		}
	}
	return out
}

func anywhereOn(f diff.Finding, page int) bool {
	if page == 0 {
		return true
	}
	for _, p := range f.Places {
		if p.A.Page == page || p.B.Page == page {
			return true
		}
	}
	return false
}

// TestBesideAFinding makes two changes at one place: the words explain themselves and nothing else.
func TestBesideAFinding(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	const value = `<span class="v">475.00</span>`
	base.replace(t, `<span class="q">475.25 kg</span>`, `<span class="q">475.25 kg<svg width="3mm" height="3mm" viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="#136"/></svg></span>`, 1)
	a := base.clone().print(t)
	for name, tt := range map[string]struct {
		old, new string
		say      string
	}{
		"struck through":    {value, `<span class="v" style="text-decoration:line-through">475.01</span>`, "is drawn that was not there"},
		"underlined":        {value, `<span class="v" style="text-decoration:underline #c00">475.01</span>`, "is drawn that was not there"},
		"framed":            {value, `<span class="v" style="outline:0.5pt solid #c00">475.01</span>`, "#cc0000"},
		"on another ground": {value, `<span class="v" style="background:#fee">475.01</span>`, "#ffeeee"},
		"another picture":   {`475.25 kg<svg width="3mm" height="3mm" viewBox="0 0 10 10"><path d="M0 0h10v10z"`, `475.26 kg<svg width="3mm" height="3mm" viewBox="0 0 10 10"><path d="M0 0h10l-10 10z"`, "another place or form"},
		"no picture":        {`475.25 kg<svg width="3mm" height="3mm" viewBox="0 0 10 10"><path d="M0 0h10v10z"`, `475.26 kg<svg width="3mm" height="3mm" viewBox="0 0 10 10"><path d=""`, "no longer drawn"},
	} {
		changed := base.clone()
		changed.replace(t, tt.old, tt.new, 1)
		r := compare(t, a, changed.print(t), "")
		for _, w := range lacking(r, []want{{diff.Content, 2, "475."}, {diff.Visual, 2, tt.say}}) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
		if len(r.Findings) > 3 {
			t.Errorf("%s: %d findings:\n%s", name, len(r.Findings), list(r))
		}
	}
	longer := base.clone() // a picture in the row of a changed word does not go along with it
	longer.replace(t, value, `<span class="v">475.01</span>`, 1)
	longer.replace(t, `<path d="M0 0h10v10z" fill="#136"/></svg></span>`, `<path d="M0 0h9v10z" fill="#136"/></svg></span>`, 1)
	r := compare(t, a, longer.print(t), "")
	for _, w := range lacking(r, []want{{diff.Content, 2, "475.01"}, {diff.Visual, 2, "another place or form"}}) {
		t.Errorf("a picture in the row: no %s finding says %q:\n%s", w.class, w.say, list(r))
	}
}

// TestOnPagesThatArePushedOn changes what is drawn on a page where nothing stands as it stood.
func TestOnPagesThatArePushedOn(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	base.style(t, ".lead{display:none}") // room for a row
	a := base.clone().print(t)
	pushed := base.clone()
	pushed.replace(t, `<tr class="phase-text">`, `<tr><td colspan="7">A row that is new</td></tr><tr class="phase-text">`, 1)
	row := []want{{diff.Content, 2, "A row that is new"}}
	if r := compare(t, a, pushed.print(t), ""); len(r.Findings) != 1 || len(lacking(r, row)) > 0 {
		t.Fatalf("the row alone:\n%s", list(r))
	}
	for name, tt := range map[string]struct {
		old, new string
		say      string
	}{
		"ground of a row":   {`<tr id="S-2">`, `<tr id="S-2" style="background:#fee">`, "#ffeeee"},
		"ground of a cell":  {`<td>QA specialist</td>`, `<td style="background:#fee">QA specialist</td>`, "#ffeeee"},
		"line below a row":  {`<tr id="S-2">`, `<tr id="S-2" style="--x:1"><style>#S-2>*{border-bottom-color:#c00}</style>`, "#cc0000"},
		"no line below it":  {`<tr id="S-2">`, `<tr id="S-2"><style>#S-2>*{border-bottom-color:transparent}</style>`, "a line in #c3cad1"},
		"thicker line":      {`<tr id="S-2">`, `<tr id="S-2"><style>#S-2>*{border-bottom-width:2px;padding-bottom:calc(1mm - 1px)}</style>`, "line"},
		"struck through":    {`<b>Henrik Lund</b><span`, `<b style="text-decoration:line-through">Henrik Lund</b><span`, "is drawn that was not there"},
		"rule of a heading": {`<h2>Release</h2>`, `<h2 style="border-bottom-color:#c0c">Release</h2>`, "#cc00cc"},
		"frame":             {`<div class="box">`, `<div class="box" style="border-color:#c00">`, "#cc0000"},
		"faded text":        {`<b>Henrik Lund</b><span`, `<b style="opacity:0.5">Henrik Lund</b><span`, "at 50 %"},
	} {
		changed := pushed.clone()
		changed.replace(t, tt.old, tt.new, 1)
		r := compare(t, a, changed.print(t), "")
		class := diff.Visual
		if name == "faded text" {
			class = diff.Style
		}
		for _, w := range lacking(r, append(row, want{class, 2, tt.say})) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
	}
}

// TestDrawnBesideAWord changes how something is drawn below a word that changes too, by operators
// that leave its box as it is.
func TestDrawnBesideAWord(t *testing.T) {
	const star = "20 145 m 80 145 l 30 170 l 50 135 l 70 170 l h "
	picture := func(m string) string {
		return "q " + m + " cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x80\x00\xff EI Q "
	}
	text := func(s string) string { return "BT /F 12 Tf 20 150 Td (" + s + ") Tj ET " }
	for name, tt := range map[string][2]string{
		"inside of a star":      {"0.9 g " + star + "f ", "0.9 g " + star + "f* "},
		"mirrored picture":      {picture("60 0 0 20 20 145"), picture("-60 0 0 20 80 145")},
		"turned picture":        {picture("60 0 0 20 20 145"), picture("-60 0 0 -20 80 165")},
		"corners of a line":     {"4 w " + star + "S ", "4 w 1 M " + star + "S "},
		"ends of a line":        {"4 w 20 150 m 80 150 l S ", "4 w 1 J 20 150 m 80 150 l S "},
		"dashes":                {"20 150 m 80 150 l S ", "[3] 0 d 20 150 m 80 150 l S "},
		"width of a flat pen":   {"q 1 0 0 4 0 0 cm 20 36 m 80 36 l 80 42 l S Q ", "q 4 0 0 4 0 0 cm 5 36 m 20 36 l 20 42 l S Q "},
		"a line on the word":    {"", "20 154 m 80 154 l S "},
		"colour of an area":     {"0.9 g 20 145 60 20 re f 0 g ", "0.8 g 20 145 60 20 re f 0 g "},
		"transparency":          {"0.9 g 20 145 60 20 re f 0 g ", "/Clear gs 0.9 g 20 145 60 20 re f 0 g "},
		"an area that is split": {"0.9 g 20 145 60 20 re f 0 g ", "0.9 g 20 145 20 20 re f 60 145 20 20 re f 0 g "},
	} {
		r := compare(t, sheet(tt[0]+text("Charge once.")), sheet(tt[1]+text("Charge twice.")), "")
		for _, w := range lacking(r, []want{{diff.Content, 1, "twice"}, {diff.Visual, 1, ""}}) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
	}
}

// TestShapesOfLetters changes what a font draws for a letter, on a line that stands elsewhere.
func TestShapesOfLetters(t *testing.T) {
	with := func(glyph, more string) []byte {
		content := "BT /F 12 Tf 14 TL 20 180 Td " + more + "(aaaa) Tj ET"
		return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
			"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
			fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
			"<</Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 /LastChar 97 /Widths [1000] /Encoding <</Differences [97 /a]>> /CharProcs <</a 6 0 R>> /Resources <<>>>>",
			fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(glyph), glyph))
	}
	const square, triangle = "1000 0 0 0 800 800 d1 0 0 800 800 re f", "1000 0 0 0 800 800 d1 0 0 m 800 0 l 400 800 l f"
	r := compare(t, with(square, ""), with(triangle, "(aa) Tj T* "), "")
	for _, w := range lacking(r, []want{{diff.Content, 1, "aa"}, {diff.Style, 1, "another shape"}}) {
		t.Errorf("no %s finding says %q:\n%s", w.class, w.say, list(r))
	}
	if r := compare(t, with(square, ""), with(square, "(aa) Tj T* "), ""); len(r.Findings) != 1 {
		t.Errorf("the line alone:\n%s", list(r))
	}
}
