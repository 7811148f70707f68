package pdf

import (
	"maps"
	"math"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Facts are what a PDF says about itself. Lists are in the order of the file,
// or sorted where the file has none.
type Facts struct {
	Version     string       `json:"version"`
	ID          []string     `json:"id,omitempty"` // of the trailer, hexadecimal
	Pages       int          `json:"pages"`
	Sizes       []PageSize   `json:"sizes"`
	Tagged      bool         `json:"tagged"` // marked, and with a structure tree
	Language    string       `json:"language,omitempty"`
	Title       string       `json:"title,omitempty"`       // of Info, else of the XMP metadata
	Conformance []string     `json:"conformance,omitempty"` // that the XMP metadata claims: "PDF/A-3b", "PDF/UA-1"
	Info        []Entry      `json:"info,omitempty"`
	XMP         string       `json:"xmp,omitempty"`
	Viewer      []Entry      `json:"viewer,omitempty"` // viewer preferences, page mode and layout
	Outline     []Bookmark   `json:"outline,omitempty"`
	Fonts       []Font       `json:"fonts,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Signatures  []Signature  `json:"signatures,omitempty"`
}

// A PageSize is what a viewer shows of pages that follow each other.
type PageSize struct {
	From   int     `json:"from"` // page, from 1
	To     int     `json:"to"`
	Width  float64 `json:"width"` // in 1/72 inch, before turning
	Height float64 `json:"height"`
	Rotate int     `json:"rotate,omitempty"` // clockwise: 90, 180 or 270
}

// An Entry is one entry of a dictionary, as text.
type Entry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Facts reads the whole page tree and what the catalog names. Content streams
// are not read. The objects parsed may have as many bytes as one decoded stream.
func (f *File) Facts() (Facts, error) {
	c := collector{file: f.view(f.limits.Decoded), numbers: map[types.IndirectRef]int{}}
	for _, step := range []func() error{c.catalogue, c.pages, c.info, c.metadata, c.outline, c.attachments, c.signatures} {
		if err := step(); err != nil {
			return Facts{}, err
		}
	}
	return c.facts, nil
}

// A collector gathers facts, one step after the other.
type collector struct {
	file    *File
	catalog types.Dict
	facts   Facts
	numbers map[types.IndirectRef]int // of pages
}

// text returns the text that o is or refers to.
func (c *collector) text(o types.Object) (string, error) {
	v, err := c.file.Resolve(o)
	return Text(v), err
}

func (c *collector) catalogue() (err error) {
	f := c.file
	if c.catalog, err = f.Catalog(); err != nil {
		return err
	}
	c.facts.Version = f.Version()
	if c.facts.Language, err = c.text(c.catalog["Lang"]); err != nil {
		return err
	}
	if err := c.id(); err != nil {
		return err
	}
	mark, err := f.Dict(c.catalog["MarkInfo"])
	if err != nil {
		return err
	}
	tree, err := f.Dict(c.catalog["StructTreeRoot"])
	c.facts.Tagged = mark["Marked"] == types.Boolean(true) && tree != nil
	if err != nil {
		return err
	}
	return c.viewer()
}

func (c *collector) id() error {
	list, err := c.file.Array(c.file.trailer["ID"])
	for _, o := range list {
		if b, ok := Bytes(o); ok {
			c.facts.ID = append(c.facts.ID, types.NewHexLiteral(b).Value())
		}
	}
	return err
}

func (c *collector) viewer() error {
	prefs, err := c.file.Dict(c.catalog["ViewerPreferences"])
	if err != nil {
		return err
	}
	all := maps.Clone(prefs)
	if all == nil {
		all = types.Dict{}
	}
	for _, key := range []string{"PageMode", "PageLayout"} {
		if v, ok := c.catalog[key]; ok {
			all[key] = v
		}
	}
	c.facts.Viewer, err = c.entries(all)
	return err
}

func (c *collector) info() (err error) {
	info, err := c.file.Dict(c.file.trailer["Info"])
	if err != nil {
		return err
	}
	if c.facts.Title, err = c.text(info["Title"]); err != nil {
		return err
	}
	c.facts.Info, err = c.entries(info)
	return err
}

// entries returns the entries of a dictionary by name. Numbers and booleans are
// as a file writes them; arrays and dictionaries are left out.
func (c *collector) entries(d types.Dict) ([]Entry, error) {
	var out []Entry
	for _, key := range slices.Sorted(maps.Keys(d)) {
		v, err := c.file.Resolve(d[key])
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case types.Name, types.StringLiteral, types.HexLiteral:
			out = append(out, Entry{key, Text(v)})
		case types.Boolean, types.Integer, types.Float:
			text, err := appendObject(nil, v)
			if err != nil {
				return nil, err
			}
			out = append(out, Entry{key, string(text)})
		}
	}
	return out, nil
}

func (c *collector) pages() error {
	fonts := fontWalk{file: c.file, seen: refSet{}, met: func(font Font, _, _ types.Dict) {
		c.facts.Fonts = append(c.facts.Fonts, font)
	}}
	for p, err := range c.file.Pages() {
		if err != nil {
			return err
		}
		c.facts.Pages = p.Number
		c.numbers[p.Ref] = p.Number
		if err := c.size(p); err != nil {
			return err
		}
		if err := fonts.page(p); err != nil {
			return err
		}
	}
	c.facts.Fonts = sortFonts(c.facts.Fonts)
	return nil
}

// round drops what floating point adds behind the third decimal.
func round(points float64) float64 { return math.Round(points*1000) / 1000 }

func (c *collector) size(p Page) error {
	box, err := c.file.Box(p)
	if err != nil {
		return err
	}
	turn, err := c.file.Rotate(p)
	if err != nil {
		return err
	}
	now := PageSize{From: p.Number, To: p.Number, Width: round(box.Width()), Height: round(box.Height()), Rotate: turn}
	if n := len(c.facts.Sizes); n > 0 {
		last := &c.facts.Sizes[n-1]
		if last.Width == now.Width && last.Height == now.Height && last.Rotate == now.Rotate {
			last.To = p.Number
			return nil
		}
	}
	c.facts.Sizes = append(c.facts.Sizes, now)
	return nil
}
