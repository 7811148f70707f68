package diff

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// annotationLooks is the digest of all that annotations draw on the page.
func (d *document) annotationLooks(p *page) (string, error) {
	shapes, err := d.annotations(p)
	looks := ""
	for _, s := range shapes {
		looks += fmt.Sprint(s.box, s.colour)
	}
	return looks, err
}

// annotations returns what annotations draw on the page, as shapes. A link without a frame
// draws nothing.
func (d *document) annotations(p *page) (out []shape, err error) {
	r := reader{file: d.file}
	to := p.toView()
	for _, o := range r.array(p.dict["Annots"]) {
		a := r.dict(o)
		border := r.numbers(a["Border"])
		if r.text(a["Subtype"]) == "Link" && a["AP"] == nil && a["BS"] == nil && len(border) >= 3 && border[2] == 0 {
			continue
		}
		sum, err := d.digests.of(types.Array{a["Subtype"], a["AP"], a["AS"], a["F"], a["Border"], a["BS"], a["C"]})
		if err != nil {
			return nil, err
		}
		box := Box{}
		if n := r.numbers(a["Rect"]); len(n) == 4 {
			box = mapBox(to, n[0], n[1], n[2], n[3])
		}
		out = append(out, shape{kind: "annotation", colour: sum, box: box, settings: &settings{}})
	}
	return out, r.err
}

// toView maps the page's user space to the page as it is viewed, from its upper left corner.
func (p *page) toView() pdf.Matrix {
	return p.view.ToPage.Inverse().Then(pdf.Matrix{1, 0, 0, -1, 0, p.view.Height})
}
