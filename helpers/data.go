package helpers

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/dicode/platen"
)

const fieldPath = `field is a path as in "actual.value". An item without it is an error, so that a misspelt name is seen; with optional=true it counts as null.`

func dataHelpers() []definition {
	return []definition{{
		signature: "count list",
		summary:   "The number of items of a list or of fields of an object.",
		examples:  []Example{{`{{count materials}}`, `{"materials":[{},{}]}`, "2"}},
		run: func(a *args) any {
			if o, ok := a.value(0).(*platen.Object); ok {
				return json.Number(strconv.Itoa(o.Len()))
			}
			return json.Number(strconv.Itoa(len(a.list(0))))
		},
	}, {
		signature: "first list",
		summary:   "The first item of a list. An empty list is an error: guard it with {{#if list}}.",
		examples:  []Example{{`{{first results}}`, `{"results":["7.2","7.4"]}`, "7.2"}},
		run: func(a *args) any {
			if list := a.filled(0); a.err == nil {
				return list[0]
			}
			return nil
		},
	}, {
		signature: "last list",
		summary:   "The last item of a list. An empty list is an error: guard it with {{#if list}}.",
		examples:  []Example{{`{{last results}}`, `{"results":["7.2","7.4"]}`, "7.4"}},
		run: func(a *args) any {
			if list := a.filled(0); a.err == nil {
				return list[len(list)-1]
			}
			return nil
		},
	}, {
		signature: "sortBy list [field] [desc=false] [numeric=false] [optional=false]",
		summary: `The list, or the list of objects by a field, in ascending order; equal items keep their order and nulls come last.
			Text sorts by code point, numbers by value, times by instant; numeric=true sorts text with digits as numbers. ` + fieldPath,
		examples: []Example{
			{`{{#each (sortBy steps "no" numeric=true)}}{{no}} {{/each}}`, `{"steps":[{"no":"10"},{"no":"9"}]}`, "9 10 "},
			{`{{join (sortBy results desc=true) ", "}}`, `{"results":[2,10,1]}`, "10, 2, 1"},
		},
		run: sortBy,
	}, {
		signature: "where list field value [op=eq] [optional=false]",
		summary:   `The items whose field compares to value by op=: eq, ne, lt, le, gt or ge, with the rules of those helpers. ` + fieldPath,
		examples: []Example{
			{`{{#each (where deviations "status" "open")}}{{id}}{{/each}}`, `{"deviations":[{"id":"DEV-1","status":"closed"},{"id":"DEV-2","status":"open"}]}`, "DEV-2"},
			{`{{count (where results "value" "7.0" op="lt")}}`, `{"results":[{"value":"6.9"},{"value":"7.1"}]}`, "1"},
		},
		run: where,
	}, {
		signature: "groupBy list field [optional=false]",
		summary:   `The items in groups of equal field: a list of objects with key and items, in the order in which the keys first appear. ` + fieldPath,
		examples: []Example{{
			`{{#each (groupBy materials "class")}}{{key}}:{{#each items}} {{code}}{{/each}};{{/each}}`,
			`{"materials":[{"class":"API","code":"A1"},{"class":"excipient","code":"E1"},{"class":"API","code":"A2"}]}`,
			"API: A1 A2;excipient: E1;",
		}},
		run: groupBy,
	}, {
		signature: "join list separator [field=]",
		summary:   "The items, text or numbers, or that field of each, as one text with the separator between them.",
		examples: []Example{
			{`{{join lots ", "}}`, `{"lots":["L1","L2"]}`, "L1, L2"},
			{`{{join people " / " field="name"}}`, `{"people":[{"name":"A. Beck"},{"name":"C. Dahl"}]}`, "A. Beck / C. Dahl"},
		},
		run: join,
	}}
}

func (a *args) filled(i int) []any {
	list := a.list(i)
	if len(list) == 0 {
		a.fail("%s is an empty list: guard it with {{#if}}", a.place(i))
	}
	return list
}

// pick returns what stands at a dotted path of item, or with an empty path the
// item itself, and its place.
func (a *args) pick(at place, item any, path string) (place, any) {
	if path == "" {
		return at, item
	}
	v, ok := lookup(item, path)
	at = at.in(path)
	if !ok {
		a.fail("%s does not exist", at)
	}
	return at, v
}

func lookup(v any, path string) (any, bool) {
	for name := range strings.SplitSeq(path, ".") {
		o, ok := v.(*platen.Object)
		if !ok {
			return nil, false
		}
		if v, ok = o.Get(name); !ok {
			return nil, false
		}
	}
	return v, true
}

// fields returns the value at path of every item of argument 1, null for a
// missing one if optional=true. An empty path stands for the items themselves.
func (a *args) fields(list []any, path string) []any {
	optional := a.boolOption("optional")
	values := make([]any, len(list))
	for i, item := range list {
		if path == "" {
			values[i] = item
			continue
		}
		v, ok := lookup(item, path)
		if !ok && !optional {
			a.fail("item %d of %s has no %s: mend the name, or give optional=true if it may be absent", i, a.place(0), path)
			return values
		}
		values[i] = v
	}
	return values
}

