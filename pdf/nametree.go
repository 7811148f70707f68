package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A NameTreeEntry is one entry of a name tree.
type NameTreeEntry struct {
	Name  string // the bytes of the key
	Value types.Object
}

// NameTree returns the entries of a name tree (§7.9.6) in its order.
func (f *File) NameTree(root types.Object) ([]NameTreeEntry, error) {
	t := nameTree{file: f, seen: map[types.IndirectRef]bool{}}
	err := t.node(root, f.limits.Depth)
	return t.entries, err
}

type nameTree struct {
	file    *File
	seen    map[types.IndirectRef]bool
	entries []NameTreeEntry
}

func (t *nameTree) node(o types.Object, depth int) error {
	if ref, ok := o.(types.IndirectRef); ok {
		if t.seen[ref] {
			return wrong(number(o), -1, "the name tree has this object twice%s", rebuild)
		}
		t.seen[ref] = true
	}
	if depth == 0 {
		return wrong(number(o), -1, "the name tree is too deep%s", rebuild)
	}
	d, err := t.file.Dict(o)
	if err != nil {
		return err
	}
	pairs, err := t.file.Array(d["Names"])
	if err != nil {
		return err
	}
	for ; len(pairs) >= 2; pairs = pairs[2:] {
		key, err := t.file.Resolve(pairs[0])
		if err != nil {
			return err
		}
		name, _ := Bytes(key)
		t.entries = append(t.entries, NameTreeEntry{string(name), pairs[1]})
	}
	kids, err := t.file.Array(d["Kids"])
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if err := t.node(kid, depth-1); err != nil {
			return err
		}
	}
	return nil
}
