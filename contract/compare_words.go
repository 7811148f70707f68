package contract

import (
	"maps"
	"slices"
	"strings"
)

// words compares what stands in the schemas for people.
func (c *comparer) words(s spot, old, new part) {
	before, after := old.words(), new.words()
	if len(old.keywords()) == 0 || len(new.keywords()) == 0 {
		return // nothing is written there
	}
	var changed []string
	for _, keyword := range keysOf(before, after) {
		if !sameText(before[keyword], after[keyword]) {
			changed = append(changed, keyword)
		}
	}
	if len(changed) > 0 {
		c.add(s, old, new, changed[0], Change{Impact: Documentation, What: "other words: " + strings.Join(changed, ", ")})
	}
}

// words returns what a schema says for people, by keyword. What stands beside a
// reference counts before what stands behind it.
func (p part) words() map[string]any {
	all := map[string]any{}
	for _, l := range slices.Backward(p.links) {
		for keyword, v := range l.keywords {
			if isWord(keyword) {
				all[keyword] = v
			}
		}
	}
	return all
}

// keysOf returns the keys of several maps, sorted.
func keysOf(all ...map[string]any) (keys []string) {
	for _, m := range all {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
