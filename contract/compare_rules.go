package contract

import (
	"slices"
)

// A rule says how to compare a keyword that has nothing to be walked: it is there
// or not, and is what it was or not.
type rule struct {
	of      types
	dropped string // why a template may break when the keyword is dropped, "" if it cannot
}

const (
	otherForm   = "the text may have a form that helpers do not read"
	otherValues = "a value may stand there that could not"
)

var rules = map[string]rule{
	"pattern":           {isString, otherForm},
	"format":            {isString, otherForm},
	"x-ref":             {isString, "the id may be one that nothing has"},
	"multipleOf":        {isNumber, ""},
	"uniqueItems":       {isArray, ""},
	"propertyNames":     {isObject, ""},
	"dependentRequired": {isObject, "a field may be absent beside another"},
	"dependentSchemas":  {isObject, otherValues},
	"not":               {isAny, otherValues},
}

// walked are the keywords that are compared in functions of their own.
var walked = []string{
	"type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties", "items", "prefixItems",
	"allOf", "anyOf", "oneOf", "if", "then", "else", "$ref",
}

// rules compares the keywords that are not walked. Of those without a rule it
// cannot be said what a difference means.
func (c *comparer) rules(s spot, old, new part, both types) {
	for _, keyword := range keysOf(old.keywords(), new.keywords()) {
		if isWord(keyword) || isFrame(keyword) || slices.Contains(walked, keyword) || isBound(keyword) || c.isAlike(keyword, s, old, new) {
			continue
		}
		rule, known := rules[keyword]
		switch {
		case known && both&rule.of == 0:
		case known && !old.demands(keyword):
			c.add(s, old, new, keyword, Change{What: difference(keyword, old, new), Backends: "data that does not satisfy it is refused"})
		case known && !new.demands(keyword):
			c.add(s, old, new, keyword, Change{What: difference(keyword, old, new), Templates: rule.dropped})
		default:
			c.undecided(s, old, new, keyword, difference(keyword, old, new))
		}
	}
}

// demands reports whether a keyword is there and means something.
func (p part) demands(keyword string) bool { return p.has(keyword) && p.get(keyword) != false }

func isBound(keyword string) bool {
	return slices.ContainsFunc(allBounds, func(b bound) bool { return b.keyword == keyword })
}

// isAlike reports whether a keyword means the same in both schemas.
func (c *comparer) isAlike(keyword string, s spot, old, new part) bool {
	if old.has(keyword) != new.has(keyword) {
		return !old.demands(keyword) && !new.demands(keyword)
	}
	switch keyword {
	case "not", "contains", "propertyNames":
		return c.same(s, old.allowed(keyword), new.allowed(keyword))
	case "dependentSchemas":
		before, after := schemasIn(old, keyword), schemasIn(new, keyword)
		for _, name := range keysOf(before, after) {
			if before[name] == nil || after[name] == nil || !c.same(s, old.below(before[name], keyword, name), new.below(after[name], keyword, name)) {
				return false
			}
		}
		return true
	}
	return sameText(old.get(keyword), new.get(keyword))
}

// same reports whether two schemas differ in words at most.
func (c *comparer) same(s spot, old, new part) bool {
	p := pair{old.id(), new.id()}
	if c.equal[p] {
		return true // unless something else in it differs
	}
	c.equal[p] = true
	defer delete(c.equal, p)
	apart := &comparer{active: map[pair]bool{}, equal: c.equal, steps: c.steps}
	apart.compare(s, old, new)
	return apart.real == 0
}