func (a *args) fieldName(i int) string {
	name := a.text(i)
	if name == "" {
		a.fail("%s is empty", a.place(i))
	}
	return name
}

func sortBy(a *args) any {
	list, path := a.list(0), ""
	if a.given(1) {
		path = a.fieldName(1)
	}
	keys := a.fields(list, path)
	desc, numeric := a.boolOption("desc"), a.boolOption("numeric")
	compare := a.comparer(keys, numeric)
	if a.err != nil {
		return nil
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if keys[i] == nil || keys[j] == nil {
			return nullsLast(keys[i] == nil, keys[j] == nil)
		}
		if desc {
			return compare(j, i)
		}
		return compare(i, j)
	})
	sorted := make([]any, len(list))
	for i, from := range order {
		sorted[i] = list[from]
	}
	return sorted
}

func nullsLast(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	default:
		return -1
	}
}

// comparer returns the order of two keys by their index, all of one kind: numbers, or times, or text.
func (a *args) comparer(keys []any, numeric bool) func(i, j int) int {
	name := func(i int) place { return a.place(0).at(i) }
	if numeric || all(keys, func(v any) bool { _, ok := v.(json.Number); return ok }) {
		return byKey(keys, func(i int) *apd.Decimal { return a.asDecimal(name(i), keys[i]) }, (*apd.Decimal).Cmp)
	}
	if all(keys, func(v any) bool { _, ok := parseMoment(v); return ok }) {
		return a.byTime(keys)
	}
	return byKey(keys, func(i int) string {
		s, ok := keys[i].(string)
		if !ok {
			a.fail("%s is %s among keys that are not all so: numeric=true sorts numbers and digits together", name(i), kind(keys[i]))
		}
		return s
	}, strings.Compare)
}

func (a *args) byTime(keys []any) func(i, j int) int {
	var dates, times bool
	return byKey(keys, func(i int) moment {
		m, _ := parseMoment(keys[i])
		dates, times = dates || m.dateOnly, times || !m.dateOnly
		if dates && times {
			a.fail("%s is a time among dates, or a date among times: they have no order", a.place(0).at(i))
		}
		return m
	}, moment.compare)
}

func all(values []any, holds func(any) bool) bool {
	for _, v := range values {
		if v != nil && !holds(v) {
			return false
		}
	}
	return true
}

func byKey[T any](keys []any, parse func(int) T, compare func(T, T) int) func(i, j int) int {
	parsed := make([]T, len(keys))
	for i, k := range keys {
		if k != nil {
			parsed[i] = parse(i)
		}
	}
	return func(i, j int) int { return compare(parsed[i], parsed[j]) }
}

func where(a *args) any {
	list, path := a.list(0), a.fieldName(1)
	values, wanted := a.fields(list, path), a.value(2)
	op := a.choice("op", "eq", "ne", "lt", "le", "gt", "ge")
	kept := []any{}
	for i, item := range list {
		if a.err != nil {
			return nil
		}
		if a.compares(op, a.place(0).at(i).in(path), values[i], a.place(2), wanted) {
			kept = append(kept, item)
		}
	}
	return kept
}

func (a *args) compares(op string, atX place, x any, atY place, y any) bool {
	switch op {
	case "eq":
		return a.same(atX, x, atY, y)
	case "ne":
		return !a.same(atX, x, atY, y)
	}
	switch c := a.order(atX, x, atY, y); op {
	case "lt":
		return c < 0
	case "le":
		return c <= 0
	case "gt":
		return c > 0
	default:
		return c >= 0
	}
}

func groupBy(a *args) any {
	list, path := a.list(0), a.fieldName(1)
	keys := a.fields(list, path)
	groups := []any{}
	at := map[any]int{}
	items := [][]any{}
	for i, item := range list {
		id := a.groupID(a.place(0).at(i).in(path), keys[i])
		if a.err != nil {
			return nil
		}
		g, known := at[id]
		if !known {
			g = len(groups)
			at[id] = g
			groups = append(groups, keys[i])
			items = append(items, nil)
		}
		items[g] = append(items[g], item)
	}
	for g, key := range groups {
		groups[g] = platen.NewObject(platen.Field{Name: "key", Value: key}, platen.Field{Name: "items", Value: items[g]})
	}
	return groups
}

// groupID returns a value that is equal for equal keys; 1.0 and 1 are one key.
func (a *args) groupID(at place, v any) any {
	switch v.(type) {
	case nil, bool, string:
		return v
	case json.Number:
		d := a.asDecimal(at, v)
		d.Reduce(d)
		return json.Number(d.String())
	}
	a.fail("%s is %s: only text, numbers, booleans and null make groups", at, kind(v))
	return nil
}

func join(a *args) any {
	list, separator, field := a.list(0), a.text(1), a.textOption("field")
	parts := make([]string, len(list))
	size := len(list) * len(separator)
	for i, item := range list {
		parts[i] = a.asText(a.pick(a.place(0).at(i), item, field))
		size += len(parts[i])
	}
	if size > maxText {
		a.fail("the result is longer than %d bytes", maxText)
		return nil
	}
	return strings.Join(parts, separator)
}
