package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// comparedElsewhere are entries of the catalog whose meaning other steps compare.
var comparedElsewhere = []string{"Type", "Pages", "Version", "Lang", "MarkInfo", "StructTreeRoot", "Metadata", "ViewerPreferences",
	"PageMode", "PageLayout", "Outlines", "AF", "AcroForm", "Dests", "Names"}

// catalogs compares what else the catalog says: actions, scripts, layers, output intents; and
// signatures, the fields of forms, and links.
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
		class Class
		name  string
		of    func(*document) ([]string, error)
	}{{Signature, "signature", (*document).signatures}, {Structure, "form field", (*document).fields}, {Structure, "link", (*document).links}} {
		x, err := list.of(c.a)
		if err != nil {
			return err
		}
		y, err := list.of(c.b)
		if err != nil {
			return err
		}
		c.lists(list.class, list.name, x, y)
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

// links lists what annotations lead to or say, and what pages do, in the order of the pages.
// Links to places in the document are targets, and fields are listed as such.
func (d *document) links() (out []string, err error) {
	r := reader{file: d.file}
	for _, p := range d.pages {
		if said := d.entries(&r, p.dict, "AA"); said != "" {
			out = append(out, "actions of a page"+said)
		}
		for _, o := range r.array(p.dict["Annots"]) {
			a := r.dict(o)
			kind, action := r.text(a["Subtype"]), r.dict(a["A"])
			does := d.entries(&r, action, "JS", "F", "D", "N", "Next") + d.entries(&r, a, "AA")
			switch {
			case kind == "Widget" && action == nil && does == "":
			case kind == "Link" && (a["Dest"] != nil || r.text(action["S"]) == "GoTo") && action["Next"] == nil:
			default:
				out = append(out, strings.TrimSpace(strings.Join([]string{kind, r.text(action["S"]), r.text(action["URI"]), r.text(a["Contents"])}, " "))+does)
			}
		}
	}
	return out, r.err
}

// entries says which of some entries a dictionary has, each with a digest.
func (d *document) entries(r *reader, dict types.Dict, keys ...string) (out string) {
	for _, key := range keys {
		if v, ok := dict[key]; ok {
			sum, err := d.digests.of(v)
			r.keep(err)
			out += " " + key + " " + sum
		}
	}
	return out
}
