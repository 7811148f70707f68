package finish

import (
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// describeLinks gives each link a description (ISO 14289-1 §7.18.5): the address
// it leads to, or the name of the place in the document.
func (d *draft) describeLinks() error {
	numbers := map[types.IndirectRef]int{}
	for _, p := range d.pages {
		numbers[p.Ref] = p.Number
	}
	for _, p := range d.pages {
		annotations, err := d.file.Array(p.Dict["Annots"])
		if err != nil {
			return err
		}
		inPage := slices.Clone(annotations)
		for i, o := range annotations {
			link, err := d.file.Dict(o)
			if err != nil {
				return err
			}
			if link["Subtype"] != types.Name("Link") || link["Contents"] != nil {
				continue
			}
			if text := d.linkText(link, numbers); text != "" {
				link["Contents"] = pdf.TextString(text)
			}
			if ref, ok := o.(types.IndirectRef); ok {
				d.update.Set(ref, link)
			} else {
				inPage[i] = link
				p.Dict["Annots"], p.changed = inPage, true
			}
		}
	}
	return nil
}

func (d *draft) linkText(link types.Dict, numbers map[types.IndirectRef]int) string {
	target := link["Dest"]
	if action, err := d.file.Dict(link["A"]); err == nil && action != nil {
		if uri, err := d.file.Resolve(action["URI"]); err == nil && uri != nil {
			return pdf.Text(uri)
		}
		target = action["D"]
	}
	o, err := d.file.Resolve(target)
	if err != nil {
		return ""
	}
	if place, ok := o.(types.Array); ok && len(place) > 0 {
		if ref, ok := place[0].(types.IndirectRef); ok && numbers[ref] > 0 {
			return fmt.Sprint(numbers[ref])
		}
		return ""
	}
	return pdf.Text(o)
}
