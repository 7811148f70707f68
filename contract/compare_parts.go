package contract

import (
	"maps"
	"slices"
	"strconv"
)

// fields compares the fields of objects.
func (c *comparer) fields(s spot, old, new part) {
	must, mustNow := texts(old.get("required")), texts(new.get("required"))
	before, after := schemasIn(old, "properties"), schemasIn(new, "properties")
	for _, name := range sortedSet(slices.Concat(keysOf(before, after), must, mustNow)) {
		c.field(s.below(escape.Replace(name), "properties/"+escape.Replace(name)), field{
			old.field(name), new.field(name), slices.Contains(must, name), slices.Contains(mustNow, name),
		})
		if (before[name] == nil) != (after[name] == nil) && (old.has("patternProperties") || new.has("patternProperties")) {
			c.undecided(s, old, new, "patternProperties", "patternProperties may apply to the field "+quote(name)+", which only one of the schemas names")
		}
	}
	c.compare(s.below("*", "additionalProperties"), old.others(), new.others())
	c.patterned(s, old, new)
}

// A field is what two schemas say of a field of one name.
type field struct {
	old, new      part
	must, mustNow bool // it is required
}

func (c *comparer) field(s spot, f field) {
	old, new := f.old, f.new
	switch isNew, isGone := old.isNothing() && !f.must, new.isNothing() && !f.mustNow; {
	case isNew && isGone:
		return
	case isNew && f.mustNow:
		c.add(s, old, new, "", Change{What: "the field is new and required", Backends: "data without it is refused"})
		return
	case isNew:
		c.add(s, old, new, "", Change{What: "the field is new and optional"})
		return
	case isGone:
		c.add(s, old, new, "", Change{What: "the field is gone", Backends: "data that has it is refused", Templates: "a template that reads it finds nothing"})
		return
	case f.mustNow && !f.must:
		c.add(s, old, new, "", Change{What: "the field is required, was optional", Backends: "data without it is refused"})
	case f.must && !f.mustNow:
		c.add(s, old, new, "", Change{What: "the field is optional, was required", Templates: "it may be absent", absence: true})
	}
	c.compare(s, old, new)
}

// field returns the schema of a field, be it named or not.
func (p part) field(name string) part {
	if schema, ok := schemasIn(p, "properties")[name]; ok {
		return p.below(schema, "properties", name)
	}
	return p.others()
}

// others returns the schema of the fields that are not named.
func (p part) others() part { return p.allowed("additionalProperties") }

// schemasIn returns the schemas under a keyword, by name.
func schemasIn(p part, keyword string) map[string]any {
	m, _ := p.get(keyword).(map[string]any)
	return m
}

// patterned compares the fields whose names match patterns.
func (c *comparer) patterned(s spot, old, new part) {
	const keyword = "patternProperties"
	before, after := schemasIn(old, keyword), schemasIn(new, keyword)
	if !maps.EqualFunc(before, after, func(any, any) bool { return true }) {
		c.undecided(s, old, new, keyword, keyword+" has other patterns")
		return
	}
	for _, pattern := range keysOf(before) {
		c.compare(s.below("*", "additionalProperties"), old.below(before[pattern], keyword, pattern), new.below(after[pattern], keyword, pattern))
	}
}

// items compares the items of lists: those that have schemas of their own, then the others.
func (c *comparer) items(s spot, old, new part) {
	before, _ := old.get("prefixItems").([]any)
	after, _ := new.get("prefixItems").([]any)
	for i := range max(len(before), len(after)) {
		token := strconv.Itoa(i)
		c.compare(s.below(token, "prefixItems/"+token), old.item(before, i), new.item(after, i))
	}
	c.compare(s.below("*", "items"), old.allowed("items"), new.allowed("items"))
}

func (p part) item(first []any, i int) part {
	if i < len(first) {
		return p.below(first[i], "prefixItems", strconv.Itoa(i))
	}
	return p.allowed("items")
}
