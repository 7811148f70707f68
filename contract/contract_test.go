package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

func TestOpen(t *testing.T) {
	want := []string{"batch-record/1", "certificate-of-analysis/1", "diff-report/1", "validation-pack/1"}
	if diff := cmp.Diff(want, contract.Names()); diff != "" {
		t.Fatalf("names (-want +got):\n%s", diff)
	}
	for _, name := range want {
		c := open(t, name)
		if c.Name() != name || c.Title() == "" || !json.Valid(c.Schema()) {
			t.Errorf("%s: name %q, title %q, or its schema is no JSON", name, c.Name(), c.Title())
		}
		example := parse(t, c.Example())
		if err := c.Validate(example); err != nil {
			t.Errorf("example: %v", err)
		}
		if got := contract.NameIn(example); got != name {
			t.Errorf("the example of %s names %q", name, got)
		}
	}
}

func TestOpenUnknown(t *testing.T) {
	for name, want := range map[string]string{
		"nope/9":         `contract "nope/9" is not found: the contracts are batch-record/1, certificate-of-analysis/1, diff-report/1, validation-pack/1`,
		"batch-recrod/1": `contract "batch-recrod/1" is not found: the contracts are batch-record/1, certificate-of-analysis/1, diff-report/1, validation-pack/1; did you mean "batch-record/1"?`,
		"":               `contract "" is not found: the contracts are batch-record/1, certificate-of-analysis/1, diff-report/1, validation-pack/1`,
	} {
		c, err := contract.Open(name)
		if c != nil || !errors.Is(err, platen.NotFound) || err.Error() != want {
			t.Errorf("Open(%q) = %v, %v\nwant %s", name, c, err, want)
		}
	}
}

func TestSchemaIsACopy(t *testing.T) {
	c := open(t, "batch-record/1")
	c.Schema()[0], c.Example()[0] = 'x', 'x'
	if c.Schema()[0] != '{' || c.Example()[0] != '{' {
		t.Error("a caller can change the contract")
	}
}

// Everybody who reads a schema finds every field explained.
func TestEveryFieldHasTitleAndDescription(t *testing.T) {
	for _, name := range contract.Names() {
		var schema map[string]any
		if err := json.Unmarshal(open(t, name).Schema(), &schema); err != nil {
			t.Fatal(err)
		}
		explained(t, name+"#", schema, schema)
	}
}

func explained(t *testing.T, at string, root map[string]any, schema any) {
	t.Helper()
	m, ok := schema.(map[string]any)
	if !ok {
		return
	}
	fields, _ := m["properties"].(map[string]any)
	for field, v := range fields {
		f := v.(map[string]any)
		if strings.HasSuffix(at, "/if") {
			continue
		}
		for _, keyword := range []string{"title", "description"} {
			if f[keyword] == nil && referred(root, f)[keyword] == nil {
				t.Errorf("%s/properties/%s has no %s", at, field, keyword)
			}
		}
	}
	for key, v := range m {
		explained(t, at+"/"+key, root, v)
	}
}

func referred(root, m map[string]any) map[string]any {
	ref, _ := m["$ref"].(string)
	definitions := root["$defs"].(map[string]any)
	d, _ := definitions[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	return d
}

// Requirement: R-02
func TestValidateRefusesWhatIsNoRecord(t *testing.T) {
	c := open(t, "batch-record/1")
	for src, want := range map[string]string{
		`null`:   "want an object, found null",
		`[]`:     "want an object, found an empty list",
		`[1, 2]`: "want an object, found a list of 2",
		`"x"`:    `want an object, found the text "x"`,
		`12.50`:  "want an object, found the number 12.50",
		`true`:   "want an object, found true",
		`{"contract": "certificate-of-analysis/1"}`: `/contract: want "batch-record/1", found the text "certificate-of-analysis/1"`,
	} {
		err := c.Validate(parse(t, []byte(src)))
		if !errors.Is(err, platen.Invalid) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v\nwant %s", src, err, want)
		}
	}
}

