package diff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
)

// What viewers do with a document, and what pages and annotations do, is compared.
func TestCatalog(t *testing.T) {
	with := func(catalog, page string) []byte {
		return document("<</Type /Catalog /Pages 2 0 R "+catalog+">>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
			"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] "+page+">>")
	}
	a := with("", "")
	for _, tt := range []struct{ catalog, page, say string }{
		{"/OpenAction <</S /JavaScript /JS (app.alert)>>", "", "OpenAction of the catalog"},
		{"/Names <</JavaScript <</Names [(x) <</S /JavaScript /JS (app.alert)>>]>>>>", "", "Names/JavaScript"},
		{"/OCProperties <</OCGs []>>", "", "OCProperties"},
		{"", "/AA <</O <</S /JavaScript /JS (app.alert)>>>>", "actions of a page"},
		{"", "/Annots [<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /URI /URI (https://x.example)>>>>]", "https://x.example"},
		{"", "/Rotate 90", "turned by 90"},
		{"/Lang (de)", "", "language"},
		{"/ViewerPreferences <</HideMenubar true>>", "", "HideMenubar"},
	} {
		r := compare(t, a, with(tt.catalog, tt.page), "")
		if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, tt.say) {
			t.Errorf("%s %s: %d findings\n%s", tt.catalog, tt.page, len(r.Findings), list(r))
		}
	}
}

// A file that nests objects without end is refused, and nothing runs out of stack.
func TestDeepObjects(t *testing.T) {
	objects := []string{"<</Type /Catalog /Pages 2 0 R /OpenAction 4 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200]>>"}
	for i := range 2000 {
		objects = append(objects, fmt.Sprintf("<</Next %d 0 R>>", i+5))
	}
	_, err := diff.Compare(t.Context(), document(objects...), sheet("q"), diff.Options{NameA: "a.pdf"})
	if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "within each other") {
		t.Errorf("got %v", err)
	}
}
