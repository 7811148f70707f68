package diff

import (
	"strings"
)

// pair compares two blocks, or reports one that stands alone.
func (c *comparison) pair(p *pair) error {
	if p.a < 0 && c.b.blocks[p.b].nothing() || p.b < 0 && c.a.blocks[p.a].nothing() {
		return nil
	}
	switch {
	case p.a < 0:
		b := c.b.blocks[p.b]
		c.add(Finding{Class: Content, Kind: "inserted", What: name(b.kind) + " inserted" + hiddenNote(b.words), Where: c.heading(c.b, p.b), New: text(b.words), Places: []Place{{B: b.spot()}}})
		p.changed = true
		return nil
	case p.b < 0:
		a := c.a.blocks[p.a]
		c.add(Finding{Class: Content, Kind: "removed", What: name(a.kind) + " removed" + hiddenNote(a.words), Where: c.heading(c.a, p.a), Old: text(a.words), Places: []Place{{A: a.spot()}}})
		p.changed = true
		return nil
	}
	a, b := c.a.blocks[p.a], c.b.blocks[p.b]
	c.structure(a, b, p)
	if p.moved {
		c.add(Finding{Class: Content, Kind: "moved", What: name(a.kind) + " moved to another place in the order", Where: c.heading(c.b, p.b), Old: text(a.words), New: text(b.words), Places: []Place{{a.spot(), b.spot()}}})
	}
	if a.read && b.read {
		p.changed = c.compareWords(a.words, b.words, c.headingOf(c.b, p.b)) || p.moved
	}
	return nil
}

// nothing reports whether a block is only a part of a container that draws, such as the border
// of a table: it says nothing, and where it stands depends on where pages end.
func (b *block) nothing() bool { return b.kind == untagged && len(b.words) == 0 }

// name is what people call a kind of block.
func name(kind string) string {
	switch kind {
	case "P", "text":
		return "Paragraph"
	case "TR":
		return "Table row"
	case "LI":
		return "List item"
	case margin:
		return "Running text"
	}
	if strings.HasPrefix(kind, "H") {
		return "Heading"
	}
	return kind
}

// heading is the heading that a block stands below.
func (c *comparison) heading(d *document, i int) string { return c.headingOf(d, i)() }

// headingOf finds it when it is asked for, since it may not have been read.
func (c *comparison) headingOf(d *document, i int) func() string {
	return func() string {
		for ; i >= 0; i-- {
			b := d.blocks[i]
			if len(b.kind) > 2 || !strings.HasPrefix(b.kind, "H") {
				continue
			}
			if b.title == "" {
				was := b.read
				if err := d.readBlock(b); err != nil {
					return ""
				}
				if b.title = text(b.words); !was {
					b.forget()
				}
			}
			return b.title
		}
		return ""
	}
}

// structure reports what differs in the tags of a block.
func (c *comparison) structure(a, b *block, p *pair) {
	places := []Place{{a.spot(), b.spot()}}
	if a.shape != b.shape {
		c.add(Finding{Class: Structure, Kind: "changed", What: "tags of a block: " + quote(a.shape) + " became " + quote(b.shape), Where: c.heading(c.b, p.b), Old: a.shape, New: b.shape, Places: places})
	}
	if a.path != b.path {
		c.add(Finding{Class: Structure, Kind: "changed", What: "tags around a block: " + quote(a.path) + " became " + quote(b.path), Where: c.heading(c.b, p.b), Old: a.path, New: b.path, Places: places})
	}
}
