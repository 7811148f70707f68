package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// comparedElsewhere are entries of the catalog whose meaning other steps compare.
var comparedElsewhere = []string{"Type", "Pages", "Version", "Lang", "MarkInfo", "StructTreeRoot", "Metadata", "ViewerPreferences",
	"PageMode", "PageLayout", "Outlines", "AF", "AcroForm", "Dests", "Names"}

// catalogs compares what else the catalog says: actions, scripts, layers, output intents; and
// the fields of forms, and links.
func (c *comparison) catalogs() error {
	a, err := c.a.catalog()
	if err != nil {
		return err
	}
	b, err := c.b.catalog()
	if err != nil {
		return err
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if a[name] != b[name] {
			c.add(Finding{Class: Structure, Kind: "changed", What: name + " of the catalog differs", Where: name})
		}
	}
	for _, list := range []struct {
		name string
		of   func(*document) ([]string, error)
	}{{"form field", (*document).fields}, {"link", (*document).links}} {
		x, err := list.of(c.a)
		if err != nil {
			return err
		}
		y, err := list.of(c.b)
		if err != nil {
			return err
		}
		c.lists(Structure, list.name, x, y)
	}
	return nil
}

// catalog returns the digests of entries of the catalog.
func (d *document) catalog() (map[string]string, error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	names := r.dict(catalog["Names"])
	for _, key := range slices.Sorted(maps.Keys(names)) {
		if key != "EmbeddedFiles" && key != "Dests" {
			catalog["Names/"+key] = names[key]
		}
	}
	for _, key := range comparedElsewhere {
		delete(catalog, key)
	}
	out := map[string]string{}
	for key, v := range catalog {
		if out[key], err = d.digests.of(v); err != nil {
			return nil, err
		}
	}
	return out, r.err
}

// fields lists the form fields with their values, in the order of the form.
func (d *document) fields() (out []string, err error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	r := reader{file: d.file}
	seen := map[types.Object]bool{}
	var walk func(list types.Array, parent string)
	walk = func(list types.Array, parent string) {
		for _, o := range list {
			if ref, ok := o.(types.IndirectRef); !ok || seen[ref] {
				continue
			}
			seen[o] = true
			f := r.dict(o)
			name := strings.TrimPrefix(parent+"."+r.text(f["T"]), ".")
			if kind := r.text(f["FT"]); kind != "" && kind != "Sig" {
				out = append(out, fmt.Sprintf("%s (%s): %s", name, kind, r.text(f["V"])))
			} else if kind == "Sig" && f["V"] == nil {
				out = append(out, name+" (Sig), not signed")
			}
			walk(r.array(f["Kids"]), name)
		}
	}
	walk(r.array(r.dict(catalog["AcroForm"])["Fields"]), "")
	return out, r.err
}

// links lists what annotations lead to or say, and what pages do, in the order of the pages.
func (d *document) links() (out []string, err error) {
	r := reader{file: d.file}
	for _, p := range d.pages {
		if actions, ok := p.dict["AA"]; ok {
			sum, err := d.digests.of(actions)
			if err != nil {
				return nil, err
			}
			out = append(out, "actions of a page "+sum)
		}
		for _, o := range r.array(p.dict["Annots"]) {
			a := r.dict(o)
			kind := r.text(a["Subtype"])
			if kind == "Widget" {
				continue
			}
			action := r.dict(a["A"])
			line := strings.TrimSpace(strings.Join([]string{kind, r.text(action["S"]), r.text(action["URI"]), r.text(a["Contents"])}, " "))
			for _, key := range []string{"JS", "F", "Next"} {
				if v, ok := action[key]; ok {
					sum, err := d.digests.of(v)
					if err != nil {
						return nil, err
					}
					line += " " + key + " " + sum
				}
			}
			out = append(out, line)
		}
	}
	return out, r.err
}
