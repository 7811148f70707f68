package baseline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/storage"
)

var clock = time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)

func openStore(t *testing.T) (*baseline.Store, string) {
	t.Helper()
	dir := t.TempDir()
	b, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return baseline.NewStore(b, func() time.Time { return clock }), dir
}

// page is a PDF that says one thing.
func page(text string) []byte {
	content := fmt.Sprintf("BT /F 12 Tf 20 100 Td (%s) Tj ET", text)
	objects := []string{
		"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>> stream\n%s\nendstream", len(content), content),
		"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj %s endobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// engine makes documents that say the data, or what it is told to say of a sample.
type engine struct {
	platen.Engine
	says  map[string]string
	calls atomic.Int32
}

func (e *engine) render(_ context.Context, c baseline.Case) (platen.Document, error) {
	e.calls.Add(1)
	text, ok := e.says[c.Sample]
	if !ok {
		text = string(c.Data)
	}
	if text == "refused" {
		return platen.Document{}, fmt.Errorf("fill: %w", platen.Invalid)
	}
	if text == "broken" {
		return platen.Document{}, fmt.Errorf("print: %w", platen.Internal)
	}
	pdf := page(text)
	return platen.Document{PDF: pdf, Manifest: platen.Manifest{SHA256: platen.Digest(pdf), Pages: 1, Inputs: platen.RenderKey{Data: platen.Digest(c.Data), Engine: e.Engine}}}, nil
}

func (e *engine) record(t *testing.T, s *baseline.Store, cases ...baseline.Case) {
	t.Helper()
	for _, c := range cases {
		doc, err := e.render(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Keep(t.Context(), c.Template, doc.PDF, c.Data); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Add(t.Context(), baseline.Entry{Template: c.Template, Sample: c.Sample, Inputs: doc.Manifest.Inputs, SHA256: doc.Manifest.SHA256, Source: platen.Digest(c.Data), Act: baseline.Act{By: "qa", Reason: "first"}}); err != nil {
			t.Fatal(err)
		}
	}
}

func some(template string, samples ...string) (cases []baseline.Case) {
	for _, s := range samples {
		cases = append(cases, baseline.Case{Template: template, Version: "1.0.0", Sample: s, Data: []byte("data of " + s)})
	}
	return cases
}

// Requirement: R-07
func TestCheck(t *testing.T) {
	s, _ := openStore(t)
	old := &engine{Engine: platen.Engine{Platen: "1", Browser: "Chromium/130", Fonts: "f1"}}
	old.record(t, s, append(some("baseline/a", "one", "two", "three", "gone"), some("b", "one")...)...)

	cases := append(some("baseline/a", "one", "two", "three", "new", "bad"), some("b", "one")...)
	fresh := &engine{Engine: platen.Engine{Platen: "1", Browser: "Chromium/131", Fonts: "f2"}, says: map[string]string{"two": "data of 2.46", "bad": "refused"}}
	var told atomic.Int32
	c := baseline.Checker{Store: s, Render: fresh.render, Workers: 3, Done: func(r baseline.Result) error {
		told.Add(1)
		if r.State != baseline.Failed && r.Document.PDF == nil || r.Case.Data == nil {
			t.Errorf("%s: Done does not see the document", r.Sample)
		}
		return nil
	}}
	results, err := c.Check(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprintf("%s %s %s", r.Template, r.Sample, r.State))
		if r.Document.PDF != nil {
			t.Errorf("%s: the document is kept in memory", r.Sample)
		}
	}
	want := []string{"baseline/a one equal", "baseline/a two different", "baseline/a three equal", "baseline/a new new", "baseline/a bad failed", "baseline/a gone gone", "b one equal"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if int(told.Load()) != len(cases) {
		t.Errorf("%d of %d were told", told.Load(), len(cases))
	}
	two := results[1]
	if diff := cmp.Diff([]string{"the browser: Chromium/130 became Chromium/131", "the set of fonts: f1 became f2"}, two.Causes); diff != "" {
		t.Error(diff)
	}
	if two.Verdict != diff.Different || !strings.Contains(strings.Join(two.Lines(), "\n"), "“two” became “2.46”") {
		t.Errorf("%+v", two)
	}

	var junit bytes.Buffer
	if err := baseline.JUnit(&junit, results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<testsuite name="baseline/a" tests="6" failures="3" errors="1" skipped="0">`, `<testsuite name="b" tests="1" failures="0" errors="0" skipped="0">`,
		`<failure message="different, 1 finding; the browser: Chromium/130 became Chromium/131; the set of fonts: f1 became f2">`, `<error message="fill">`,
	} {
		if !strings.Contains(junit.String(), want) {
			t.Errorf("the report of JUnit lacks %s:\n%s", want, &junit)
		}
	}
}

// The same inputs that give another document are a fault that is named.
//
// Requirement: R-03
func TestNoCause(t *testing.T) {
	s, _ := openStore(t)
	e := &engine{}
	e.record(t, s, some("a", "one")...)
	e.says = map[string]string{"one": "by chance"}
	results, err := (&baseline.Checker{Store: s, Render: e.render}).Check(t.Context(), some("a", "one"))
	if err != nil || !strings.Contains(results[0].Summary(), "nothing that it is made from has changed") {
		t.Errorf("%+v, %v", results, err)
	}
}

func TestFailFast(t *testing.T) {
	s, _ := openStore(t)
	e := &engine{}
	results, err := (&baseline.Checker{Store: s, Render: e.render, Workers: 1, FailFast: true}).Check(t.Context(), some("a", "one", "two", "three"))
	if err != nil || results[0].State != baseline.New || results[2].State != baseline.Skipped || e.calls.Load() != 1 {
		t.Errorf("%d documents were made: %+v, %v", e.calls.Load(), results, err)
	}
}

// A machine that does not work is no result.
func TestBroken(t *testing.T) {
	s, dir := openStore(t)
	e := &engine{says: map[string]string{"one": "broken"}}
	if _, err := (&baseline.Checker{Store: s, Render: e.render}).Check(t.Context(), some("a", "one")); !errors.Is(err, platen.Internal) {
		t.Errorf("%v, want Internal", err)
	}
	e.record(t, s, some("a", "two")...)
	files, err := filepath.Glob(filepath.Join(dir, "baselines/a/files/*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	os.Chmod(files[0], 0o600)
	if err := os.WriteFile(files[0], []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.says["two"] = "other"
	if _, err := (&baseline.Checker{Store: s, Render: e.render}).Check(t.Context(), some("a", "two")); !errors.Is(err, platen.Internal) || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("%v, want Internal of a golden document that was changed", err)
	}
}

// Each engine has baselines of its own; one without is compared with the newest.
//
// Requirement: R-07
func TestNewest(t *testing.T) {
	a, b, c := platen.Engine{Browser: "a"}, platen.Engine{Browser: "b"}, platen.Engine{Browser: "c"}
	entry := func(sample string, e platen.Engine, sum string) baseline.Entry {
		return baseline.Entry{Sample: sample, Inputs: platen.RenderKey{Engine: e}, SHA256: sum}
	}
	log := []baseline.Entry{entry("x", a, "1"), entry("x", b, "2"), entry("x", a, "3"), entry("y", b, "4"), entry("x", b, "5"), {Sample: "z", SHA256: "6"}, {Sample: "z", Retired: true}}
	for _, test := range []struct {
		sample string
		engine platen.Engine
		want   string
	}{{"x", a, "3"}, {"x", b, "5"}, {"x", c, "5"}, {"y", a, "4"}, {"z", a, ""}, {"w", a, ""}} {
		got := ""
		if e := baseline.Newest(log, test.sample, test.engine); e != nil {
			got = e.SHA256
		}
		if got != test.want {
			t.Errorf("%s of engine %s: %q, want %q", test.sample, test.engine.Browser, got, test.want)
		}
	}
	if diff := cmp.Diff([]string{"x", "y"}, baseline.Samples(log)); diff != "" {
		t.Error(diff)
	}
}

func TestStore(t *testing.T) {
	s, _ := openStore(t)
	e := &engine{}
	e.record(t, s, append(some("baseline/a", "one"), some("a", "one", "two")...)...)
	names, err := s.Templates(t.Context())
	if diff := cmp.Diff([]string{"a", "baseline/a"}, names); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	all, err := s.Entries(t.Context(), "a")
	if err != nil || len(all) != 2 || all[1].Number != 2 || all[1].Sample != "two" || !all[1].At.Equal(clock) || all[1].Reason != "first" {
		t.Fatalf("%+v, %v", all, err)
	}
	if data, err := s.Data(t.Context(), all[1]); err != nil || string(data) != "data of two" {
		t.Errorf("%q, %v", data, err)
	}
	if pdf, err := s.PDF(t.Context(), all[1]); err != nil || platen.Digest(pdf) != all[1].SHA256 {
		t.Error(err)
	}
}

// Of two who add at the same time one learns that the other was faster, and nothing is lost.
func TestAddAtTheSameTime(t *testing.T) {
	s, _ := openStore(t)
	var added atomic.Int32
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			_, err := s.Add(t.Context(), baseline.Entry{Template: "a", Sample: "one"})
			switch {
			case err == nil:
				added.Add(1)
			case !errors.Is(err, platen.Conflict):
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Entries(t.Context(), "a"); err != nil || len(all) != int(added.Load()) || len(all) == 0 {
		t.Errorf("%d entries of %d that were added: %v", len(all), added.Load(), err)
	}
}
