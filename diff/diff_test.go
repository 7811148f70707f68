package diff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
)

// policy is what two prints of one record may differ in.
const policy = `version: 1
masks:
  - {name: hash, reason: it is that of the data with the time of the print, text: 'Content hash (\S+)'}
  - {name: printed, reason: time of printing, text: 'Printed (\S+ \S+)'}
  - {name: stamp, reason: the archive stamps here, rectangle: {pages: all, x: 60, y: 8, width: 90, height: 10}}
  - {name: record id, reason: counts up, metadata: info PlatenRecord}
  - {name: record id in XMP, reason: counts up, metadata: XMP record}
`

// hash is the digest of the data in the footer of a record.
var hash = regexp.MustCompile(`[0-9a-f]{16}…"; }`)

// equalPairs makes pairs that differ only in what the policy expects, and yields them with the
// second one as it was before it was printed.
func equalPairs(t testing.TB, pairs int, yield func(a, b []byte, other record)) {
	kinds := [][2]string{{"batch-record", "tablet-2p"}, {"certificate-of-analysis", "coa-2p"}, {"batch-record", "tablet-nonlatin"}, {"batch-record", "tablet-rtl"}}
	for k, kind := range kinds {
		base := filled(t, kind[0], kind[1])
		base.replace(t, `</main>`, `<p>Printed 2026-03-20 08:00</p></main>`, 1)
		base.style(t, `@page{@top-center{content:"S-1";white-space:nowrap}}`)
		a := base.clone().print(t)
		for i := range pairs / len(kinds) {
			n := i*len(kinds) + k
			other := base.clone()
			other.replace(t, "2026-03-20 08:00", fmt.Sprintf("2026-03-%02d %02d:%02d", n%28+1, n%24, 7*n%60), 1)
			other.HTML = hash.ReplaceAll(other.HTML, fmt.Appendf(nil, `%016x…"; }`, 0x9E3779B97F4A7C15*uint64(n+1)))
			other.replace(t, `"S-1"`, fmt.Sprintf(`"S-%d"`, 7*n), 1)
			other.About.Record = fmt.Sprintf("BR-%d", n+2)
			yield(a, other.print(t), other)
		}
	}
}

// TestEqualUnderPolicy proves that what a policy expects is no finding, and that it hides no other.
//
// Requirement: R-06
func TestEqualUnderPolicy(t *testing.T) {
	pairs := 200
	if testing.Short() {
		pairs = 8
	}
	n := 0
	equalPairs(t, pairs, func(a, b []byte, other record) {
		n++
		r := compare(t, a, b, policy)
		if r.Verdict != diff.EqualUnderPolicy {
			t.Errorf("pair %d: %s\n%s", n, r.Verdict, list(r))
		}
		for _, m := range r.Masks {
			if m.Hits == 0 {
				t.Errorf("pair %d: mask %s covers nothing", n, m.Name)
			}
		}
		if n%20 != 0 || !bytes.Contains(other.HTML, []byte("</h2>")) {
			return
		}
		other.replace(t, "</h2>", ".</h2>", 1)
		if r := compare(t, b, other.print(t), policy); r.Verdict != diff.Different {
			t.Errorf("pair %d: a full stop more is %s\n%s", n, r.Verdict, list(r))
		}
	})
	if n != pairs {
		t.Errorf("%d pairs, want %d", n, pairs)
	}
}

// A mask lets differ what its expression finds, and nothing beside it in the same word.
func TestMaskEndsWhereItsExpressionEnds(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	a := base.clone().print(t)
	other := base.clone()
	other.replace(t, "CAL-25-1207", "CAL-26-1208", 1)
	b := other.print(t)
	for text, want := range map[string]diff.Verdict{`CAL-(\d\d-\d+)`: diff.EqualUnderPolicy, `CAL-(\d\d)-`: diff.Different, `CAL-\d\d-`: diff.Different, `NO-(\d+)`: diff.Different} {
		src := fmt.Sprintf("version: 1\nmasks: [{name: m, reason: r, text: '%s'}]", text)
		if r := compare(t, a, b, src); r.Verdict != want {
			t.Errorf("%s: %s, want %s\n%s", text, r.Verdict, want, list(r))
		}
	}
}

