package helpers

import "testing"

func TestData(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"count", `[[1,2]]`, ``, "2"},
		{"count", `[{"a":1}]`, ``, "1"},
		{"count", `["ab"]`, ``, "error: argument 1 (list) is text, not a list"},
		{"first", `[[1,2]]`, ``, "1"},
		{"first", `[[]]`, ``, "error: argument 1 (list) is an empty list"},
		{"last", `[[1,2]]`, ``, "2"},
		{"last", `[null]`, ``, "error: argument 1 (list) is null, not a list"},

		{"sortBy", `[[10,9,1.5]]`, ``, "[1.5,9,10]"},
		{"sortBy", `[["10","9"]]`, ``, `["10","9"]`},
		{"sortBy", `[["10","9"]]`, `{"numeric":true}`, `["9","10"]`},
		{"sortBy", `[["a",1]]`, ``, "error: argument 1 (list), item 1 is a number among keys"},
		{"sortBy", `[["2026-03-01T10:00:00+02:00","2026-03-01T09:00:00+02:00","2026-03-01T07:30:00Z"]]`, ``,
			`["2026-03-01T09:00:00+02:00","2026-03-01T07:30:00Z","2026-03-01T10:00:00+02:00"]`},
		{"sortBy", `[["2026-03-01T10:00:00Z","2026-03-01"]]`, ``, "error: argument 1 (list), item 1 is a time among dates, or a date among times"},
		{"sortBy", `[["2026-03-02","2026-03-01",null]]`, ``, `["2026-03-01","2026-03-02",null]`},
		{"sortBy", `[["beta","alpha"]]`, ``, `["alpha","beta"]`},
		{"sortBy", `[[{"k":{"n":2},"i":1},{"k":{"n":1},"i":2},{"k":{"n":2},"i":3}],"k.n"]`, ``,
			`[{"k":{"n":1},"i":2},{"k":{"n":2},"i":1},{"k":{"n":2},"i":3}]`},
		{"sortBy", `[[{"k":1,"i":1},{"k":null},{"k":2,"i":2},{"k":1,"i":3}],"k"]`, `{"desc":true}`,
			`[{"k":2,"i":2},{"k":1,"i":1},{"k":1,"i":3},{"k":null}]`},
		{"sortBy", `[[{"k":1},{}],"k"]`, ``, "error: item 1 of argument 1 (list) has no k: mend the name"},
		{"sortBy", `[[{},{"k":1}],"k"]`, `{"optional":true}`, `[{"k":1},{}]`},

		{"where", `[[{"s":"a"},{"s":"b"}],"s","b"]`, ``, `[{"s":"b"}]`},
		{"where", `[[{"s":"a"},{"s":"b"},{"s":null}],"s","b"]`, `{"op":"ne"}`, `[{"s":"a"},{"s":null}]`},
		{"where", `[[{"v":"9"},{"v":"10"}],"v",9.5]`, `{"op":"gt"}`, `[{"v":"10"}]`},
		{"where", `[[{"v":"9"}],"v","9"]`, `{"op":"ge"}`, `[{"v":"9"}]`},
		{"where", `[[{"v":"9"}],"v","9"]`, `{"op":"le"}`, `[{"v":"9"}]`},
		{"where", `[[{"v":"9"}],"v","9"]`, `{"op":"lt"}`, `[]`},
		{"where", `[[{"v":null}],"v","9"]`, `{"op":"lt"}`, "error: argument 1 (list), item 0, v is null, not a number"},
		{"where", `[[{"s":"a"}],"staus","a"]`, ``, "error: item 0 of argument 1 (list) has no staus"},
		{"where", `[[{"s":"a"},{}],"s","a"]`, `{"optional":true}`, `[{"s":"a"}]`},
		{"where", `[[{"s":"a"}],"","a"]`, ``, "error: argument 2 (field) is empty"},

		{"groupBy", `[[{"c":"y","i":1},{"c":"x","i":2},{"c":"y","i":3}],"c"]`, ``,
			`[{"key":"y","items":[{"c":"y","i":1},{"c":"y","i":3}]},{"key":"x","items":[{"c":"x","i":2}]}]`},
		{"groupBy", `[[{"c":1.0},{"c":1},{"c":null}],"c"]`, ``,
			`[{"key":1.0,"items":[{"c":1.0},{"c":1}]},{"key":null,"items":[{"c":null}]}]`},
		{"groupBy", `[[{"c":"1"},{"c":1}],"c"]`, ``,
			`[{"key":"1","items":[{"c":"1"}]},{"key":1,"items":[{"c":1}]}]`},
		{"groupBy", `[[{"c":[]}],"c"]`, ``, "error: argument 1 (list), item 0, c is a list"},

		{"join", `[["a",1.50],", "]`, ``, "a, 1.50"},
		{"join", `[[{"n":{"x":"a"}}],", "]`, `{"field":"n.x"}`, "a"},
		{"join", `[["a",null],", "]`, ``, "error: argument 1 (list), item 1 is null, not text"},
		{"join", `[[{}],", "]`, `{"field":"n"}`, "error: argument 1 (list), item 0, n does not exist"},
	})
}
