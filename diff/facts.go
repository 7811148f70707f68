package diff

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// facts compares what the documents say about themselves.
func (c *comparison) facts() error {
	a, b := c.a.facts, c.b.facts
	c.fact(Layout, "pages", fmt.Sprint(a.Pages), fmt.Sprint(b.Pages))
	c.fact(Layout, "page sizes", sizes(a.Sizes, a.Pages), sizes(b.Sizes, b.Pages))
	c.fact(Structure, "tags", fmt.Sprint(a.Tagged), fmt.Sprint(b.Tagged))
	c.fact(Metadata, "language", a.Language, b.Language)
	c.fact(Metadata, "conformance", strings.Join(a.Conformance, ", "), strings.Join(b.Conformance, ", "))
	c.entries(Metadata, "info ", a.Info, b.Info)
	c.entries(Metadata, "viewer ", a.Viewer, b.Viewer)
	c.entries(Metadata, "XMP ", xmpEntries(a.XMP), xmpEntries(b.XMP))
	c.fact(Metadata, "PDF version", a.Version, b.Version)
	c.lists(Structure, "outline", bookmarks(a.Outline), bookmarks(b.Outline))
	c.entries(Attachment, "attachment ", attachments(a.Attachments), attachments(b.Attachments))
	c.lists(Signature, "signature", signatures(a.Signatures), signatures(b.Signatures))
	if !a.Tagged || !b.Tagged {
		c.report.Notes = append(c.report.Notes, "A document has no tags, so text is compared line by line: where lines break differently, words are reported as changed.")
	}
	return nil
}

// fact adds a finding where a fact differs.
func (c *comparison) fact(class Class, name, a, b string) {
	if a == b {
		return
	}
	what := fmt.Sprintf("%s: %s became %s", name, quoteOr(a, "nothing"), quoteOr(b, "nothing"))
	if len(a)+len(b) > 400 {
		what = name + " differs"
	}
	f := Finding{Class: class, Kind: "changed", What: what, Where: name, Old: a, New: b}
	if class == Metadata {
		f.Mask = c.maskA.metadata(name)
	}
	c.add(f)
}

func quoteOr(s, none string) string {
	if s == "" {
		return none
	}
	return "“" + s + "”"
}

// entries compares dictionaries, entry by entry.
func (c *comparison) entries(class Class, of string, a, b []pdf.Entry) {
	get := func(list []pdf.Entry) map[string]string {
		m := map[string]string{}
		for _, e := range list {
			if old, twice := m[e.Name]; twice {
				e.Value = old + "; " + e.Value
			}
			m[e.Name] = e.Value
		}
		return m
	}
	x, y := get(a), get(b)
	all := maps.Clone(x)
	maps.Copy(all, y)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c.fact(class, of+name, x[name], y[name])
	}
}

// lists compares lists of things that are named by a line each.
func (c *comparison) lists(class Class, what string, a, b []string) {
	i, j := 0, 0
	for _, m := range append(align(a, b), match{len(a), len(b)}) {
		for ; i < m.a && j < m.b; i, j = i+1, j+1 {
			c.fact(class, what, a[i], b[j])
		}
		for ; i < m.a; i++ {
			c.add(Finding{Class: class, Kind: "removed", What: what + " removed: " + a[i], Where: what, Old: a[i]})
		}
		for ; j < m.b; j++ {
			c.add(Finding{Class: class, Kind: "inserted", What: what + " added: " + b[j], Where: what, New: b[j]})
		}
		i, j = m.a+1, m.b+1
	}
}

// sizes says which sizes of paper there are. One that holds to the end is named without its
// last page, so that a page more is no new size.
func sizes(list []pdf.PageSize, pages int) string {
	var out []string
	for _, s := range list {
		to := fmt.Sprint(s.To)
		if s.To == pages {
			to = ""
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d-%s: %v x %v pt %s", s.From, to, s.Width, s.Height, turned(s.Rotate))))
	}
	return strings.Join(out, ", ")
}

func turned(by int) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("turned by %d°", by)
}

func bookmarks(list []pdf.Bookmark) (out []string) {
	for _, b := range list {
		out = append(out, strings.Repeat("  ", b.Depth)+b.Title)
	}
	return out
}

func attachments(list []pdf.Attachment) (out []pdf.Entry) {
	for _, a := range list {
		out = append(out, pdf.Entry{Name: a.Name, Value: fmt.Sprintf("%d bytes, sha256 %.12s…, %s, %s, %s", a.Size, a.SHA256, a.Type, a.Relationship, a.Description)})
	}
	return out
}

// xmpEntries lists the properties of XMP metadata, each with the elements around it. What is
// no XML is one entry.
func xmpEntries(src string) (out []pdf.Entry) {
	dec := xml.NewDecoder(strings.NewReader(src))
	var path []string
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return []pdf.Entry{{Name: "packet", Value: src}}
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "about" {
					out = append(out, pdf.Entry{Name: strings.Join(append(path, a.Name.Local), "/"), Value: a.Value})
				}
			}
		case xml.EndElement:
			path = path[:max(len(path)-1, 0)]
		case xml.CharData:
			if s := strings.TrimSpace(string(token)); s != "" {
				out = append(out, pdf.Entry{Name: strings.TrimPrefix(strings.Join(path, "/"), "xmpmeta/RDF/Description/"), Value: s})
			}
		}
	}
}

func signatures(list []pdf.Signature) (out []string) {
	for _, s := range list {
		out = append(out, fmt.Sprintf("%s: %s, %s, %s, %s", s.Field, s.Name, s.Reason, s.Time, s.Format))
	}
	return out
}

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
