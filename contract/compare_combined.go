package contract

import (
	"slices"
	"strconv"
)

// combinations compares the schemas that hold for the same value.
func (c *comparer) combinations(s spot, old, new part) {
	c.all(s, old, new)
	c.alternatives(s, old, new, "anyOf")
	c.alternatives(s, old, new, "oneOf")
	c.conditional(s, old, new)
}

// all compares what must hold altogether. Schemas that are not the same are
// compared in their order, if it is clear which became which.
func (c *comparer) all(s spot, old, new part) {
	gone, came := c.different(s, old.all(), new.all())
	if len(gone) == len(came) {
		for i := range gone {
			c.compare(s, gone[i], came[i])
		}
		return
	}
	if len(gone) > 0 {
		c.add(s, old, new, "allOf", Change{What: "conditions of allOf are gone", Templates: otherValues})
	}
	if len(came) > 0 {
		c.add(s, old, new, "allOf", Change{What: "conditions of allOf are new", Backends: "data that does not satisfy them is refused"})
	}
}

// all returns the schemas of allOf, and the one that a $ref with conditions beside it leads to.
func (p part) all() []part {
	all := p.list("allOf")
	if ref := p.get("$ref"); ref != nil {
		all = append(all, p.document.part(map[string]any{"$ref": ref}, p.at()))
	}
	return all
}

// list returns the schemas in the list under a keyword.
func (p part) list(keyword string) (all []part) {
	schemas, _ := p.get(keyword).([]any)
	for i, schema := range schemas {
		all = append(all, p.below(schema, keyword, strconv.Itoa(i)))
	}
	return all
}

// different returns the schemas of two lists without those that are in both.
func (c *comparer) different(s spot, before, after []part) (gone, came []part) {
	came = after
	for _, old := range before {
		i := slices.IndexFunc(came, func(new part) bool { return c.same(s, old, new) })
		if i < 0 {
			gone = append(gone, old)
		} else {
			came = slices.Concat(came[:i], came[i+1:])
		}
	}
	return gone, came
}

// alternatives compares the schemas of anyOf, or of oneOf.
func (c *comparer) alternatives(s spot, old, new part, keyword string) {
	gone, came := c.different(s, old.list(keyword), new.list(keyword))
	switch {
	case len(gone)+len(came) == 0:
	case !old.has(keyword):
		c.add(s, old, new, keyword, Change{What: keyword + " is new", Backends: "data that does not satisfy it is refused"})
	case !new.has(keyword):
		c.add(s, old, new, keyword, Change{What: keyword + " is gone", Templates: otherValues})
	case keyword == "anyOf" && len(came) == 0:
		c.add(s, old, new, keyword, Change{What: "alternatives of anyOf are gone", Backends: "data that only they allowed is refused"})
	case keyword == "anyOf" && len(gone) == 0:
		c.add(s, old, new, keyword, Change{What: "alternatives of anyOf are new", Templates: otherValues})
	default:
		c.undecided(s, old, new, keyword, keyword+" has other alternatives")
	}
}

// conditional compares if, then and else. With the same condition, what follows
// from it can be compared.
func (c *comparer) conditional(s spot, old, new part) {
	switch was, is := old.isConditional(), new.isConditional(); {
	case !was && !is:
	case !was:
		c.add(s, old, new, "if", Change{What: "a condition is new", Backends: "data that does not satisfy it is refused"})
	case !is:
		c.add(s, old, new, "if", Change{What: "a condition is gone", Templates: otherValues})
	case !c.same(s, old.allowed("if"), new.allowed("if")):
		c.undecided(s, old, new, "if", "the condition of if is another")
	default:
		then, otherwise := s, s
		then.when = ", where the condition of if holds"
		otherwise.when = ", where the condition of if does not hold"
		c.compare(then, old.allowed("then"), new.allowed("then"))
		c.compare(otherwise, old.allowed("else"), new.allowed("else"))
	}
}

func (p part) isConditional() bool { return p.has("if") && (p.has("then") || p.has("else")) }
