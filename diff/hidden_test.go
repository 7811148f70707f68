package diff_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
)

// document builds a PDF with a cross-reference table. The objects are numbered from 1; the
// first is the catalog.
func document(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, table.String(), len(objects)+1, start)
	return b.Bytes()
}

// sheet is a document of one page without tags, 300 x 200 points, that draws content.
func sheet(content string) []byte {
	return document("<</Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit]>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>> /ExtGState <</Clear <</ca 0>> /Faint <</ca 0.03>> /Half <</ca 0.5>>>> /XObject <</X 6 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
		"<</Type /XObject /Subtype /Form /BBox [0 0 50 50] /Length 37>>\nstream\nBT /F 9 Tf 60 10 Td (Twice.) Tj ET    \nendstream")
}

const plain = "BT /F 12 Tf 20 150 Td (Charge once.) Tj ET "

// Text that programs read and people do not see is found, with why it is not seen.
func TestHiddenText(t *testing.T) {
	a := sheet(plain)
	for name, tt := range map[string]struct{ more, why string }{
		"no ink":            {"BT 3 Tr /F 12 Tf 20 100 Td (Twice.) Tj ET", "without ink"},
		"clip only":         {"BT 7 Tr /F 12 Tf 20 100 Td (Twice.) Tj ET", "without ink"},
		"transparent":       {"/Clear gs BT /F 12 Tf 20 100 Td (Twice.) Tj ET", "transparent"},
		"white":             {"1 g BT /F 12 Tf 20 100 Td (Twice.) Tj ET", "that of what is behind"},
		"blue on blue":      {"0 0 1 rg 10 90 80 40 re f 0 0 0.99 rg BT /F 12 Tf 20 100 Td (Twice.) Tj ET", "that of what is behind"},
		"tiny":              {"BT /F 0.5 Tf 20 100 Td (Twice.) Tj ET", "less than a point"},
		"tiny by a matrix":  {"0.01 0 0 0.01 20 100 cm BT /F 12 Tf (Twice.) Tj ET", "less than a point"},
		"off the page":      {"BT /F 12 Tf 20 -50 Td (Twice.) Tj ET", "off the page"},
		"beside the page":   {"BT /F 12 Tf 400 100 Td (Twice.) Tj ET", "off the page"},
		"clipped":           {"q 0 0 10 10 re W n BT /F 12 Tf 20 100 Td (Twice.) Tj ET Q", "clipped away"},
		"clipped by a form": {"/X Do", "clipped away"},
		"a shade":           {"/Faint gs BT /F 12 Tf 20 100 Td (Twice.) Tj ET", "that of what is behind"},
		"below a picture":   {"BT /F 12 Tf 20 100 Td (Twice.) Tj ET q 80 0 0 40 10 90 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q", "drawn over it"},
		"beside a triangle": {"0 g 10 90 m 200 90 l 200 300 l f 1 g BT /F 12 Tf 20 110 Td (Twice.) Tj ET", "that of what is behind"},
		"covered":           {"BT /F 12 Tf 20 100 Td (Twice.) Tj ET 1 0 0 rg 10 90 80 40 re f", "drawn over it"},
	} {
		r := compare(t, a, sheet(plain+tt.more), "")
		found := false
		for _, f := range r.Findings {
			found = found || f.Class == diff.Content && strings.Contains(f.New, "Twice.") && strings.Contains(f.What, "hidden text: ") && strings.Contains(f.What, tt.why)
		}
		if !found {
			t.Errorf("%s: no finding says %q:\n%s", name, tt.why, list(r))
		}
	}
	for name, more := range map[string]string{
		"black":                  "BT /F 12 Tf 20 100 Td (Twice.) Tj ET",
		"white on blue":          "0 0 1 rg 10 90 80 40 re f 1 g BT /F 12 Tf 20 100 Td (Twice.) Tj ET",
		"black in a black frame": "q 10 90 80 40 re 12 92 76 36 re W* n 0 g 10 90 80 40 re f Q BT /F 12 Tf 20 100 Td (Twice.) Tj ET",
		"outlined":               "1 Tr BT /F 12 Tf 20 100 Td (Twice.) Tj ET",
		"under a triangle":       "BT /F 12 Tf 20 110 Td (Twice.) Tj ET 1 0 0 rg 10 90 m 200 90 l 200 300 l f",
		"in a hole":              "BT /F 12 Tf 20 100 Td (Twice.) Tj ET 1 0 0 rg 0 80 200 80 re 10 90 90 40 re f*",
		"below a stencil":        "BT /F 12 Tf 20 100 Td (Twice.) Tj ET q 80 0 0 40 10 90 cm BI /W 8 /H 1 /IM true ID \xAA EI Q",
		"half seen":              "/Half gs BT /F 12 Tf 20 100 Td (Twice.) Tj ET",
		"in a clip":              "q 0 90 100 40 re W n BT /F 12 Tf 20 100 Td (Twice.) Tj ET Q",
	} {
		if r := compare(t, a, sheet(plain+more), ""); strings.Contains(list(r), "hidden") {
			t.Errorf("%s is seen:\n%s", name, list(r))
		}
	}
}

// Documents without tags are compared line by line, and the report says so.
func TestUntagged(t *testing.T) {
	lines := func(list ...string) []byte {
		content := "BT /F 12 Tf 14 TL 20 180 Td "
		for _, s := range list {
			content += "(" + s + ") Tj T* "
		}
		return sheet(content + "ET")
	}
	a := lines("Charge the bin.", "Mass 2.46 kg", "Blend for ten minutes.")
	for _, tt := range []struct {
		b    []byte
		kind string
		say  string
	}{
		{lines("Charge the bin.", "Mass 2,46 kg", "Blend for ten minutes."), "changed", "2,46"},
		{lines("Charge the bin.", "Mass 2.46 kg", "Discharge it.", "Blend for ten minutes."), "inserted", "Discharge it."},
		{lines("Charge the bin.", "Blend for ten minutes."), "removed", "Mass 2.46 kg"},
		{lines("Charge the bin.", "Mass 2.46\\240kg", "Blend for ten minutes."), "changed", "U+00A0"},
	} {
		r := compare(t, a, tt.b, "")
		if len(r.Findings) != 1 || r.Findings[0].Kind != tt.kind || !strings.Contains(r.Findings[0].What+r.Findings[0].New+r.Findings[0].Old, tt.say) || len(r.Notes) != 1 {
			t.Errorf("%s %s: %v\n%s", tt.kind, tt.say, r.Notes, list(r))
		}
	}
}
