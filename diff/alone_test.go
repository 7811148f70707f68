package diff_test

import (
	"fmt"
	"testing"

	"github.com/dicode/platen/diff"
)

// TestPagesThatOneHas looks at the running text and the drawings of a page that only one has.
func TestPagesThatOneHas(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	a := base.clone().print(t)
	for name, tt := range map[string]struct {
		css    string
		wanted []want
	}{
		"as the others": {"", nil},
		"a stamp":       {`@page extra{@top-center{content:"VOID";white-space:nowrap}}`, []want{{diff.Content, 3, "“VOID”"}}},
		"hidden text":   {`@page extra{@top-center{content:"VOID";white-space:nowrap;color:#fff}}`, []want{{diff.Content, 3, "hidden text"}}},
		"a ground":      {`@page extra{@bottom-left{background:#fee}}`, []want{{diff.Visual, 3, "#ffeeee"}}},
	} {
		changed := base.clone()
		changed.style(t, ".extra{break-before:page;page:extra}"+tt.css)
		changed.replace(t, "</main>", `<p class="extra">A page that is new</p></main>`, 1)
		b := changed.print(t)
		r, back := compare(t, a, b, ""), compare(t, b, a, "")
		wanted := append(tt.wanted, want{diff.Content, 3, "A page that is new"}, want{diff.Layout, 0, "became “3”"})
		for _, w := range lacking(r, wanted) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
		for _, w := range lacking(back, wanted[:len(tt.wanted)]) {
			t.Errorf("%s, page removed: no %s finding says %q:\n%s", name, w.class, w.say, list(back))
		}
		if extra := len(r.Findings) - len(wanted); extra > 1 { // and the number of pages in the running text
			t.Errorf("%s: %d findings more:\n%s", name, extra, list(r))
		}
	}
}

// TestTargets moves what an entry of the outline and a link lead to.
func TestTargets(t *testing.T) {
	with := func(outline, link, content string) []byte {
		return document("<</Type /Catalog /Pages 2 0 R /Outlines 6 0 R /Dests <</place 8 0 R>>>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
			"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>> /Annots [<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /Border [0 0 0] "+link+">>]>>",
			fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
			"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
			"<</First 7 0 R /Last 7 0 R /Count 1>>", "<</Title (Blending) /Parent 6 0 R "+outline+">>", "[3 0 R /XYZ 0 160 0]")
	}
	text := func(first string) string {
		return "BT /F 12 Tf 14 TL 20 180 Td " + first + "(Charging) Tj T* (Blending) Tj T* (Discharging) Tj ET"
	}
	const outline, link = "/Dest [3 0 R /XYZ 0 174 0]", "/A <</S /GoTo /D [3 0 R /XYZ 0 174 0]>>"
	a := with(outline, link, text(""))
	for name, tt := range map[string]struct {
		b      []byte
		wanted []want
	}{
		"outline": {with("/Dest [3 0 R /XYZ 0 160 0]", link, text("")), []want{{diff.Structure, 1, "outline entry “Blending” leads elsewhere"}}},
		"nowhere": {with("", link, text("")), []want{{diff.Structure, 1, "nowhere"}}},
		"fit":     {with("/Dest [3 0 R /Fit]", link, text("")), []want{{diff.Structure, 1, "outline entry “Blending” leads elsewhere"}}},
		"link":    {with(outline, "/A <</S /GoTo /D [3 0 R /XYZ 0 160 0]>>", text("")), []want{{diff.Structure, 1, "link"}}},
		"no link": {with(outline, "/A <</S /Named /N /NextPage>>", text("")), []want{{diff.Structure, 0, "link removed"}, {diff.Structure, 0, "link added"}}},
		"pushed on, and stays": {with(outline, link, text("(Preparing) Tj T* ")),
			[]want{{diff.Content, 1, "Preparing"}, {diff.Structure, 1, "outline entry “Blending” leads elsewhere"}, {diff.Structure, 1, "link"}}},
		"goes along":         {with("/Dest [3 0 R /XYZ 0 160 0]", "/Dest [3 0 R /XYZ 0 160 0]", text("(Preparing) Tj T* ")), []want{{diff.Content, 1, "Preparing"}}},
		"by a name the same": {with(outline, "/Dest /place", text("(Preparing) Tj T* ")), []want{{diff.Content, 1, "Preparing"}, {diff.Structure, 1, "outline entry"}}},
	} {
		r := compare(t, a, tt.b, "")
		for _, w := range lacking(r, tt.wanted) {
			t.Errorf("%s: no %s finding says %q:\n%s", name, w.class, w.say, list(r))
		}
		if len(r.Findings) != len(tt.wanted) {
			t.Errorf("%s: %d findings, want %d:\n%s", name, len(r.Findings), len(tt.wanted), list(r))
		}
	}
}
