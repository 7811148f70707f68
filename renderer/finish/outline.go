package finish

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

const (
	defaultDepth = 2      // levels of the outline that show
	maxLevels    = 64     // of an outline
	maxBookmarks = 500000 // in all
)

// openOutline opens the outline to the depth that the options say, by the sign
// of /Count (ISO 32000-2 §12.3.3), and reports whether there is one.
func (d *draft) openOutline(catalog types.Dict) (bool, error) {
	ref, ok := catalog["Outlines"].(types.IndirectRef)
	if !ok {
		return false, nil
	}
	root, err := d.file.Dict(ref)
	if err != nil || root["First"] == nil {
		return false, err
	}
	depth := d.Options.OutlineDepth
	if depth == 0 {
		depth = defaultDepth
	}
	o := outline{draft: d, depth: depth, left: maxBookmarks}
	shown, err := o.open(root["First"], 1)
	if err != nil {
		return false, err
	}
	root["Count"] = types.Integer(shown)
	d.update.Set(ref, root)
	return shown > 0, nil
}

type outline struct {
	*draft
	depth int // level of the deepest items that show
	left  int // items that may still be read
}

// open sets the counts of an item, its siblings and all below them, and returns
// how many of them show once their parent is open.
func (o *outline) open(item types.Object, level int) (shown int, err error) {
	if level > maxLevels {
		return 0, fmt.Errorf("the outline has more than %d levels: flatten it: %w", maxLevels, platen.Invalid)
	}
	for item != nil {
		ref, ok := item.(types.IndirectRef)
		if o.left--; o.left < 0 || !ok {
			return 0, fmt.Errorf("the outline is damaged, or has more than %d items: export the file again: %w", maxBookmarks, platen.Invalid)
		}
		bookmark, err := o.file.Dict(ref)
		if err != nil {
			return 0, err
		}
		if bookmark == nil {
			break
		}
		shown++
		if first := bookmark["First"]; first != nil {
			below, err := o.open(first, level+1)
			if err != nil {
				return 0, err
			}
			if level < o.depth {
				shown += below
			} else {
				below = -below
			}
			bookmark["Count"] = types.Integer(below)
			o.update.Set(ref, bookmark)
		}
		item = bookmark["Next"]
	}
	return shown, nil
}
