package sign

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// tag gives each added field a Form element in the structure tree, as its last
// element (ISO 14289-1 §7.18.4). A document without a tree is left alone.
func (d *draft) tag(page types.IndirectRef) error {
	root, isRef := d.catalog["StructTreeRoot"].(types.IndirectRef)
	tree, err := d.file.Dict(d.catalog["StructTreeRoot"])
	if err != nil || tree == nil || !isRef {
		return err
	}
	parent, above, err := d.top(root, tree)
	if err != nil {
		return err
	}
	kids, err := d.kids(above["K"])
	if err != nil {
		return err
	}
	next, err := d.nextParent(tree)
	if err != nil {
		return err
	}
	first := next
	var elements []types.IndirectRef
	for _, f := range d.added {
		element := d.update.Add(types.Dict{
			"Type": types.Name("StructElem"), "S": types.Name("Form"), "P": parent, "Alt": f.dict["TU"],
			"K": types.Dict{"Type": types.Name("OBJR"), "Obj": *f.ref, "Pg": page},
		})
		elements, kids = append(elements, element), append(kids, element)
		f.dict["StructParent"] = types.Integer(next)
		next++
	}
	above["K"] = kids
	tree["ParentTreeNextKey"] = types.Integer(next)
	if parent != root {
		d.update.Set(parent, above)
	}
	d.update.Set(root, tree)
	return d.enterParents(tree, first, elements)
}

// top returns the element that all others stand in, or else the root.
func (d *draft) top(root types.IndirectRef, tree types.Dict) (types.IndirectRef, types.Dict, error) {
	kids, err := d.kids(tree["K"])
	if err != nil || len(kids) != 1 {
		return root, tree, err
	}
	ref, ok := kids[0].(types.IndirectRef)
	if !ok {
		return root, tree, nil
	}
	only, err := d.file.Dict(ref)
	if err != nil || only["Type"] == types.Name("OBJR") || only["Type"] == types.Name("MCR") {
		return root, tree, err
	}
	return ref, only, nil
}

// kids returns /K of an element as a list of its own (ISO 32000-2 §14.7.2).
func (d *draft) kids(o types.Object) (types.Array, error) {
	v, err := d.file.Resolve(o)
	if err != nil || v == nil {
		return nil, err
	}
	if list, ok := v.(types.Array); ok {
		return list, nil
	}
	return types.Array{o}, nil
}

// nextParent returns a key that the parent tree does not have.
func (d *draft) nextParent(tree types.Dict) (int, error) {
	highest := -1
	err := d.numbers(tree["ParentTree"], maxParents, func(key int) { highest = max(highest, key) })
	if said, ok := tree["ParentTreeNextKey"].(types.Integer); ok {
		highest = max(highest, int(said)-1)
	}
	return highest + 1, err
}

// maxParents is how deep a parent tree may be.
const maxParents = 32

// numbers calls each with the keys of a number tree (ISO 32000-2 §7.9.7).
func (d *draft) numbers(o types.Object, depth int, each func(int)) error {
	node, err := d.file.Dict(o)
	if err != nil || depth == 0 {
		return err
	}
	pairs, err := d.file.Array(node["Nums"])
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if key, ok := pairs[i].(types.Integer); ok {
			each(int(key))
		}
	}
	kids, err := d.file.Array(node["Kids"])
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if err := d.numbers(kid, depth-1, each); err != nil {
			return err
		}
	}
	return nil
}

// enterParents adds the elements to the parent tree, under keys from first on,
// which are the highest.
func (d *draft) enterParents(tree types.Dict, first int, elements []types.IndirectRef) error {
	var pairs types.Array
	for i, e := range elements {
		pairs = append(pairs, types.Integer(first+i), e)
	}
	node, err := d.file.Dict(tree["ParentTree"])
	if err != nil {
		return err
	}
	if node == nil {
		node = types.Dict{}
	}
	if node["Kids"] != nil {
		kids, err := d.file.Array(node["Kids"])
		if err != nil {
			return err
		}
		limits := types.Array{pairs[0], types.Integer(first + len(elements) - 1)}
		node["Kids"] = append(kids, d.update.Add(types.Dict{"Nums": pairs, "Limits": limits}))
	} else {
		there, err := d.file.Array(node["Nums"])
		if err != nil {
			return err
		}
		node["Nums"] = append(there, pairs...)
	}
	if ref, ok := tree["ParentTree"].(types.IndirectRef); ok {
		d.update.Set(ref, node)
	} else {
		tree["ParentTree"] = node
	}
	return nil
}
