package pdf_test

import (
	"fmt"
	"testing"

	"github.com/dicode/platen/pdf"
)

func TestOperands(t *testing.T) {
	for content, want := range map[string]string{
		"/F1 12 Tf":                "[F1 12]",
		"1 0 0 -1 2.5 .5 cm":       "[1 0 0 -1 2.50 0.50]",
		"[(a) -120 <0041>] TJ":     "[[(a) -120 <0041>]]",
		"/P <</MCID 7>> BDC":       "[P <<\n\t<MCID, 7>\n>>]",
		"BI /W 1 /H 1 ID x EI":     "[]",
		"( open Tj":                "[]",
		"7 << /A Tj":               "[7]",
		"q":                        "[]",
		"(a\\)b) % (no) text\n ' ": "[(a\\)b)]",
	} {
		for op := range pdf.Operations([]byte(content)) {
			got := ""
			for i, o := range pdf.Operands(nil, []byte(content), op) {
				if i > 0 {
					got += " "
				}
				got += fmt.Sprint(o)
			}
			if "["+got+"]" != want {
				t.Errorf("%s: [%s], want %s", content, got, want)
			}
		}
	}
}

func TestStandardType(t *testing.T) {
	roles := map[string]string{"Strong": "Span", "Title": "Head", "Head": "H1", "A": "B", "B": "A"}
	for name, want := range map[string]string{"Strong": "Span", "Title": "H1", "P": "P", "A": "", "Own": ""} {
		if got := pdf.StandardType(roles, name); got != want {
			t.Errorf("%s stands for %q, want %q", name, got, want)
		}
	}
}
