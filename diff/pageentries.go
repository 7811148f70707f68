package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dicode/platen/pdf"
)

// ofPages are entries of a page whose meaning other steps compare. Articles (B) are of the catalog.
var ofPages = []string{"Type", "Parent", "Contents", "Resources", "MediaBox", "CropBox", "Rotate", "UserUnit", "Annots", "AA", "StructParents", "B"}

// aboutPages are entries that say something of a page, and change nothing about how it is seen.
var aboutPages = []string{"ID", "LastModified", "Metadata", "PieceInfo"}

// entriesOfPages compares what else pages say: how they blend as a whole (Group), boxes of the
// printer, how they follow each other. A page is compared with the one that is drawn alike, or else
// with that of its number.
func (c *comparison) entriesOfPages() error {
	for i, p := range c.a.pages {
		q := p.twin
		if q == nil && i < len(c.b.pages) && c.b.pages[i].twin == nil {
			q = c.b.pages[i]
		}
		if q == nil {
			continue
		}
		x, err := c.a.pageEntries(p)
		if err != nil {
			return err
		}
		y, err := c.b.pageEntries(q)
		if err != nil {
			return err
		}
		all := maps.Clone(x)
		maps.Copy(all, y)
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if x[key] == y[key] {
				continue
			}
			f := Finding{Class: Structure, Kind: "changed", What: key + " of a page differs", Where: "page " + key, Places: []Place{{Spot{Page: p.number}, Spot{Page: q.number}}}}
			if slices.Contains(aboutPages, key) {
				f.Class, f.Mask = Metadata, c.a.masks.metadata("page "+key)
			}
			c.add(f)
		}
	}
	return nil
}

// pageEntries returns the digests of a page's other entries, and its MediaBox where a viewer shows
// less of it.
func (d *document) pageEntries(p *page) (map[string]string, error) {
	out := map[string]string{}
	var err error
	for key, v := range without(p.dict, ofPages...) {
		if out[key], err = d.digests.of(v); err != nil {
			return nil, err
		}
	}
	shown, err := d.file.Box(pdf.Page{Number: p.number, Ref: p.ref, Dict: p.dict})
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	n := r.numbers(p.dict["MediaBox"])
	if media := (pdf.Box{X0: min(n[0], n[2]), Y0: min(n[1], n[3]), X1: max(n[0], n[2]), Y1: max(n[1], n[3])}); media != shown {
		out["MediaBox"] = fmt.Sprint(media)
	}
	return out, r.err
}
