package finish

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// chromePDF writes a PDF the way Chrome does: bodies[i] is object i+1, the last
// one the Info dictionary.
func chromePDF(bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(bodies))
	for i, body := range bodies {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(bodies)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d\n/Root 1 0 R\n/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(bodies)+1, len(bodies), at)
	return b.Bytes()
}

func sample(date string, first int) []byte {
	id := func(i int) string { return fmt.Sprintf("(node%08d)", first+3*i) }
	return chromePDF(
		"<</Type /Catalog\n/Pages 2 0 R\n/StructTreeRoot 7 0 R>>",
		"<</Type /Pages\n/Count 1\n/Kids [3 0 R]>>",
		"<</Type /Page\n/MediaBox [0 0 612 792]\n/Contents 8 0 R\n/Parent 2 0 R>>",
		"<</Type /StructElem\n/S /TH\n/P 7 0 R\n/Alt "+"(node00000099)"+"\n/ID "+id(1)+">>",
		"<</Type /StructElem\n/S /TD\n/P 7 0 R\n/A [<</O /Table\n/Headers ["+id(1)+" "+id(0)+"]>>]>>",
		"<</Limits ["+id(0)+" "+id(1)+"]\n/Names ["+id(0)+" 5 0 R "+id(1)+" 4 0 R]>>",
		"<</Type /StructTreeRoot\n/K [4 0 R 5 0 R]\n/IDTree 6 0 R>>",
		"<</Length 21>> stream\n[(node00000077)]TJ   \nendstream",
		"<</Creator (Chromium)\n/CreationDate ("+date+")\n/ModDate ("+date+")>>",
	)
}

func TestNormaliseRemovesWhatVaries(t *testing.T) {
	const date = "D:20261123210222+00'00'"
	a, b := sample(date, 11), sample(date, 4000)
	if err := errors.Join(normalise(a), normalise(b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Fatalf("two prints of one document differ:\n%s\n%s", a, b)
	}
	for _, want := range []string{
		"/Limits [(node00000001) (node00000002)]", "/Names [(node00000001) 5 0 R (node00000002) 4 0 R]",
		"/Headers [(node00000002) (node00000001)]",
		"/Alt (node00000099)", "[(node00000077)]TJ", // text, not ids
	} {
		if !bytes.Contains(a, []byte(want)) {
			t.Errorf("%q is not in\n%s", want, a)
		}
	}
}

func TestNormaliseRefusesOtherLayouts(t *testing.T) {
	good := string(sample("D:20261123210222+00'00'", 11))
	for name, pdf := range map[string]string{
		"empty":        "",
		"no trailer":   strings.Split(good, "trailer")[0],
		"wrong offset": strings.Replace(good, "startxref\n", "startxref\n9", 1),
		"short table":  strings.Replace(good, "xref\n0 10", "xref\n0 9", 1),
		"huge table":   strings.Replace(good, "xref\n0 10", "xref\n0 99999999", 1),
	} {
		if err := normalise([]byte(pdf)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add(sample("D:20261123210222+00'00'", 11))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		before := len(pdf)
		normalise(pdf)
		if len(pdf) != before {
			t.Error("the length changed")
		}
	})
}
