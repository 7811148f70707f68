package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// difference says how a keyword differs between two schemas.
func difference(keyword string, old, new part) string {
	before, was := scalar(old.get(keyword))
	after, is := scalar(new.get(keyword))
	switch {
	case was && is:
		return fmt.Sprintf("%s is %s, was %s", keyword, after, before)
	case was && !new.has(keyword):
		return fmt.Sprintf("%s is gone, was %s", keyword, before)
	case is && !old.has(keyword):
		return fmt.Sprintf("%s is new: %s", keyword, after)
	case !new.has(keyword):
		return keyword + " is gone"
	case !old.has(keyword):
		return keyword + " is new"
	}
	return keyword + " is another"
}

// scalar writes a text, a number, true or false as in JSON.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return quote(v), true
	case json.Number:
		return cut(string(v)), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// keysOf returns the keys of several maps, sorted.
func keysOf(all ...map[string]any) (keys []string) {
	for _, m := range all {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	return sortedSet(keys)
}