// Requirement: R-02
func TestValidateListsAllInOrderOfTheDataAndBounded(t *testing.T) {
	c := open(t, "batch-record/1")
	record := parse(t, c.Example()).(*platen.Object)
	var entries []any
	for i := range 250 {
		entries = append(entries, platen.NewObject(platen.Field{Name: "at", Value: fmt.Sprint(i)}))
	}
	record.Set("audit", entries)
	record.Set("zeta", nil)
	var e *contract.Error
	if err := c.Validate(record); !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if len(e.Violations) != contract.MaxViolations || e.More != 250*7+1-contract.MaxViolations {
		t.Errorf("%d violations and %d more", len(e.Violations), e.More)
	}
	var got []string
	for _, v := range e.Violations[:9] {
		got = append(got, v.Pointer)
	}
	want := []string{"/audit/0/by", "/audit/0/action", "/audit/0/ref", "/audit/0/old", "/audit/0/new", "/audit/0/reason", "/audit/0/at", "/audit/1/by", "/audit/1/action"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(e.Error(), "\n  and 1651 more") {
		t.Errorf("the text ends with %q", e.Error()[len(e.Error())-40:])
	}
}

func TestPointersAreEscapedAndValuesAreCut(t *testing.T) {
	c := open(t, "batch-record/1")
	record := parse(t, c.Example()).(*platen.Object)
	record.Set("a/b~c", strings.Repeat("ü", 500))
	err := c.Validate(record)
	want := `/a~1b~0c: want no field of this name (fields of your own go into "extensions"), found the text "` + strings.Repeat("ü", 40) + `…"`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// Exact fractions of such numbers would take minutes and gigabytes.
func TestNumbersOfManyDigitsAreCheap(t *testing.T) {
	c := open(t, "batch-record/1")
	src := string(c.Example())
	for _, number := range []string{"1e999999999", "1e-999999999", strings.Repeat("9", 100_000), "2.5", "0"} {
		bad := strings.Replace(src, `"expiry": "2028-06-30"`, `"expiry": "2028-06-30", "containers": `+number, 1)
		var e *contract.Error
		if err := c.Validate(parse(t, []byte(bad))); !errors.As(err, &e) || e.Violations[0].Pointer != "/materials/0/containers" || len(e.Violations) != 1 {
			t.Errorf("containers %.20s: %v", number, err)
		}
	}
	own := strings.Replace(src, `"audit": [`, `"extensions": {"x": [1e999999999, {"y": null}]}, "audit": [`, 1)
	if err := c.Validate(parse(t, []byte(own))); err != nil {
		t.Errorf("extensions: %v", err)
	}
}

func TestTimesAndZones(t *testing.T) {
	c := open(t, "batch-record/1")
	src := string(c.Example())
	for value, valid := range map[string]bool{
		"2026-03-02T05:40:12Z": true, "2026-03-02T05:40:12.125-05:30": true, "2024-02-29T23:59:59+14:00": true,
		"2026-03-02T05:40:12": false, "2026-03-02 05:40:12Z": false, "2026-03-02t05:40:12z": false, "2026-03-02T05:40:60Z": false,
		"2026-03-02T24:00:00Z": false, "2026-02-29T05:40:12Z": false, "2026-03-02T05:40Z": false, "2026-03-02T05:40:12+0100": false, "2026-03-02T05:40:12,5Z": false, "": false,
	} {
		err := c.Validate(parse(t, []byte(strings.Replace(src, `"createdAt": "2026-03-02T05:40:12+01:00"`, `"createdAt": "`+value+`"`, 1))))
		if (err == nil) != valid {
			t.Errorf("time %q: %v", value, err)
		}
	}
	for zone, valid := range map[string]bool{"UTC": true, "Asia/Tokyo": true, "America/Argentina/Ushuaia": true, "Local": false, "": false, "CEST+2": false, "../etc/passwd": false, "Mars/Base": false} {
		err := c.Validate(parse(t, []byte(strings.Replace(src, "Europe/Berlin", zone, 1))))
		if (err == nil) != valid {
			t.Errorf("zone %q: %v", zone, err)
		}
	}
}

func TestReferencesMayLeadToAnySetThatIsNamed(t *testing.T) {
	c := open(t, "batch-record/1")
	src := string(c.Example())
	const ref = `"action": "create", "ref": "BR-2026-00417"`
	for id, valid := range map[string]bool{"BR-2026-00417": true, "UP-1": true, "OP-1.1": true, "PH-1.1.1": true, "PA-1.1.1-1": true, "M-01": true, "S-1": true, "IPC-1": true, "BS26C017": false, "ph-1.1.1": false} {
		err := c.Validate(parse(t, []byte(strings.Replace(src, ref, `"action": "create", "ref": "`+id+`"`, 1))))
		if (err == nil) != valid {
			t.Errorf("ref %q: %v", id, err)
		}
	}
	twice := strings.Replace(src, `"id": "PH-1.1.1"`, `"id": "UP-1"`, 1)
	err := c.Validate(parse(t, []byte(twice)))
	want := `/procedure/0/operations/0/phases/0/id: want an id that stands once among the steps, found the text "UP-1" a second time`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("an id twice in the tree: %v", err)
	}
}

func TestNameIn(t *testing.T) {
	for src, want := range map[string]string{`{"contract": "x/1"}`: "x/1", `{"contract": 1}`: "", `{}`: "", `[]`: "", `null`: ""} {
		if got := contract.NameIn(parse(t, []byte(src))); got != want {
			t.Errorf("%s: %q", src, got)
		}
	}
}

func TestValidateIsSafeForConcurrentUse(t *testing.T) {
	c := open(t, "batch-record/1")
	record := parse(t, c.Example())
	errs := make(chan error)
	for range 8 {
		go func() { errs <- c.Validate(record) }()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// Fuzz it with -fuzzminimizetime 10x: the order of maps makes coverage waver, and
// the default spends its time on that.
func FuzzValidate(f *testing.F) {
	for _, name := range contract.Names() {
		c, _ := contract.Open(name)
		f.Add(c.Example())
	}
	f.Add([]byte(`{"contract": "batch-record/1", "people": [{"id": 1}, {"id": ""}, null], "procedure": [[{}]], "materials": {"0": 1e9}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		v, err := platen.ParseData(src, platen.DataLimits{Bytes: 1 << 20, Depth: 32, Values: 1 << 20})
		if err != nil {
			return // not JSON
		}
		for _, name := range contract.Names() {
			c := open(t, name)
			first, second := c.Validate(v), c.Validate(v)
			if fmt.Sprint(first) != fmt.Sprint(second) {
				t.Errorf("two answers:\n%v\n%v", first, second)
			}
			var e *contract.Error
			if errors.As(first, &e) && slices.ContainsFunc(e.Violations, func(v contract.Violation) bool { return v.Expected == "" || v.Found == "" }) {
				t.Errorf("a violation without words: %v", first)
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	for _, name := range []string{"tablet-2p", "tablet-20p", "tablet-100p", "tablet-500p"} {
		b.Run(name, func(b *testing.B) {
			record := parse(b, read(b, data+name+".json"))
			c := open(b, "batch-record/1")
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Validate(record); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func open(t testing.TB, name string) *contract.Contract {
	t.Helper()
	c, err := contract.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
