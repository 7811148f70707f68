package finish

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// place is a link that reserves the place of a signature field, w by h mm.
func place(name string, w, h int) string {
	return fmt.Sprintf(`<span style="display:inline-block;box-sizing:border-box;width:%dmm;height:%dmm;border:1pt solid"><a href="%s" style="display:block;height:100%%"></a></span>`, w, h, platen.FieldLink(name))
}

func finishPlaces(t *testing.T, body string, o platen.FinishOptions) (Result, error) {
	t.Helper()
	return New(nil).Finish(t.Context(), Input{PDF: printed(t, body), Printed: true, Options: o})
}

// A field stands where its link was printed, on its page, and is a Form to assistive
// software. It shows nothing yet. Other links stay what they are.
func TestFields(t *testing.T) {
	body := `<style>body{font-family:"Noto Sans"}</style><h1>Release</h1><p>` + place("QA", 60, 20) + `</p><p><a href="https://a.example">More</a></p>
		<h2 style="break-before:page">By</h2><table><tr><th scope="col">Signature</th></tr><tr><td>` + place("Qualified person, é/я", 80, 10) + `</td></tr></table>`
	// Less the borders, of 1 pt each, and a half where the browser rounds.
	want := "[1 Widget QA 60 x 19 1 Link  11 x 6 2 Widget Qualified person, é/я 79 x 10]"
	for _, o := range []platen.FinishOptions{{}, {Conformance: platen.NoConformance}} {
		res, err := finishPlaces(t, body, o)
		if err != nil {
			t.Fatal(err)
		}
		check(t, res.PDF)
		f := open1(t, res.PDF)
		if lacks, err := f.Lacks(); o.Conformance == platen.Archive && (err != nil || len(lacks) > 0) {
			t.Errorf("it lacks %v, %v", lacks, err)
		}
		var got []string
		for p, err := range f.Pages() {
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range annotations(t, f, p) {
				got = append(got, fmt.Sprintf("%d %v %s %s", p.Number, a["Subtype"], pdf.Text(a["T"]), sizeOf(a)))
			}
		}
		if text := fmt.Sprint(got); text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
		if fields := formOf(t, f); len(fields) != 2 {
			t.Errorf("the form has the fields %v", fields)
		}
		if n := formsInLists(t, f); n != 2 {
			t.Errorf("%d fields are found in the lists of the structure tree", n)
		}
		if blank := strings.TrimSpace(tool(t, res.PDF, "pdfsig", "-nocert", "a.pdf")); strings.Contains(blank, "Valid") {
			t.Errorf("pdfsig says %s", blank)
		}
	}
}

func annotations(t *testing.T, f *pdf.File, p pdf.Page) (list []types.Dict) {
	t.Helper()
	array, err := f.Array(p.Dict["Annots"])
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range array {
		d, err := f.Dict(o)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// sizeOf is that of an annotation in mm.
func sizeOf(a types.Dict) string {
	var at [4]float64
	for i, o := range a["Rect"].(types.Array) {
		switch n := o.(type) {
		case types.Integer:
			at[i] = float64(n)
		case types.Float:
			at[i] = float64(n)
		}
	}
	mm := func(points float64) float64 { return math.Round(points / 72 * 25.4) }
	return fmt.Sprintf("%v x %v", mm(at[2]-at[0]), mm(at[3]-at[1]))
}

func formOf(t *testing.T, f *pdf.File) types.Array {
	t.Helper()
	catalog, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	form, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		t.Fatal(err)
	}
	fields, err := f.Array(form["Fields"])
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// formsInLists counts the Form elements below the first element of the structure tree
// that are found by lists of kids alone.
func formsInLists(t *testing.T, f *pdf.File) int {
	t.Helper()
	catalog, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Dict(catalog["StructTreeRoot"])
	if err != nil {
		t.Fatal(err)
	}
	var below func(o types.Object) int
	below = func(o types.Object) (n int) {
		element, err := f.Dict(o)
		if err != nil {
			t.Fatal(err)
		}
		kids, err := f.Resolve(element["K"])
		if err != nil {
			t.Fatal(err)
		}
		if element["S"] == types.Name("Form") {
			return 1
		}
		list, _ := kids.(types.Array)
		for _, kid := range list {
			if _, isRef := kid.(types.IndirectRef); isRef {
				n += below(kid)
			}
		}
		return n
	}
	return below(root["K"])
}

func TestFieldsRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"twice":      {place("QA", 60, 20) + place("QA", 60, 20), `"QA" stands in the document twice`},
		"each page":  {`<div style="position:fixed;bottom:0">` + place("QA", 20, 10) + `</div><p>1<p style="break-before:page">2`, `"QA" is not empty, or stands on several pages`},
		"text in it": {`<p><a href="platen-signature:QA" style="font-family:'Noto Sans'">Sign here</a>`, `"QA" is not empty`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := finishPlaces(t, c.body, platen.FinishOptions{}); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A link that names no field, and one in a file from elsewhere, stays a link.
func TestLinksThatAreNoFields(t *testing.T) {
	res, err := finishPlaces(t, `<a href="platen-signature:a.b" style="display:block;width:9mm;height:9mm"></a>`, platen.FinishOptions{})
	if err != nil || formOf(t, open1(t, res.PDF)) != nil {
		t.Errorf("a name that is none: %v", err)
	}
	res, err = New(nil).Finish(t.Context(), Input{PDF: printed(t, place("QA", 60, 20)), Options: platen.FinishOptions{Conformance: platen.NoConformance}})
	if err != nil || formOf(t, open1(t, res.PDF)) != nil {
		t.Errorf("a file from elsewhere: %v", err)
	}
}
