package handlebars_test

import (
	"fmt"
	"testing"
)

// How many random templates TestDifferential tries, each with some data sets.
const (
	randomTemplates = 250
	dataPerTemplate = 8
	workers         = 2
)

// TestDifferential compares random templates with handlebars.js. The seeds are
// fixed, so a failure comes back.
func TestDifferential(t *testing.T) {
	for w := range uint64(workers) {
		t.Run(fmt.Sprint("seeds mod ", w), func(t *testing.T) {
			t.Parallel()
			o := newOracle(t)
			var s score
			for seed := w; seed < randomTemplates; seed += workers {
				d := newSeededDice(seed)
				c := randomCase(d)
				for range dataPerTemplate {
					c.data = randomData(d)
					c.name = fmt.Sprintf("seed %d", seed)
					s.count(o.check(t, c))
				}
				if s.cases-s.agree > 5 {
					t.Fatalf("too many differences: %v", s)
				}
			}
			t.Logf("%v", s)
		})
	}
}

// FuzzDifferential lets the fuzzer make the generator's choices:
// go test -run - -fuzz FuzzDifferential -fuzzminimizetime 1x ./templates/handlebars
func FuzzDifferential(f *testing.F) {
	o := newOracle(f)
	f.Add([]byte("a template and its data"))
	f.Add([]byte{0, 5, 1, 7, 200, 3, 9, 44, 10, 11, 12, 13, 90, 8, 77, 6, 5, 4, 250, 99, 1, 2})
	f.Fuzz(func(t *testing.T, choices []byte) {
		d := &byteDice{choices}
		c := randomCase(d)
		c.data = randomData(d)
		c.name = "fuzz"
		o.check(t, c)
	})
}

// check reports a case in which the two engines do not agree, or in which the
// strict mode prints something else: it may refuse, no more.
func (o *oracle) check(t testing.TB, c testCase) bool {
	t.Helper()
	want, got := o.render(t, c), renderCase(t, c)
	if !got.agrees(want) {
		t.Errorf("%s: %q\n  partials %q\n  data     %s\n  want     %v\n  got      %v", c.name, c.template, c.partials, c.data, want, got)
	}
	c.strict = true
	if strict := renderCase(t, c); !strict.failed() && !strict.agrees(got) {
		t.Errorf("%s: %q\n  partials %q\n  data     %s\n  want     %v\n  strict   %v", c.name, c.template, c.partials, c.data, got, strict)
	}
	return got.agrees(want)
}
