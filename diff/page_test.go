package diff_test

import (
	"strings"
	"testing"
)

// A word that needs a glyph more changes the font of every page, and the page it is on alone.
func TestNewGlyphMakesOtherPagesNoOthers(t *testing.T) {
	base := filled(t, "batch-record", "tablet-20p")
	base.replace(t, "</main>", `<p style="break-before:page">The end of it.</p></main>`, 1)
	a := base.clone().print(t)
	changed := base.clone()
	changed.replace(t, "The end of it.", "The ęnd of it.", 1)
	r := compare(t, a, changed.print(t), "")
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, "“ęnd”") {
		t.Errorf("%d findings:\n%s", len(r.Findings), list(r))
	}
	if r.Pages.Equal != r.A.Pages-1 {
		t.Errorf("of %d pages %d are equal", r.A.Pages, r.Pages.Equal)
	}
}
