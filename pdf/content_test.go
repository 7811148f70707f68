package pdf_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/pdf"
)

// operations returns the text of each operation, with its operator in front.
func operations(content string) (out []string) {
	for op := range pdf.Operations([]byte(content)) {
		out = append(out, op.Operator+": "+content[op.Start:op.End])
	}
	return out
}

func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		want          []string
	}{
		{"empty", "", nil},
		{"white space", " \r\n\t\f\x00", nil},
		{"no operands", "q\nQ", []string{"q: q", "Q: Q"}},
		{"numbers", "+1 -.5 0.3 .2 1. -7 cm", []string{"cm: +1 -.5 0.3 .2 1. -7 cm"}},
		{"words that are operands", "true false null sc", []string{"sc: true false null sc"}},
		{"star and quotes", "f* 1 2 (a)\" (b)'", []string{"f*: f*", `": 1 2 (a)"`, "': (b)'"}},
		{"nothing between", "/F1 9 Tf[(a)-5(b)]TJ<41>Tj", []string{"Tf: /F1 9 Tf", "TJ: [(a)-5(b)]TJ", "Tj: <41>Tj"}},
		{"parentheses", `(a(b)c\)\\) Tj (Tj) '`, []string{`Tj: (a(b)c\)\\) Tj`, "': (Tj) '"}},
		{"string over lines", "(q\nQ\\\nBT) Tj", []string{"Tj: (q\nQ\\\nBT) Tj"}},
		{"per cent in a string", "(50 % q) Tj", []string{"Tj: (50 % q) Tj"}},
		{"hexadecimal", "<41 42\n43> Tj <> Tj", []string{"Tj: <41 42\n43> Tj", "Tj: <> Tj"}},
		{"array", "[(q) -120 <5146> /Q] TJ", []string{"TJ: [(q) -120 <5146> /Q] TJ"}},
		{"dictionary", "/Span <</ActualText (EMC) /K [<</A /Q>>] /H <45>>> BDC EMC", []string{"BDC: /Span <</ActualText (EMC) /K [<</A /Q>>] /H <45>>> BDC", "EMC: EMC"}},
		{"names like operators", "/q gs /BI Do / cs", []string{"gs: /q gs", "Do: /BI Do", "cs: / cs"}},
		{"comments", "% q\n1 % Q\r w % BT", []string{"w: 1 % Q\r w"}},
		{"image", "BI /W 1 /H 1 ID \x00\xff EI Q", []string{"BI: BI /W 1 /H 1 ID \x00\xff EI", "Q: Q"}},
		{"image at the end", "BI ID x\nEI", []string{"BI: BI ID x\nEI"}},
		{"EI within a word of the data", "BI ID aEI EIb\nEI S", []string{"BI: BI ID aEI EIb\nEI", "S: S"}},
		{"EI as a word of the data", "BI ID \x01 EI \xfe\x80% EI \x90\nEI\nS", []string{"BI: BI ID \x01 EI \xfe\x80% EI \x90\nEI", "S: S"}},
		{"ID within the image's dictionary", "BI /CS /ID /D [(ID) /IDs] ID (\nEI S", []string{"BI: BI /CS /ID /D [(ID) /IDs] ID (\nEI", "S: S"}},
		{"image without data", "BI /W 1 q", []string{"BI: BI /W 1 q"}},
		{"image without end", "BI ID q Q", []string{"BI: BI ID q Q"}},
		{"open string", "q (a\\", []string{"q: q"}},
		{"open hexadecimal", "q <41 Q", []string{"q: q"}},
		{"open array", "q [1 2 w", []string{"q: q", "w: [1 2 w"}},
		{"operands without operator", "q 1 2 /A", []string{"q: q"}},
		{"brackets without partner", ") > } ] >> { q", []string{"q: ) > } ] >> { q"}},
		{"bytes", "\xff\x80 q", []string{"\xff\x80: \xff\x80", "q: q"}},
	} {
		if diff := cmp.Diff(tt.want, operations(tt.content)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

func TestOperationsEndWhenNobodyWantsMore(t *testing.T) {
	n := 0
	for range pdf.Operations([]byte("q q q")) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d operations came", n)
	}
}

// holdTogether checks that the operations lie in order in the content, and that
// nothing is lost when they are written one behind the other.
func holdTogether(t *testing.T, content []byte) {
	t.Helper()
	var operators, again []string
	var joined []byte
	end := 0
	for op := range pdf.Operations(content) {
		if op.Start < end || op.End <= op.Start || op.End > len(content) || op.Operator == "" {
			t.Fatalf("operation %+v in %d bytes, behind %d", op, len(content), end)
		}
		end = op.End
		operators = append(operators, op.Operator)
		joined = append(append(joined, content[op.Start:op.End]...), '\n')
	}
	for op := range pdf.Operations(joined) {
		again = append(again, op.Operator)
	}
	if !slices.Equal(operators, again) {
		t.Errorf("%q has the operators %q, and %q, which is the same, has %q", content, operators, joined, again)
	}
}

func FuzzOperations(f *testing.F) {
	for _, s := range []string{
		"q 1 0 0 1 5 5 cm BT /F1 12 Tf (a\\)b) Tj ET Q", "/P <</MCID 0>> BDC [<00> 5] TJ EMC",
		"BI /W 1 /H 1 /CS /G ID \xff EI\nQ", "BI ID x EI %\xff EI\n(\xff) Tj", "% a\r1 w", "(\\", "<</A (", "BI", "ID EI",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(holdTogether)
}

// A word of 1 MB, and as many brackets, take no more time than other content.
func TestOperationsOfLongContent(t *testing.T) {
	for _, s := range []string{"x", "(", "[", "<", "% ", "BI ", "/", "BI ID EI\xff "} {
		content := bytes.Repeat([]byte(s), 1<<20)
		holdTogether(t, content)
	}
	if got := operations(strings.Repeat("[", 1<<20) + "w"); len(got) != 1 {
		t.Errorf("%d operations", len(got))
	}
}
