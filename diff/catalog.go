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

// comparedInParts are dictionaries of the catalog, each with the entries that other steps compare.
var comparedInParts = map[string][]string{"Names": {"EmbeddedFiles", "Dests"}, "AcroForm": {"Fields"}, "MarkInfo": {"Marked"},
	"StructTreeRoot": {"Type", "K", "ParentTree", "ParentTreeNextKey", "IDTree", "RoleMap"}}

// catalogs compares what else the catalog says: actions, scripts, layers, output intents, the form
// beyond its fields; and signatures, the fields of forms, annotations, and what embedded files have
// beside their content.
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
	}{{Signature, "signature", (*document).signatures}, {Structure, "form field", (*document).fields}, {Structure, "link", (*document).links},
		{Attachment, "another form of an attachment", (*document).otherForms}} {
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
	entries := without(catalog, comparedElsewhere...)
	for name, but := range comparedInParts {
		for key, v := range without(r.dict(catalog[name]), but...) {
			entries[name+"/"+key] = v
		}
	}
	for key, v := range r.dict(catalog["ViewerPreferences"]) {
		if _, isList := r.resolve(v).(types.Array); isList {
			entries["ViewerPreferences/"+key] = v // the others are facts
		}
	}
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if out[key], err = d.digests.of(entries[key]); err != nil {
			return nil, err
		}
	}
	return out, r.err
}

// without returns a dictionary without some entries.
func without(d types.Dict, keys ...string) types.Dict {
	out := types.Dict{}
	for key, v := range d {
		if !slices.Contains(keys, key) {
			out[key] = v
		}
	}
	return out
}

// told are the entries of an annotation that other steps compare, or that only say where it is.
var told = []string{"Type", "Subtype", "Rect", "Contents", "A", "Dest", "P", "Parent", "Kids", "StructParent", "AP", "AS", "F", "Border", "BS", "C"}

// links lists what annotations lead to, do or say, and what pages do, in the order of the pages.
// Links to places in the document are targets, and fields are listed as such.
func (d *document) links() (out []string, err error) {
	r := reader{file: d.file}
	for _, p := range d.pages {
		if aa, ok := p.dict["AA"]; ok {
			out = append(out, "actions of a page"+d.entries(&r, types.Dict{"AA": aa}))
		}
		for _, o := range r.array(p.dict["Annots"]) {
			a := r.dict(o)
			kind, action := r.text(a["Subtype"]), r.dict(a["A"])
			said := []string{kind, r.text(action["S"]), r.text(action["URI"]), r.text(a["Contents"])}
			does, rest := without(action, "Type", "S", "URI"), without(a, told...)
			inner := kind == "Link" && (a["Dest"] != nil || r.text(action["S"]) == "GoTo")
			switch {
			case inner:
				does, rest = without(does, "D"), without(rest, "QuadPoints", "PA")
			case kind == "Link":
				rest = without(rest, "QuadPoints")
			case kind == "Widget":
				rest = without(rest, ofFields...)
			}
			if (inner || kind == "Widget" && action == nil) && len(does)+len(rest) == 0 {
				continue
			}
			out = append(out, strings.TrimSpace(strings.Join(said, " "))+d.entries(&r, does)+d.entries(&r, rest))
		}
	}
	return out, r.err
}

// entries says which entries a dictionary has, each with a digest.
func (d *document) entries(r *reader, dict types.Dict) (out string) {
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		sum, err := d.digests.of(dict[key])
		r.keep(err)
		out += " " + key + " " + sum
	}
	return out
}