func TestPolicyIsRefused(t *testing.T) {
	for src, want := range map[string]string{
		"version: 2":                                                                            "version is 2",
		"version: 1\nmask: []":                                                                  "mask",
		"version: 1\nmasks: [{reason: r}]":                                                      "has no name",
		"version: 1\nmasks: [{name: n, text: x}]":                                               "no reason",
		"version: 1\nmasks: [{name: n, reason: r}]":                                             "one of text",
		"version: 1\nmasks: [{name: n, reason: r, text: x, metadata: y}]":                       "one of text",
		"version: 1\nmasks: [{name: n, reason: r, text: '('}]":                                  "missing closing",
		"version: 1\nmasks: [{name: n, reason: r, text: 'x*'}]":                                 "nothing at all",
		"version: 1\nmasks: [{name: n, reason: r, rectangle: {x: 1}}]":                          "no width",
		"version: 1\nmasks: [{name: n, reason: r, text: x}, {name: n, reason: r, text: x}]":     "of another one",
		"version: 1\nmasks: [{name: n, reason: r, rectangle: {pages: 0, width: 1, height: 1}}]": "pages",
		"version: 1\nmasks: [{name: n, reason: r, rectangle: {page: 1, width: 1, height: 1}}]":  "unknown field",
	} {
		if _, err := diff.ParsePolicy([]byte(src)); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", src, err, want)
		}
	}
}

// The same document in another packing says the same, and a report is the same each time.
//
// Requirement: R-06
func TestPackingIsNoDifference(t *testing.T) {
	a := filled(t, "certificate-of-analysis", "coa-2p").print(t)
	for name, args := range map[string][]string{"unpacked": {"--object-streams=disable", "--stream-data=uncompress"}, "linearised": {"--linearize"}} {
		r := compare(t, a, qpdf(t, a, args...), "")
		if r.Verdict != diff.SameContent || len(r.Findings) != 0 {
			t.Errorf("%s: %s\n%s", name, r.Verdict, list(r))
		}
	}
	if r := compare(t, a, bytes.Clone(a), ""); r.Verdict != diff.Identical {
		t.Errorf("the same bytes are %s", r.Verdict)
	}
	b := qpdf(t, a, "--rotate=+90:1", "--static-id")
	first, _ := json.Marshal(compare(t, a, b, ""))
	if again, _ := json.Marshal(compare(t, a, b, "")); !bytes.Equal(first, again) {
		t.Error("the same comparison has another report")
	}
}

// Rows that are inserted early move all that follows, which is no change of it.
func TestInsertedRowsAreFindingsAndNothingElse(t *testing.T) {
	base := filled(t, "batch-record", "tablet-100p")
	a := base.clone().print(t)
	other := base.clone()
	const at = "<tbody class=\"group\" id=\"M-02\">"
	rows := ""
	for i := range 3 {
		rows += fmt.Sprintf(`<tr><td colspan="6">Row that is new, number %d</td></tr>`, i+1)
	}
	other.replace(t, at, "<tbody>"+rows+"</tbody>"+at, 1)
	r := compare(t, a, other.print(t), "")
	inserted := 0
	for _, f := range r.Findings {
		switch {
		case f.Class == diff.Content && f.Kind == "inserted" && strings.HasPrefix(f.New, "Row that is new"):
			inserted++
		case f.Class == diff.Layout && strings.Contains(f.What, "pages"):
		default:
			t.Errorf("%s %s: %s %v", f.Class, f.Kind, f.What, f.Places[:min(len(f.Places), 2)])
		}
	}
	if inserted != 3 {
		t.Errorf("%d rows were found", inserted)
	}
}

func TestWhatIsNoPDF(t *testing.T) {
	a := sheet("BT /F 12 Tf 20 20 Td (x) Tj ET")
	_, err := diff.Compare(t.Context(), a, []byte("no PDF"), diff.Options{NameA: "a.pdf", NameB: "b.pdf"})
	if !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), "b.pdf: ") {
		t.Errorf("got %v", err)
	}
}
