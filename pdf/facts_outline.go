package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A Bookmark is one entry of the outline.
type Bookmark struct {
	Title string `json:"title"`
	Depth int    `json:"depth"`          // from 0
	Page  int    `json:"page,omitempty"` // it leads to; 0 for none
}

func (c *collector) outline() error {
	root, err := c.file.Dict(c.catalog["Outlines"])
	if err != nil {
		return err
	}
	w := outlineWalk{collector: c, seen: map[types.IndirectRef]bool{}}
	return w.siblings(root["First"], 0)
}

type outlineWalk struct {
	*collector
	seen  map[types.IndirectRef]bool
	named map[string]types.Object // destinations by name; nil until one is asked for
}

// siblings visits an entry, those after it, and all below them.
func (w *outlineWalk) siblings(o types.Object, depth int) error {
	if depth > w.file.limits.Depth {
		return wrong(number(o), -1, "the outline is too deep: flatten it or raise the limit")
	}
	for o != nil {
		ref, ok := o.(types.IndirectRef)
		if !ok || w.seen[ref] {
			return wrong(number(o), -1, "the outline runs in a circle%s", rebuild)
		}
		w.seen[ref] = true
		d, err := w.file.Dict(o)
		if err != nil {
			return err
		}
		if d == nil {
			return nil
		}
		if err := w.entry(d, depth); err != nil {
			return err
		}
		if err := w.siblings(d["First"], depth+1); err != nil {
			return err
		}
		o = d["Next"]
	}
	return nil
}

func (w *outlineWalk) entry(d types.Dict, depth int) error {
	title, err := w.text(d["Title"])
	if err != nil {
		return err
	}
	dest := d["Dest"]
	if dest == nil {
		action, err := w.file.Dict(d["A"])
		if err != nil {
			return err
		}
		if action["S"] == types.Name("GoTo") {
			dest = action["D"]
		}
	}
	page, err := w.page(dest)
	if err != nil {
		return err
	}
	w.facts.Outline = append(w.facts.Outline, Bookmark{Title: title, Depth: depth, Page: page})
	return nil
}

// page returns the page of a destination: an array that begins with the page,
// a dictionary that has such an array, or the name of either.
func (w *outlineWalk) page(dest types.Object) (int, error) {
	v, err := w.file.Resolve(dest)
	if err != nil {
		return 0, err
	}
	if name, ok := destName(v); ok {
		if err := w.readNamed(); err != nil {
			return 0, err
		}
		if v, err = w.file.Resolve(w.named[name]); err != nil {
			return 0, err
		}
	}
	if d, ok := v.(types.Dict); ok {
		if v, err = w.file.Resolve(d["D"]); err != nil {
			return 0, err
		}
	}
	list, _ := v.(types.Array)
	if len(list) == 0 {
		return 0, nil
	}
	ref, _ := list[0].(types.IndirectRef)
	return w.numbers[ref], nil
}

func destName(o types.Object) (string, bool) {
	if name, ok := o.(types.Name); ok {
		return string(name), true
	}
	b, ok := Bytes(o)
	return string(b), ok
}

// readNamed reads the named destinations of the catalog, of both kinds (§12.3.2.4).
func (w *outlineWalk) readNamed() error {
	if w.named != nil {
		return nil
	}
	w.named = map[string]types.Object{}
	old, err := w.file.Dict(w.catalog["Dests"])
	if err != nil {
		return err
	}
	for name, dest := range old {
		w.named[name] = dest
	}
	names, err := w.file.Dict(w.catalog["Names"])
	if err != nil {
		return err
	}
	entries, err := w.file.NameTree(names["Dests"])
	for _, e := range entries {
		w.named[e.Name] = e.Value
	}
	return err
}
