package helpers

import (
	"encoding/json"
	"strings"

	"github.com/dicode/platen"
)

const equality = `Text is compared as text, letter by letter; numbers by value, so 1.0 equals 1; null equals only null.
	A number against text is an error, because "10.0" in the data and 10 in the template would differ unnoticed:
	numeric=true compares both as numbers, text with digits included.`

const ordering = `Compares two numbers (or texts with digits) by value, two times by their instant, or two dates. Anything else is an error.`

func logicHelpers() []definition {
	return []definition{{
		signature: "eq a b [numeric=false]",
		summary:   "True when a equals b. " + equality,
		examples: []Example{
			{`{{#if (eq status "released")}}released{{/if}}`, `{"status":"released"}`, "released"},
			{`{{eq actual 10 numeric=true}}`, `{"actual":"10.0"}`, "true"},
		},
		run: func(a *args) any { return a.equal() },
	}, {
		signature: "ne a b [numeric=false]",
		summary:   "True when a differs from b, by the rules of eq.",
		examples:  []Example{{`{{ne status "released"}}`, `{"status":"rejected"}`, "true"}},
		run:       func(a *args) any { return !a.equal() },
	},
		comparison("lt", "a is less than b", "true", func(c int) bool { return c < 0 }),
		comparison("le", "a is less than or equal to b", "true", func(c int) bool { return c <= 0 }),
		comparison("gt", "a is greater than b", "false", func(c int) bool { return c > 0 }),
		comparison("ge", "a is greater than or equal to b", "false", func(c int) bool { return c >= 0 }),
		{
			signature: "and value value...",
			summary:   "True when every value counts as true by the rule of if: not missing, null, false, 0, empty text or an empty list.",
			examples:  []Example{{`{{and critical checkedBy}}`, `{"critical":true}`, "false"}},
			lenient:   true,
			run:       func(a *args) any { return a.countTrue() == len(a.call.Args) },
		}, {
			signature: "or value value...",
			summary:   "True when at least one value counts as true by the rule of if. For the first value that is there, use default.",
			examples:  []Example{{`{{or critical gmpRelevant}}`, `{"gmpRelevant":true}`, "true"}},
			lenient:   true,
			run:       func(a *args) any { return a.countTrue() > 0 },
		}, {
			signature: "not value",
			summary:   "True when value counts as false by the rule of if.",
			examples:  []Example{{`{{not deviations}}`, `{"deviations":[]}`, "true"}},
			lenient:   true,
			run:       func(a *args) any { return a.countTrue() == 0 },
		}, {
			signature: "in value candidate...",
			summary:   "True when value equals one of the candidates by the rules of eq; a candidate that is a list stands for its items.",
			examples: []Example{
				{`{{in status "released" "approved"}}`, `{"status":"approved"}`, "true"},
				{`{{in step critical}}`, `{"step":"4.2","critical":["1.1","4.2"]}`, "true"},
			},
			run: in,
		}, {
			signature: "default value fallback",
			summary:   "The value, or the fallback when the value is missing, null or empty text. 0 and false are values.",
			examples: []Example{
				{`{{default remark "none"}}`, `{}`, "none"},
				{`{{default rejects "-"}}`, `{"rejects":0}`, "0"},
			},
			lenient: true,
			run: func(a *args) any {
				if v := a.value(0); v != nil && v != "" && v != platen.HTML("") {
					return v
				}
				return a.value(1)
			},
		},
	}
}

func comparison(name, when, output string, holds func(int) bool) definition {
	return definition{
		signature: name + " a b",
		summary:   "True when " + when + ". " + ordering,
		examples:  []Example{{"{{" + name + ` actual limit}}`, `{"actual":"9.95","limit":"10.0"}`, output}},
		run:       func(a *args) any { return holds(a.order(a.place(0), a.value(0), a.place(1), a.value(1))) },
	}
}

func (a *args) equal() bool {
	if a.boolOption("numeric") {
		return a.decimal(0).Cmp(a.decimal(1)) == 0
	}
	return a.same(a.place(0), a.value(0), a.place(1), a.value(1))
}

// same is the equality of eq, where and in.
func (a *args) same(atX place, x any, atY place, y any) bool {
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	switch x := x.(type) {
	case bool:
		if y, ok := y.(bool); ok {
			return x == y
		}
	case string:
		if y, ok := y.(string); ok {
			return x == y
		}
	case json.Number:
		if _, ok := y.(json.Number); ok {
			return a.asDecimal(atX, x).Cmp(a.asDecimal(atY, y)) == 0
		}
	}
	a.fail("%s is %s and %s is %s: they cannot be equal or unequal", atX, kind(x), atY, kind(y))
	return false
}

// order is -1, 0 or 1 as x is less than, equal to or greater than y.
func (a *args) order(atX place, x any, atY place, y any) int {
	if mx, ok := parseMoment(x); ok {
		if my, ok := parseMoment(y); ok {
			if mx.dateOnly != my.dateOnly {
				a.fail("of %s and %s one is a time and one a date: they have no order", atX, atY)
			}
			return mx.compare(my)
		}
	}
	dx, errX := parseDecimal(x)
	dy, errY := parseDecimal(y)
	switch {
	case errX != nil:
		a.fail("%s %w", atX, errX)
	case errY != nil:
		a.fail("%s %w", atY, errY)
	default:
		return dx.Cmp(dy)
	}
	return 0
}

func (a *args) countTrue() int {
	n := 0
	for _, v := range a.call.Args {
		if truthy(v) {
			n++
		}
	}
	return n
}

// truthy is the rule of the if block.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case platen.HTML:
		return v != ""
	case json.Number:
		mantissa, _, _ := strings.Cut(strings.ToLower(v.String()), "e")
		return strings.ContainsAny(mantissa, "123456789")
	case []any:
		return len(v) > 0
	default:
		return true
	}
}

func in(a *args) any {
	for i, candidate := range a.call.Args[1:] {
		list, isList := candidate.([]any)
		if !isList {
			list = []any{candidate}
		}
		for _, c := range list {
			if a.same(a.place(0), a.value(0), a.place(i+1), c) {
				return true
			}
		}
	}
	return false
}
