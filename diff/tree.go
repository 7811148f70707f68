package diff

import (
	"fmt"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// ownBlock are the structure types that make a block. All below a row is of the row.
var ownBlock = map[string]bool{"P": true, "H": true, "H1": true, "H2": true, "H3": true, "H4": true, "H5": true, "H6": true,
	"TR": true, "LI": true, "Caption": true, "Figure": true, "Formula": true, "Note": true, "TOCI": true, "Form": true}

// A treeReader cuts the structure tree into blocks.
type treeReader struct {
	reader
	doc    *document
	roles  map[string]string
	memo   map[string]string
	seen   map[types.IndirectRef]bool
	left   int // blocks and parts that there may still be
	blocks []*block
	shapes map[*block]*strings.Builder
}

const (
	maxDepth = 200       // elements within each other
	maxParts = 3_000_000 // blocks, with the marked content of all: about 100 bytes each
	maxLabel = 400       // bytes of what an element says; a digest stands for the rest
)

// readTree returns the blocks of the tag tree, in its order.
func (d *document) readTree() ([]*block, error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return nil, err
	}
	t := treeReader{reader: reader{file: d.file}, doc: d, roles: map[string]string{}, memo: map[string]string{}, seen: map[types.IndirectRef]bool{}, left: maxParts, shapes: map[*block]*strings.Builder{}}
	root := t.dict(catalog["StructTreeRoot"])
	for from, to := range t.dict(root["RoleMap"]) {
		t.roles[from] = t.text(to)
	}
	for _, k := range t.list(root["K"]) {
		t.element(k, place{}, maxDepth)
	}
	t.enough()
	same := map[string]string{} // there are few shapes
	for b, shape := range t.shapes {
		s := shape.String()
		if same[s] == "" {
			same[s] = s
		}
		b.shape = same[s]
	}
	return t.blocks, t.err
}

// A place is where the walk through the tree is.
type place struct {
	page  types.Object // that content belongs to
	path  string
	block *block // nil: none yet
	inRow bool
	cell  int
	quiet bool   // the element says nothing by itself
	loose *loose // of the container
}

// A loose is the block of content that stands in a container without one of its own.
type loose struct{ block *block }

func (t *treeReader) element(o types.Object, at place, depth int) {
	if ref, ok := o.(types.IndirectRef); ok {
		if t.seen[ref] {
			return
		}
		t.seen[ref] = true
	}
	d := t.dict(o)
	if d == nil || t.err != nil {
		return
	}
	if t.enough(); t.err != nil {
		return
	}
	if depth == 0 {
		t.keep(fmt.Errorf("the structure tree is deeper than %d elements: flatten it: %w", maxDepth, platen.Invalid))
		return
	}
	if pg, ok := d["Pg"]; ok {
		at.page = pg
	}
	at.quiet = false
	kind := t.kind(t.text(d["S"]))
	label := kind + t.attributes(d)
	switch {
	case at.inRow || at.block != nil && !ownBlock[kind]:
		if kind == "TD" || kind == "TH" {
			at.block.cell()
			at.cell = at.block.parts[len(at.block.parts)-1].cell
		}
		if meaningful(kind, label) {
			t.shapes[at.block].WriteString(">" + label)
		} else {
			at.quiet = true
		}
	case ownBlock[kind]:
		at.block = t.begin(kind, at.path, label)
		at.inRow = kind == "TR"
		at.path += "/" + label
	default:
		if meaningful(kind, label) {
			at.path += "/" + label
		}
		at.loose = &loose{}
	}
	for _, k := range t.list(d["K"]) {
		t.kid(k, at, depth)
	}
	if at.block != nil && !at.quiet {
		t.shapes[at.block].WriteString("<")
	}
}

// enough is an error when there are too many blocks and parts.
func (t *treeReader) enough() {
	if t.left < 0 {
		t.keep(fmt.Errorf("the tags hold more than %d parts: export the file again: %w", maxParts, platen.Invalid))
	}
}

// meaningful reports whether an element says something. Chrome writes a NonStruct for each run
// of text, and how many there are depends on where lines end.
func meaningful(kind, label string) bool {
	return kind != "NonStruct" && kind != "Span" || label != kind
}

// cell begins the next cell of a row.
func (b *block) cell() {
	n := 1
	if len(b.parts) > 0 {
		n = b.parts[len(b.parts)-1].cell + 1
	}
	b.parts = append(b.parts, part{mcid: -1, cell: n})
}

// begin adds a block.
func (t *treeReader) begin(kind, path, label string) *block {
	b := &block{kind: kind, path: path}
	t.left--
	t.shapes[b] = &strings.Builder{}
	t.shapes[b].WriteString(label)
	t.blocks = append(t.blocks, b)
	return b
}

// kid is content, or an element.
func (t *treeReader) kid(k types.Object, at place, depth int) {
	switch v := t.resolve(k).(type) {
	case types.Integer:
		t.content(at, t.doc.mark(types.IndirectRef{}, int(v)))
	case types.Dict:
		switch t.text(v["Type"]) {
		case "MCR":
			if pg, ok := v["Pg"]; ok {
				at.page = pg
			}
			if n, ok := t.resolve(v["MCID"]).(types.Integer); ok {
				form, _ := v["Stm"].(types.IndirectRef)
				t.content(at, t.doc.mark(form, int(n)))
			}
		case "OBJR":
		default:
			t.element(k, at, depth-1)
		}
	}
}

func (t *treeReader) content(at place, mcid int) {
	b := at.block
	if b == nil {
		if at.loose == nil {
			at.loose = &loose{}
		}
		if at.loose.block == nil {
			at.loose.block = t.begin("text", at.path, "")
		}
		b = at.loose.block
	}
	ref, _ := at.page.(types.IndirectRef)
	page := t.doc.numbers[ref]
	if page == 0 {
		return
	}
	if b.page == 0 {
		b.page = page
	}
	if t.left--; t.left >= 0 {
		b.parts = append(b.parts, part{page, mcid, at.cell})
	}
}
