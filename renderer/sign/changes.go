package sign

import (
	"fmt"
	"reflect"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A Change is something that was done to a document after a signature.
type Change struct {
	What    What   `json:"what"`
	Where   string `json:"where,omitempty"` // "page 3", "field QA"
	Allowed bool   `json:"allowed"`
}

// What was done to a document.
type What string

const (
	AddedEvidence   What = "evidence added"   // certificates and revocation (DSS)
	AddedTimeStamp  What = "time stamp added" // of the document
	AddedSignature  What = "signature added"
	AddedField      What = "signature field added"
	FilledForm      What = "form filled"
	AnnotatedPage   What = "annotation added or changed"
	ChangedPage     What = "page changed"
	ChangedContent  What = "page content changed"
	ChangedTags     What = "structure changed"
	ChangedMetadata What = "metadata changed"
	ChangedFile     What = "attachment changed"
	ChangedCatalog  What = "document catalog changed"
	ChangedForm     What = "form changed"
	RemovedEvidence What = "evidence removed"
	ChangedOther    What = "object changed"
)

// allowed reports whether a permission covers what was done. 0 is that of a
// document without certification: it may be signed and filled in, no more.
func (w What) allowed(p Permission) bool {
	switch w {
	case AddedEvidence, AddedTimeStamp:
		return true
	case AddedSignature, AddedField, FilledForm:
		return p != NoChanges
	case AnnotatedPage:
		return p == Annotate
	}
	return false
}

// A comparison finds what was done between two revisions of a file. Every object
// that differs must be explained by something with a name; what is left over is
// itself a change.
type comparison struct {
	was, now *pdf.File
	differ   map[types.IndirectRef]bool // objects that are not explained yet
	order    []types.IndirectRef        // all of them, by number
	fresh    int                        // lowest object number that the older revision does not use
	widgets  []types.IndirectRef        // signature fields that were added and show nothing
	names    map[types.IndirectRef]Change
	lists    map[types.IndirectRef]bool // of evidence, that have grown
	sheets   map[types.IndirectRef]bool // pages
	changes  []Change
	seen     map[Change]bool
}

// maxChanges is how many are told apart.
const maxChanges = 1000

// compare returns what was done to a file since an older revision of it.
func compare(was, now *pdf.File) ([]Change, error) {
	c := &comparison{was: was, now: now, differ: map[types.IndirectRef]bool{}, names: map[types.IndirectRef]Change{}, lists: map[types.IndirectRef]bool{}, sheets: map[types.IndirectRef]bool{}, seen: map[Change]bool{}}
	size, _ := was.Trailer()["Size"].(types.Integer)
	c.fresh = int(size)
	for _, ref := range now.ChangedSince(was) {
		if same, err := c.same(ref); err != nil {
			return nil, err
		} else if !same {
			c.differ[ref] = true
			c.order = append(c.order, ref)
		}
	}
	for _, step := range []func() error{c.trailer, c.catalog, c.form, c.evidence, c.pages, c.rest} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.changes, nil
}

// found notes a change, once. More than maxChanges are one that is not allowed.
func (c *comparison) found(what What, where string) {
	change := Change{What: what, Where: where}
	if len(c.changes) >= maxChanges {
		change = Change{What: ChangedOther, Where: fmt.Sprintf("more than %d changes", maxChanges)}
	}
	if !c.seen[change] {
		c.seen[change] = true
		c.changes = append(c.changes, change)
	}
}

// explained takes an object out of those that differ: one that is new, or that stood in
// the same place before. Any other one may be something else, too.
func (c *comparison) explained(was, now types.Object) {
	if ref, ok := now.(types.IndirectRef); ok && (was == now || int(ref.ObjectNumber) >= c.fresh) {
		delete(c.differ, ref)
	}
}

// same reports whether an object has the same value in both revisions, or is new
// and only holds others or says where they are.
func (c *comparison) same(ref types.IndirectRef) (bool, error) {
	was, err := c.was.Object(ref)
	if err != nil {
		return false, err
	}
	now, err := c.now.Object(ref)
	return isFileStructure(now) && was == nil && int(ref.ObjectNumber) >= c.fresh || equal(was, now), err
}

func equal(a, b types.Object) bool {
	s, isStream := a.(types.StreamDict)
	t, both := b.(types.StreamDict)
	if isStream && both {
		return reflect.DeepEqual(s.Dict, t.Dict) && string(s.Raw) == string(t.Raw)
	}
	return isStream == both && reflect.DeepEqual(a, b)
}

// claim explains the objects that are new, and that o leads to through new ones
// alone. A number that the older revision could have used is not new: what it
// refers to and does not hold would come to life.
func (c *comparison) claim(o types.Object) error {
	switch o := o.(type) {
	case types.IndirectRef:
		if !c.differ[o] || int(o.ObjectNumber) < c.fresh {
			return nil
		}
		delete(c.differ, o)
		v, err := c.now.Object(o)
		if err != nil {
			return err
		}
		return c.claim(v)
	case types.Array:
		for _, v := range o {
			if err := c.claim(v); err != nil {
				return err
			}
		}
	case types.StreamDict:
		return c.claim(o.Dict)
	case types.Dict:
		for _, v := range o {
			if err := c.claim(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// dicts returns what a dictionary was and is.
func (c *comparison) dicts(was, now types.Object) (a, b types.Dict, err error) {
	if a, err = dictOf(c.was, was); err != nil {
		return nil, nil, err
	}
	b, err = dictOf(c.now, now)
	return a, b, err
}

// keys returns the keys whose values differ in two dictionaries, sorted.
func keys(a, b types.Dict) (list []string) {
	for _, key := range sortedKeys(a, b) {
		if !equal(a[key], b[key]) {
			list = append(list, key)
		}
	}
	return list
}
