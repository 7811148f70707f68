package pdf

import (
	"iter"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A Page is a leaf of the page tree. Its dictionary has the attributes that it
// inherits: Resources, MediaBox, CropBox and Rotate (§7.7.3.4). Pages of one walk
// share what they inherit, so clone it before you change it.
type Page struct {
	Number int // from 1
	Ref    types.IndirectRef
	Dict   types.Dict
}

var inherited = []string{"Resources", "MediaBox", "CropBox", "Rotate"}

// Pages yields the pages in order. It ends with an error where the tree is
// damaged, has no page, more pages than the limit, another number of pages than
// it says, or a node that stands in it twice.
func (f *File) Pages() iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		w := walk{file: f, yield: yield, seen: map[types.IndirectRef]bool{}}
		if err := w.root(); err != nil {
			yield(Page{}, err)
		}
	}
}

type walk struct {
	file  *File
	yield func(Page, error) bool
	seen  map[types.IndirectRef]bool
	pages int
	done  bool // the caller wants no more
}

func (w *walk) root() error {
	catalog, err := w.file.Catalog()
	if err != nil {
		return err
	}
	root := catalog["Pages"]
	tree, err := w.file.Dict(root)
	if err != nil {
		return err
	}
	if tree["Kids"] == nil {
		return wrong(number(root), -1, "the page tree has no pages%s", rebuild)
	}
	if err := w.node(root, types.Dict{}, w.file.limits.Depth); err != nil || w.done {
		return err
	}
	if w.pages == 0 {
		return wrong(number(root), -1, "the document has no pages: print it again")
	}
	if count, err := w.file.Resolve(tree["Count"]); err != nil || count != types.Integer(w.pages) {
		return wrong(number(root), -1, "the page tree holds %d pages and says that it holds another number (/Count)%s", w.pages, rebuild)
	}
	return nil
}

// node visits a page or a node of pages, and all below it.
func (w *walk) node(o types.Object, above types.Dict, depth int) error {
	ref, ok := o.(types.IndirectRef)
	if !ok {
		return wrong(0, -1, "the page tree holds a value that is no reference%s", rebuild)
	}
	num := int(ref.ObjectNumber)
	if w.seen[ref] {
		return wrong(num, -1, "the page tree has this object twice%s", rebuild)
	}
	if depth == 0 {
		return wrong(num, -1, "the page tree is too deep: rebuild the file or raise the limit")
	}
	w.seen[ref] = true
	d, err := w.file.Dict(ref)
	if err != nil {
		return err
	}
	if d == nil {
		return wrong(num, -1, "the page tree names an object that is not there%s", rebuild)
	}
	inherit(d, above)
	if d["Kids"] == nil {
		return w.page(ref, d)
	}
	return w.kids(num, d, depth)
}

// inherit gives d what it lacks of the inheritable attributes.
func inherit(d, above types.Dict) {
	for _, key := range inherited {
		if v, ok := above[key]; ok && d[key] == nil {
			d[key] = v
		}
	}
}

func (w *walk) kids(num int, d types.Dict, depth int) error {
	kids, err := w.file.Array(d["Kids"])
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if err := w.node(kid, d, depth-1); err != nil || w.done {
			return err
		}
	}
	return nil
}

func (w *walk) page(ref types.IndirectRef, d types.Dict) error {
	if d["Type"] != types.Name("Page") {
		return wrong(int(ref.ObjectNumber), -1, "the page tree names an object that is no page%s", rebuild)
	}
	if w.pages++; w.pages > w.file.limits.Pages {
		return wrong(int(ref.ObjectNumber), -1, "the document has more than %d pages: split it or raise the limit", w.file.limits.Pages)
	}
	w.done = !w.yield(Page{Number: w.pages, Ref: ref, Dict: d}, nil)
	return nil
}

// A Box is a rectangle in default user space, lower left corner first.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Width and Height are in units of user space, 1/72 inch by default.
func (b Box) Width() float64  { return b.X1 - b.X0 }
func (b Box) Height() float64 { return b.Y1 - b.Y0 }

// Box returns what a viewer shows of the page: the crop box within the media box.
func (f *File) Box(p Page) (Box, error) {
	media, err := f.box(p, "MediaBox")
	if err != nil || p.Dict["CropBox"] == nil {
		return media, err
	}
	crop, err := f.box(p, "CropBox")
	if err != nil {
		return crop, err
	}
	shown := Box{max(media.X0, crop.X0), max(media.Y0, crop.Y0), min(media.X1, crop.X1), min(media.Y1, crop.Y1)}
	if shown.Width() <= 0 || shown.Height() <= 0 {
		return media, nil
	}
	return shown, nil
}

func (f *File) box(p Page, key string) (Box, error) {
	num := int(p.Ref.ObjectNumber)
	list, err := f.Array(p.Dict[key])
	if err != nil {
		return Box{}, err
	}
	var n [4]float64
	if len(list) != len(n) {
		return Box{}, wrong(num, -1, "the page has no /%s of four numbers%s", key, rebuild)
	}
	for i, o := range list {
		if n[i], err = f.float(o, num, key); err != nil {
			return Box{}, err
		}
	}
	b := Box{min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3])}
	if b.Width() == 0 || b.Height() == 0 {
		return b, wrong(num, -1, "the page's /%s is empty%s", key, rebuild)
	}
	return b, nil
}

func (f *File) float(o types.Object, num int, key string) (float64, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case types.Integer:
		return float64(v), nil
	case types.Float:
		return float64(v), nil
	}
	return 0, wrong(num, -1, "/%s holds a value that is no number%s", key, rebuild)
}

// Rotate returns by how much a viewer turns the page clockwise: 0, 90, 180 or 270.
func (f *File) Rotate(p Page) (int, error) {
	o, err := f.Resolve(p.Dict["Rotate"])
	if err != nil {
		return 0, err
	}
	n, ok := o.(types.Integer)
	if o != nil && (!ok || n%90 != 0) {
		return 0, wrong(int(p.Ref.ObjectNumber), -1, "the page's /Rotate is no multiple of 90%s", rebuild)
	}
	return (int(n)%360 + 360) % 360, nil
}
