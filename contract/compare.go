package contract

import (
	"cmp"
	"slices"
)

// An Impact says what a change of a contract asks of those who use it.
type Impact string

const (
	// Documentation: titles and descriptions only. The contract keeps its number.
	Documentation Impact = "documentation"
	// Additive: what backends send stays valid, and templates find what they
	// found. The contract keeps its number.
	Additive Impact = "additive"
	// Breaking: the contract needs a new number.
	Breaking Impact = "breaking"
)

// A Change is one difference between two versions of a contract. It stands once
// for one place of the schema, with all places of the data that it concerns.
type Change struct {
	Impact Impact `json:"impact"`
	// Paths are JSON Pointers into the data, with * for the items of a list and
	// for fields that the schema does not name: /materials/*/lot.
	Paths []string `json:"paths"`
	What  string   `json:"what"`
	// Backends says why data that was valid may be refused, Templates why a
	// template may not find what it found. Empty: that cannot be.
	Backends  string `json:"backends,omitempty"`
	Templates string `json:"templates,omitempty"`
	Old       Source `json:"old"`
	New       Source `json:"new"`

	absence bool     // a template that asks whether the value is there is not concerned
	sites   []string // where the old schema describes the values, as in Shape.source
}

// A Source is the place in the text of a schema that says what a Change is
// about, or of what surrounds the place where nothing says it.
type Source struct {
	Pointer string `json:"pointer"` // RFC 6901
	Line    int    `json:"line"`    // from 1
}

// Changes are the differences between two versions, in the order of their first paths.
type Changes []Change

// Impact returns the gravest impact among the changes, "" if there are none.
func (cs Changes) Impact() Impact {
	for _, impact := range []Impact{Breaking, Additive, Documentation} {
		if slices.ContainsFunc(cs, func(c Change) bool { return c.Impact == impact }) {
			return impact
		}
	}
	return ""
}

// Compare lists what differs between an old and a new version of a contract. It
// errs on the safe side: what cannot be decided, such as whether a new pattern
// allows all that the old one did, is Breaking and says so.
func Compare(old, new *Contract) Changes {
	if old.digest == new.digest {
		return nil
	}
	steps := maxPairs
	c := &comparer{active: map[pair]bool{}, equal: map[pair]bool{}, steps: &steps}
	before, after := readDocument(old.schema).root(), readDocument(new.schema).root()
	whole := spot{member: "#", value: before.id()}
	c.compare(whole, before, after)
	if steps < 0 {
		c.undecided(whole, before, after, "", "the schemas are too large to be compared to the end")
	}
	for i := range c.found {
		c.found[i].Paths = sortedSet(c.found[i].Paths)
		c.found[i].sites = sortedSet(c.found[i].sites)
	}
	slices.SortStableFunc(c.found, func(a, b Change) int { return cmp.Compare(a.Paths[0], b.Paths[0]) })
	return c.found
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// maxPairs bounds the comparison of schemas whose definitions use each other in
// so many ways that the data has hardly fewer paths than there are atoms.
const maxPairs = 100_000

// A comparer walks two schemas side by side, once for each path of the data.
type comparer struct {
	found  Changes
	real   int           // differences that are not in words only
	active map[pair]bool // what is being compared: recursion ends there
	equal  map[pair]bool // what is being asked for being the same
	steps  *int          // pairs that may still be compared
}

// A pair is what is compared: two ids of parts.
type pair struct{ old, new string }

// A spot is the place that two schemas describe.
type spot struct {
	path   string // in the data
	member string // where the old schema has it as a field or item, as in Shape.source
	value  string // the old schema behind $ref, as in Shape.source; empty until it is known
	when   string // the condition, in words
}

// below returns the spot of a field or of items; keyword is where the old schema has them.
func (s spot) below(token, keyword string) spot {
	return spot{path: s.path + "/" + token, member: s.value + "/" + keyword, when: s.when}
}

// compare adds what differs between two schemas of one spot.
func (c *comparer) compare(s spot, old, new part) {
	p := pair{old.id(), new.id()}
	if c.active[p] {
		return
	}
	if s.value == "" {
		s.value = s.member
		if !old.implied {
			s.value = old.id()
		}
	}
	if *c.steps--; *c.steps < 0 {
		return
	}
	c.active[p] = true
	defer delete(c.active, p)
	c.words(s, old, new)
	switch {
	case old.isNothing() && new.isNothing():
	case old.isNothing():
		c.add(s, old, new, "", Change{What: "something may stand there now"})
	case new.isNothing():
		c.add(s, old, new, "", Change{What: "nothing may stand there any more", Backends: "data that has something there is refused", Templates: "a template that reads it finds nothing"})
	default:
		c.values(s, old, new)
	}
}

// values compares schemas that both allow something.
func (c *comparer) values(s spot, old, new part) {
	both := c.types(s, old, new)
	if both == 0 {
		return
	}
	c.choices(s, old, new, both)
	c.bounds(s, old, new, both)
	c.rules(s, old, new, both)
	if both&isObject != 0 {
		c.fields(s, old, new)
	}
	if both&isArray != 0 {
		c.items(s, old, new)
	}
	c.combinations(s, old, new)
}

// add notes a change, or one more path of one that is there. Its keyword is the
// one of the schemas that says it, "" for the whole.
func (c *comparer) add(s spot, old, new part, keyword string, change Change) {
	change.Old, change.New = old.source(keyword), new.source(keyword)
	switch {
	case change.Backends+change.Templates != "":
		change.Impact = Breaking
	case change.Impact == "":
		change.Impact = Additive
	}
	if change.Impact != Documentation {
		c.real++
	}
	change.What += s.when
	i := slices.IndexFunc(c.found, change.isAt)
	if i < 0 {
		i = len(c.found)
		c.found = append(c.found, change)
	}
	known := &c.found[i]
	known.Paths = append(known.Paths, s.path)
	known.sites = append(known.sites, s.member)
	if keyword != "" || s.member == "#" {
		known.sites = append(known.sites, s.value)
	}
}

// isAt reports whether a change says the same of the same place of the schemas.
func (c *Change) isAt(other Change) bool {
	return c.Old == other.Old && c.New == other.New && c.What == other.What
}

// undecided notes a change of which it cannot be said what it takes away.
func (c *comparer) undecided(s spot, old, new part, keyword, what string) {
	c.add(s, old, new, keyword, Change{
		What:      what,
		Backends:  "whether data that was valid is refused cannot be decided",
		Templates: "whether a template meets what it does not expect cannot be decided",
	})
}
