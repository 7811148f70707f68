package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// masks are those of a policy for one of the two documents.
type masks struct {
	policy *Policy
	pages  []map[int]bool // of each rectangle
}

func newMasks(p *Policy, pages int) *masks {
	m := &masks{policy: p}
	if p == nil {
		m.policy = &Policy{}
	}
	for _, mask := range m.policy.Masks {
		chosen := map[int]bool{}
		if mask.Rectangle != nil {
			if list, err := platen.ParsePages(mask.Rectangle.Pages); err == nil {
				chosen, _ = list.Of(pages) // a document that lacks such a page has nothing there
			}
		}
		m.pages = append(m.pages, chosen)
	}
	return m
}

// cover marks the words of a block that may differ. Words of one match become one, since
// there may be more of them in the other document.
func (m *masks) cover(b *block) {
	for i := range m.policy.Masks {
		mask := &m.policy.Masks[i]
		switch {
		case mask.text != nil:
			m.coverText(b, mask)
		case mask.Rectangle != nil:
			m.coverPlace(b, mask, m.pages[i])
		}
	}
}

func (m *masks) coverText(b *block, mask *Mask) {
	all, starts := "", make([]int, len(b.words))
	for i := range b.words {
		if i > 0 && b.words[i].Space != joiner {
			all += " "
		}
		starts[i] = len(all)
		all += b.words[i].Text
	}
	found := mask.text.FindAllStringSubmatchIndex(all, -1)
	slices.Reverse(found)
	for _, at := range found {
		groups := at[2:]
		if len(groups) == 0 {
			groups = at[:2]
		}
		for g := len(groups) - 2; g >= 0; g -= 2 {
			if groups[g] >= 0 && groups[g+1] > groups[g] {
				b.merge(mask.Name, starts, all, groups[g], groups[g+1])
			}
		}
	}
}

// merge makes one word of those that the text from a place to another is in. What stands
// beside that text in them must still be equal.
func (b *block) merge(name string, starts []int, all string, from, to int) {
	first, _ := slices.BinarySearch(starts, from+1)
	first--
	end, _ := slices.BinarySearch(starts, to)
	if first < 0 || end > len(b.words) || first >= end {
		return
	}
	last := b.words[end-1]
	w := b.words[first]
	stop := starts[end-1] + len(last.Text)
	w.Text = all[starts[first]:max(stop, to)]
	before, after := all[starts[first]:from], ""
	if stop > to {
		after = all[to:stop]
	}
	w.Mask = name
	w.rest = before + "\uFFFC" + name + "\uFFFC" + after
	w.fold = w.rest
	for _, other := range b.words[first+1 : end] {
		if other.Page == w.Page {
			w.Box = w.Box.union(other.Box)
		}
	}
	b.words = slices.Replace(b.words, first, end, w)
}

// coverPlace marks the words in a rectangle.
func (m *masks) coverPlace(b *block, mask *Mask, pages map[int]bool) {
	box := mask.Rectangle.box()
	for i := range b.words {
		w := &b.words[i]
		if x, y := w.Box.middle(); pages[w.Page] && box.holds(x, y) {
			w.Mask, w.rest = mask.Name, "\uFFFC"+mask.Name
			w.fold = w.rest
		}
	}
	b.words = slices.CompactFunc(b.words, func(x, y Word) bool {
		return x.Mask == mask.Name && y.Mask == mask.Name && x.Cell == y.Cell && strings.HasPrefix(x.rest, "\uFFFC")
	})
}

// box is the rectangle in points.
func (r *Rectangle) box() Box {
	const mm = 72 / 25.4
	return Box{r.X * mm, r.Y * mm, (r.X + r.Width) * mm, (r.Y + r.Height) * mm}
}

// boxes are the rectangles on a page, with the names of their masks.
func (m *masks) boxes(page int) map[string]Box {
	out := map[string]Box{}
	for i := range m.policy.Masks {
		if mask := &m.policy.Masks[i]; mask.Rectangle != nil && m.pages[i][page] {
			out[mask.Name] = mask.Rectangle.box()
		}
	}
	return out
}

// inMask returns the mask whose rectangle holds all boxes, or "".
func (m *masks) inMask(page int, boxes []Box) string {
	rectangles := m.boxes(page)
	for _, name := range slices.Sorted(maps.Keys(rectangles)) {
		r := rectangles[name]
		if !slices.ContainsFunc(boxes, func(b Box) bool { return !r.holds(b.X0, b.Y0) || !r.holds(b.X1, b.Y1) }) {
			return name
		}
	}
	return ""
}

// metadata returns the mask of an entry, or "".
func (m *masks) metadata(name string) string {
	for _, mask := range m.policy.Masks {
		if mask.Metadata != "" && mask.Metadata == name {
			return mask.Name
		}
	}
	return ""
}
