package handlebars_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// docs holds the known differences for the people who write templates.
const docs = "docs/handlebars.md"

// minAgreement is the least share of cases in which Platen does what
// handlebars.js does.
const minAgreement = 0.97

// TestConformance runs every case of testdata/conformance in handlebars.js and
// here. The two agree, or the case is marked as a known difference: a new
// difference fails, and one that has gone fails as well. Where raymond agrees
// with handlebars.js, the failure says so.
func TestConformance(t *testing.T) {
	var (
		mu    sync.Mutex
		total score
	)
	t.Run("groups", func(t *testing.T) {
		for group, cases := range readGroups(t) {
			t.Run(group, func(t *testing.T) {
				t.Parallel()
				s := compare(t, cases)
				t.Logf("%v", s)
				mu.Lock()
				defer mu.Unlock()
				total.add(s)
			})
		}
	})
	t.Logf("all: %v", total)
	if total.cases < 600 {
		t.Errorf("%d cases ran, want at least 600", total.cases)
	}
	if total.rate() < minAgreement {
		t.Errorf("%v, want at least %.0f %%", total, 100*minAgreement)
	}
}

// compare runs the cases on both sides and counts.
func compare(t *testing.T, cases []testCase) score {
	o := newOracle(t)
	var s score
	for _, c := range cases {
		want, got := o.render(t, c), renderCase(t, c)
		s.count(got.agrees(want))
		if c.want == nil && !c.strict && renderRaymond(c).agrees(want) {
			s.raymond++
			if !got.agrees(want) {
				t.Errorf("%s: raymond does what handlebars.js does", c.name)
			}
		}
		switch {
		case c.want == nil && !got.agrees(want):
			t.Errorf("%s: %q\n  data     %s\n  want     %v\n  got      %v", c.name, c.template, c.data, want, got)
		case c.want != nil && got.agrees(want):
			t.Errorf("%s: %q\n  is no difference (%s) any more: both give %v", c.name, c.template, c.differs, got)
		case c.want != nil && !got.is(*c.want):
			t.Errorf("%s: %q\n  data     %s\n  want     %v (difference %s)\n  got      %v", c.name, c.template, c.data, *c.want, c.differs, got)
		}
	}
	return s
}

// is reports whether r is the wanted output, or an error that holds the wanted text.
func (r result) is(want result) bool {
	if want.failed() {
		return r.failed() && strings.Contains(r.err, want.err)
	}
	return !r.failed() && r.output == want.output
}

// A score counts agreement, and the cases in which raymond and handlebars.js agree.
type score struct{ cases, agree, raymond int }

func (s *score) count(agrees bool) {
	s.cases++
	if agrees {
		s.agree++
	}
}

func (s *score) add(o score) {
	s.cases += o.cases
	s.agree += o.agree
	s.raymond += o.raymond
}

func (s score) rate() float64 { return float64(s.agree) / float64(max(1, s.cases)) }

func (s score) String() string {
	text := fmt.Sprintf("%d of %d cases agree with handlebars.js %s: %.1f %%", s.agree, s.cases, oracleVersion, 100*s.rate())
	if s.raymond > 0 {
		text += fmt.Sprintf("; raymond agrees with it in %d", s.raymond)
	}
	return text
}

// TestDifferencesAreDocumented holds the marked differences against the list in docs.
func TestDifferencesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(fromRoot(docs))
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for line := range strings.Lines(string(text)) {
		if id, ok := strings.CutPrefix(line, "### "); ok {
			documented = append(documented, strings.TrimSpace(id))
		}
	}
	var marked []string
	for _, cases := range readGroups(t) {
		for _, c := range cases {
			if c.differs != "" && !slices.Contains(marked, c.differs) {
				marked = append(marked, c.differs)
			}
		}
	}
	for _, id := range marked {
		if !slices.Contains(documented, id) {
			t.Errorf("difference %s is not in %s: add a heading ### %s with what differs and why", id, docs, id)
		}
	}
	for _, id := range documented {
		if !slices.Contains(marked, id) {
			t.Errorf("%s lists %s, which no case shows", docs, id)
		}
	}
}
