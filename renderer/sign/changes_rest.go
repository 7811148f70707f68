package sign

import (
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// begins reports whether a list begins with another one.
func begins(list, with types.Array) bool {
	return len(list) >= len(with) && slices.EqualFunc(with, list[:len(with)], equal)
}

// pages looks at what the pages have as annotations, and names what belongs to them.
func (c *comparison) pages() error {
	if len(c.differ) == 0 && len(c.lists) == 0 {
		return nil
	}
	for p, err := range c.now.Pages() {
		if err != nil {
			return err
		}
		c.sheets[p.Ref] = true
	}
	for p, err := range c.now.Pages() {
		if err != nil {
			return err
		}
		was, now, err := c.dicts(p.Ref, p.Ref)
		if err != nil {
			return err
		}
		where := fmt.Sprintf("page %d", p.Number)
		c.names[p.Ref] = Change{What: ChangedPage, Where: where}
		if ref, ok := now["Contents"].(types.IndirectRef); ok && c.lists[ref] {
			c.found(ChangedContent, where) // evidence is drawn
		}
		c.name(ChangedPage, where, now["Annots"])
		c.name(ChangedContent, where, was["Contents"], now["Contents"])
		if err := c.annotations(p.Ref, was, now, where); err != nil {
			return err
		}
	}
	return nil
}

// name says what changed when one of some objects, or those in their arrays, did.
func (c *comparison) name(what What, where string, list ...types.Object) {
	for _, o := range list {
		if ref, ok := o.(types.IndirectRef); ok {
			c.names[ref] = Change{What: what, Where: where}
		}
		if array, ok := o.(types.Array); ok {
			c.name(what, where, array...)
		}
	}
}

// annotations explains a page that differs by annotations that were changed or
// added behind the others, and by nothing else.
func (c *comparison) annotations(page types.IndirectRef, was, now types.Dict, where string) error {
	before, err := c.was.Array(was["Annots"])
	if err != nil {
		return err
	}
	after, err := c.now.Array(now["Annots"])
	if err != nil {
		return err
	}
	for _, o := range before {
		if ref, ok := o.(types.IndirectRef); ok && c.differ[ref] {
			if err := c.annotation(o, o, where); err != nil {
				return err
			}
		}
	}
	if !begins(after, before) {
		return nil
	}
	for _, o := range after[len(before):] {
		if ref, ok := o.(types.IndirectRef); ok && slices.Contains(c.widgets, ref) {
			continue
		}
		if err := c.annotation(nil, o, where); err != nil {
			return err
		}
	}
	c.explained(was["Annots"], now["Annots"])
	for _, key := range keys(was, now) {
		if key != "Annots" && (key != "Tabs" || now[key] != types.Name("S")) {
			return nil
		}
	}
	c.explained(page, page)
	return nil
}

// annotation notes an annotation that differs or was added. A page is none.
func (c *comparison) annotation(was, now types.Object, where string) error {
	if ref, ok := now.(types.IndirectRef); ok && c.sheets[ref] {
		return nil
	}
	d, err := dictOf(c.now, now)
	if err != nil {
		return err
	}
	if d["Subtype"] == types.Name("Widget") {
		c.found(ChangedForm, where)
	} else {
		c.found(AnnotatedPage, where)
	}
	c.explained(was, now)
	return c.claim(d)
}

// rest names the objects that nothing explains.
func (c *comparison) rest() error {
	for _, ref := range c.order {
		if !c.differ[ref] {
			continue
		}
		v, err := c.now.Object(ref)
		if err != nil {
			return err
		}
		if change, ok := c.names[ref]; ok {
			c.found(change.What, change.Where)
			continue
		}
		c.found(c.kind(ref, v), fmt.Sprintf("object %d", ref.ObjectNumber))
	}
	return nil
}

// isFileStructure reports whether an object only holds others or says where they are.
func isFileStructure(o types.Object) bool {
	s, ok := o.(types.StreamDict)
	return ok && (s.Dict["Type"] == types.Name("XRef") || s.Dict["Type"] == types.Name("ObjStm"))
}

// kind says what an object that nothing explains is, as far as it can be told. What
// an object says that it is must not make its change one that may be allowed.
func (c *comparison) kind(ref types.IndirectRef, now types.Object) What {
	was, _ := c.was.Object(ref) // the newer revision has been read
	for _, o := range []types.Object{now, was} {
		d, _ := o.(types.Dict)
		if s, ok := o.(types.StreamDict); ok {
			d = s.Dict
		}
		switch d["Type"] {
		case types.Name("Page"), types.Name("Pages"):
			return ChangedPage
		case types.Name("StructElem"), types.Name("StructTreeRoot"), types.Name("ParentTree"):
			return ChangedTags
		case types.Name("Metadata"):
			return ChangedMetadata
		case types.Name("EmbeddedFile"), types.Name("Filespec"):
			return ChangedFile
		}
	}
	if c.was.Trailer()["Info"] == types.Object(ref) {
		return ChangedMetadata
	}
	return ChangedOther
}
