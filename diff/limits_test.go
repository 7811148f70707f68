package diff_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf/raster"
)

// nested is a document of forms that draw each other, a hundred times each.
func nested(levels int) []byte {
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>>>>>>", "<</Length 5>>\nstream\n/X Do\nendstream"}
	for i := range levels {
		content := strings.Repeat("/X Do ", 100)
		objects = append(objects, fmt.Sprintf("<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R>>>> /Length %d>>\nstream\n%s\nendstream", i+6, len(content), content))
	}
	return document(append(objects, "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 1>>\nstream\nn\nendstream")...)
}

// TestHostileFiles reads small files that stand for much: each is refused in so many words, and soon.
func TestHostileFiles(t *testing.T) {
	text := "BT /F 12 Tf 1 0 0 1 20 150 Tm (" + strings.Repeat("a", 50_000) + ") Tj ET "
	ranges := []byte("1 beginbfrange " + strings.Repeat("<0000> <FFFF> <0041> ", 20_000) + "endbfrange")
	for name, tt := range map[string]struct {
		src []byte
		say string // "": it can be read
	}{
		"forms in forms":         {nested(6), "operations"},
		"letters":                {sheet(strings.Repeat(text, 60)), "draws more than"},
		"areas":                  {sheet(strings.Repeat("0 0 9 9 re f ", 800_000)), "draws more than"},
		"a path without an end":  {sheet("0 0 m " + strings.Repeat("9 9 l ", 4_500_000)), "draws more than"},
		"marks":                  {sheet(strings.Repeat("/P BMC ", 20_000)), "nested deeper"},
		"areas over letters":     {sheet(strings.Repeat("BT /F 12 Tf 1 0 0 1 20 150 Tm (aaaaaaaa) Tj ET ", 2000) + strings.Repeat("200 145 9 9 re f ", 150_000)), "too many areas"},
		"ranges of a CMap":       {woven([]byte("BT /F 12 Tf <00010002> Tj ET"), ranges, nil), ""},
		"a code for much":        {woven([]byte("BT /F 12 Tf <00010002> Tj ET"), []byte("1 beginbfrange <0000> <FFFF> <"+strings.Repeat("0041", 200_000)+"> endbfrange"), nil), ""},
		"graphics state by turn": {sheet(strings.Repeat("/Clear gs 1 J 0 0 9 9 re f /Half gs 2 J ", 200_000)), "draws more than"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := diff.Compare(ctx, tt.src, sheet(plain), diff.Options{NameA: "a.pdf"})
		cancel()
		if tt.say == "" && err != nil || tt.say != "" && (!errors.Is(err, platen.Invalid) || !strings.Contains(fmt.Sprint(err), tt.say)) {
			t.Errorf("%s: got %v, want %q", name, err, tt.say)
		}
	}
}

// TestPlacesWithoutMeasure reads matrices that no number is large enough for. A report has to be
// written all the same.
func TestPlacesWithoutMeasure(t *testing.T) {
	huge := strings.Repeat("9", 300)
	for _, content := range []string{
		huge + " 0 0 " + huge + " 0 0 cm " + huge + " 0 0 -" + huge + " 0 0 cm BT /F 12 Tf 20 100 Td (Twice.) Tj ET 0 0 9 9 re f",
		"BT /F " + huge + " Tf " + huge + " 0 0 " + huge + " 0 0 Tm (Twice.) Tj ET 0 0 " + huge + " " + huge + " re S",
		"q " + huge + " w 0 0 m " + huge + " " + huge + " l S Q BT /F 12 Tf " + huge + " Tz " + huge + " Tc 20 100 Td (Twice.) Tj ET",
	} {
		for _, draw := range []*raster.Rasteriser{nil, draw} {
			r, err := diff.Compare(t.Context(), sheet(plain), sheet(plain+content), diff.Options{Raster: draw})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestTimeIsUp stops within a page.
func TestTimeIsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := diff.Compare(ctx, nested(6), sheet(plain), diff.Options{}); !errors.Is(err, platen.Busy) {
		t.Errorf("got %v", err)
	}
}
