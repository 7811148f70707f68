package diff

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

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
		f.Mask = c.a.masks.metadata(name)
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
