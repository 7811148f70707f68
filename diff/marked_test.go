package diff_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf"
)

func TestMarked(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	changed := base.clone()
	changed.replace(t, "475.25 kg", "475.26 kg", 1)
	a, b := base.clone().print(t), changed.print(t)
	for name, b := range map[string][]byte{"as it is": b, "turned": qpdf(t, b, "--rotate=+90")} {
		r := compare(t, a, b, "")
		marked, err := r.Marked(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(marked, b) {
			t.Errorf("%s: it is no increment", name)
		}
		qpdf(t, marked, "--object-streams=preserve") // reads all of it
		f, err := pdf.Open(marked, pdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		said := false
		for p, err := range f.Pages() {
			if err != nil {
				t.Fatal(err)
			}
			list, _ := f.Array(p.Dict["Annots"])
			for _, o := range list {
				d, _ := f.Dict(o)
				said = said || p.Number == 2 && strings.Contains(pdf.Text(d["Contents"]), "“475.25” became “475.26”")
			}
		}
		if !said {
			t.Errorf("%s: no annotation of page 2 says what changed", name)
		}
		if again, _ := r.Marked(b); !bytes.Equal(marked, again) {
			t.Errorf("%s: the same report marks another file", name)
		}
		if name == "as it is" {
			frame := compare(t, b, marked, "") // the frame stands around what changed
			at := r.Findings[0].Places[0].B
			if !touches(frame, at.Page, at.Boxes[0]) {
				t.Errorf("no frame is seen at %v:\n%s", at, list(frame))
			}
		}
	}
}

// touches reports whether pixels differ within some points of a box.
func touches(r *diff.Report, page int, box diff.Box) bool {
	for _, f := range r.Findings {
		for _, p := range f.Places {
			for _, b := range p.B.Boxes {
				if f.Class == diff.Visual && p.B.Page == page && b.X0 < box.X1+5 && b.X1 > box.X0-5 && b.Y0 < box.Y1+5 && b.Y1 > box.Y0-5 {
					return true
				}
			}
		}
	}
	return false
}
