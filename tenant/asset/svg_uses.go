package asset

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"
)

// checkUses refuses a drawing in which <use> draws itself, or so much that a browser
// would work for ever.
func checkUses(root *node) error {
	u := uses{byID: map[string]*node{}, drawn: map[*node]int{}}
	u.collect(root)
	if u.count(root) > maxDrawn {
		return errors.New("the drawing repeats its parts without end, or nearly: simplify it, or save it as PNG")
	}
	return nil
}

// uses count what a drawing draws.
type uses struct {
	byID  map[string]*node
	drawn map[*node]int // by a node, with all that is in it; maxDrawn+1 while it is counted
}

func (u *uses) collect(n *node) {
	if id := n.attr("id"); id != "" && u.byID[id] == nil {
		u.byID[id] = n
	}
	for _, child := range n.children {
		u.collect(child)
	}
}

// count returns how many nodes a node draws, at most a few more than maxDrawn.
func (u *uses) count(n *node) int {
	if drawn, ok := u.drawn[n]; ok {
		return drawn
	}
	u.drawn[n] = maxDrawn + 1
	sum := 1
	if target := u.byID[strings.TrimPrefix(n.attr("href"), "#")]; target != nil && n.name == "use" {
		sum += u.count(target)
	}
	for _, child := range n.children {
		if sum <= maxDrawn {
			sum += u.count(child)
		}
	}
	u.drawn[n] = sum
	return sum
}

func (n *node) attr(name string) string {
	i := slices.IndexFunc(n.attrs, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		return ""
	}
	return n.attrs[i].Value
}
