package templates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A clock of a test.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func newLibrary(t *testing.T, rules Rules) (*Library, *clock) {
	t.Helper()
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	return libraryIn(bucket, rules)
}

func libraryIn(bucket storage.Bucket, rules Rules) (*Library, *clock) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	return NewLibrary(bucket, func(context.Context, platen.TenantID) (Rules, error) { return rules, nil }, c.now, 64<<20), c
}

// bundle is a version of the template record.
func bundle(t testing.TB, version string) *Bundle {
	t.Helper()
	b, err := OpenFS(fstest.MapFS{
		settingsFile:   {Data: []byte("name: record\ncontract: batch-record/1\nversion: " + version + "\n")},
		"document.hbs": {Data: []byte("<p>" + version + "</p>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publish(t testing.TB, l *Library, tenant platen.TenantID, versions ...string) {
	t.Helper()
	for _, v := range versions {
		if _, err := l.Publish(t.Context(), tenant, bundle(t, v), ann); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	ann  = Act{By: "ann", Reason: "a test"}
	bob  = Act{By: "bob", Name: "Bob B.", Meaning: "approval", Reason: "a test"}
	carl = Act{By: "carl", Name: "Carl C.", Meaning: "review"}
)

// gets is the version that a job gets, or the kind of the error.
func gets(t testing.TB, l *Library, tenant platen.TenantID, ref string, p Pick) string {
	t.Helper()
	tpl, err := l.Template(t.Context(), tenant, ref, p)
	if err != nil {
		return string(platen.KindOf(err))
	}
	return tpl.Bundle().Settings().Version
}

func states(t *testing.T, l *Library) (list []string) {
	t.Helper()
	h, err := l.History(t.Context(), "acme", "record")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range h.Versions() {
		list = append(list, v.Version+" "+string(v.State))
	}
	return list
}

func TestLifecycle(t *testing.T) {
	l, c := newLibrary(t, Rules{Approvals: 2, TwoPersons: true})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	for _, step := range []struct {
		name string
		do   func() (Version, error)
		err  error
		want string // version of jobs
	}{
		{"activate unapproved", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "1.0.0", nil, ann) }, platen.Conflict, "not found"},
		{"approve one's own", func() (Version, error) {
			return l.Approve(t.Context(), "acme", "record", "1.0.0", Act{By: "ann", Name: "Ann A.", Meaning: "approval"})
		}, platen.Denied, "not found"},
		{"approve without a meaning", func() (Version, error) {
			return l.Approve(t.Context(), "acme", "record", "1.0.0", Act{By: "bob", Name: "Bob B."})
		}, platen.Invalid, "not found"},
		{"approve", func() (Version, error) { return l.Approve(t.Context(), "acme", "record", "1.0.0", bob) }, nil, "not found"},
		{"approve twice", func() (Version, error) { return l.Approve(t.Context(), "acme", "record", "1.0.0", bob) }, platen.Conflict, "not found"},
		{"activate with one approval", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "1.0.0", nil, ann) }, platen.Conflict, "not found"},
		{"second approval", func() (Version, error) { return l.Approve(t.Context(), "acme", "record", "1.0.0", carl) }, nil, "not found"},
		{"activate", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "1.0.0", nil, ann) }, nil, "1.0.0"},
		{"roll back to nothing", func() (Version, error) { return l.Rollback(t.Context(), "acme", "record", ann) }, platen.Conflict, "1.0.0"},
		{"unknown version", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "3.0.0", nil, ann) }, platen.NotFound, "1.0.0"},
		{"unknown template", func() (Version, error) { return l.Retire(t.Context(), "acme", "other", "1.0.0", ann) }, platen.NotFound, "1.0.0"},
		{"another tenant's", func() (Version, error) { return l.Retire(t.Context(), "globex", "record", "1.0.0", ann) }, platen.NotFound, "1.0.0"},
		{"approve the second", func() (Version, error) { return l.Approve(t.Context(), "acme", "record", "2.0.0", bob) }, nil, "1.0.0"},
		{"and again", func() (Version, error) { return l.Approve(t.Context(), "acme", "record", "2.0.0", carl) }, nil, "1.0.0"},
		{"activate the second", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "2.0.0", nil, ann) }, nil, "2.0.0"},
		{"roll back", func() (Version, error) { return l.Rollback(t.Context(), "acme", "record", ann) }, nil, "1.0.0"},
		{"and no further", func() (Version, error) { return l.Rollback(t.Context(), "acme", "record", ann) }, platen.Conflict, "1.0.0"},
		{"halt what is in no wave", func() (Version, error) { return l.Halt(t.Context(), "acme", "record", "1.0.0", ann) }, platen.Conflict, "1.0.0"},
		{"retire", func() (Version, error) { return l.Retire(t.Context(), "acme", "record", "2.0.0", ann) }, nil, "1.0.0"},
		{"activate what is retired", func() (Version, error) { return l.Activate(t.Context(), "acme", "record", "2.0.0", nil, ann) }, platen.Conflict, "1.0.0"},
		{"retire what is active", func() (Version, error) { return l.Retire(t.Context(), "acme", "record", "1.0.0", ann) }, nil, "not found"},
	} {
		if _, err := step.do(); !errors.Is(err, step.err) {
			t.Errorf("%s: %v, want %v", step.name, err, step.err)
		}
		c.pass(time.Second)
		if got := gets(t, l, "acme", "record", Pick{At: c.at}); got != step.want {
			t.Errorf("%s: jobs get %s, want %s", step.name, got, step.want)
		}
	}
	if got, want := states(t, l), []string{"1.0.0 retired", "2.0.0 retired"}; !slices.Equal(got, want) {
		t.Errorf("the versions are %q, want %q", got, want)
	}
}

func TestPublish(t *testing.T) {
	l, _ := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "1.1.0", "1.0.0") // the same again is the same version
	if got, want := states(t, l), []string{"1.0.0 published", "1.1.0 published"}; !slices.Equal(got, want) {
		t.Errorf("the versions are %q, want %q", got, want)
	}
	other, err := OpenFS(fstest.MapFS{
		settingsFile:   {Data: []byte("name: record\ncontract: batch-record/1\nversion: 1.0.0\n")},
		"document.hbs": {Data: []byte("<p>another one</p>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(t.Context(), "acme", other, ann); !errors.Is(err, platen.Conflict) {
		t.Errorf("another bundle of the same version: %v, want conflict", err)
	}
	if names, err := l.Names(t.Context(), "acme"); err != nil || !slices.Equal(names, []string{"record"}) {
		t.Errorf("Names returns %q, %v", names, err)
	}
	if names, err := l.Names(t.Context(), "globex"); err != nil || len(names) > 0 {
		t.Errorf("the names of another tenant are %q, %v", names, err)
	}
	for _, name := range []string{"", "..", "a/b", "../globex", strings.Repeat("a", 100)} {
		if _, err := l.History(t.Context(), "acme", name); !errors.Is(err, platen.NotFound) {
			t.Errorf("History(%q): %v, want not found", name, err)
		}
	}
}

// A job may name a version, whatever is active, and a baseline template.
func TestExactVersion(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	if _, err := l.Activate(t.Context(), "acme", "record", "2.0.0", nil, ann); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"record": "2.0.0", "record@1.0.0": "1.0.0", "record@" + bundle(t, "1.0.0").Digest(): "1.0.0",
		"record@3": "not found", "other@1.0.0": "not found", "baseline/none": "not found",
		"record@" + strings.Repeat("0", 64): "not found",
	} {
		if got := gets(t, l, "acme", ref, Pick{At: c.at}); got != want {
			t.Errorf("%s is %s, want %s", ref, got, want)
		}
	}
	if got := gets(t, l, "globex", "record@1.0.0", Pick{At: c.at}); got != "not found" {
		t.Errorf("another tenant gets %s", got)
	}
	if _, err := l.Template(t.Context(), "acme", "baseline/batch-record", Pick{}); err != nil {
		t.Error(err)
	}
	if _, err := l.Retire(t.Context(), "acme", "record", "1.0.0", ann); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	if got := gets(t, l, "acme", "record@1.0.0", Pick{At: c.at}); got != "conflict" {
		t.Errorf("a retired version is %s", got)
	}
}

func TestWaves(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0", "3.0.0")
	activate := func(version string, w *Wave) {
		t.Helper()
		if _, err := l.Activate(t.Context(), "acme", "record", version, w, ann); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Second)
	}
	count := func(version string, p Pick) (n int) {
		for i := range 1000 {
			p.Job = fmt.Sprint(i)
			p.At = c.at
			if gets(t, l, "acme", "record", p) == version {
				n++
			}
		}
		return n
	}
	activate("1.0.0", nil)
	activate("2.0.0", &Wave{Share: .1})
	tenth := count("2.0.0", Pick{})
	if tenth < 60 || tenth > 150 {
		t.Errorf("%d of 1000 jobs belong to a tenth", tenth)
	}
	activate("2.0.0", &Wave{Share: .5, Sites: []string{"DE-07"}})
	if n := count("2.0.0", Pick{Site: "DE-07"}); n < 420 || n > 580 {
		t.Errorf("%d of 1000 jobs of the site belong to a half", n)
	}
	if n := count("1.0.0", Pick{Site: "FR-01"}); n != 1000 {
		t.Errorf("%d of 1000 jobs of another site get the old version", n)
	}
	activate("3.0.0", &Wave{From: c.at.Add(time.Hour)})
	if n := count("3.0.0", Pick{}); n != 0 {
		t.Errorf("%d jobs get a version before its time", n)
	}
	if got, want := states(t, l), []string{"1.0.0 active", "2.0.0 in a wave", "3.0.0 in a wave"}; !slices.Equal(got, want) {
		t.Errorf("the versions are %q, want %q", got, want)
	}
	c.pass(2 * time.Hour)
	if n := count("3.0.0", Pick{}); n != 1000 {
		t.Errorf("%d of 1000 jobs get it afterwards", n)
	}
	if _, err := l.Halt(t.Context(), "acme", "record", "3.0.0", ann); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	if n := count("2.0.0", Pick{Site: "DE-07"}) + count("1.0.0", Pick{Site: "DE-07"}); n != 1000 || count("3.0.0", Pick{}) != 0 {
		t.Errorf("%d of 1000 jobs get the versions before", n)
	}
	activate("2.0.0", nil) // for all: waves end
	if n := count("2.0.0", Pick{}); n != 1000 {
		t.Errorf("%d of 1000 jobs get it", n)
	}
	if _, err := l.Activate(t.Context(), "acme", "record", "3.0.0", &Wave{}, ann); !errors.Is(err, platen.Invalid) {
		t.Errorf("a wave for nobody: %v", err)
	}
}

// A larger share holds the jobs of a smaller one.
func TestWavesGrow(t *testing.T) {
	small, large := Wave{Share: .2}, Wave{Share: .6}
	for i := range 1000 {
		p := Pick{Job: fmt.Sprint(i)}
		if small.takes(p) && !large.takes(p) {
			t.Fatalf("job %d belongs to the smaller one only", i)
		}
	}
}

// Each rollback goes one version further back, and not to one that was left.
func TestRollback(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0", "3.0.0", "4.0.0")
	want := func(version string) {
		t.Helper()
		c.pass(time.Second)
		if got := gets(t, l, "acme", "record", Pick{At: c.at}); got != version {
			t.Errorf("jobs get %s, want %s", got, version)
		}
	}
	for _, v := range []string{"1.0.0", "2.0.0", "3.0.0"} {
		if _, err := l.Activate(t.Context(), "acme", "record", v, nil, ann); err != nil {
			t.Fatal(err)
		}
	}
	back := func() {
		t.Helper()
		if _, err := l.Rollback(t.Context(), "acme", "record", ann); err != nil {
			t.Fatal(err)
		}
	}
	back()
	want("2.0.0")
	if _, err := l.Activate(t.Context(), "acme", "record", "4.0.0", nil, ann); err != nil {
		t.Fatal(err)
	}
	want("4.0.0")
	back()
	want("2.0.0")
	back()
	want("1.0.0")
}

// Of many who activate at the same time each is in the log, or is told.
func TestRacedActivation(t *testing.T) {
	l, _ := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				_, err := l.Activate(t.Context(), "acme", "record", []string{"1.0.0", "2.0.0"}[i%2], nil, ann)
				if mu.Lock(); err == nil {
					done++
				} else if !errors.Is(err, platen.Conflict) {
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	h, err := l.History(t.Context(), "acme", "record")
	if err != nil || len(h) != done+2 {
		t.Errorf("%d were told that it is done, and the log has %d entries, %v", done, len(h)-2, err)
	}
}

// A change by another process counts within a second.
func TestOtherProcess(t *testing.T) {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	here, c := libraryIn(bucket, Rules{})
	there, _ := libraryIn(bucket, Rules{})
	publish(t, there, "acme", "1.0.0", "2.0.0")
	for _, v := range []string{"1.0.0", "2.0.0"} {
		if _, err := there.Activate(t.Context(), "acme", "record", v, nil, ann); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Second)
		if got := gets(t, here, "acme", "record", Pick{At: c.at}); got != v {
			t.Errorf("jobs get %s, want %s", got, v)
		}
	}
}

// What somebody has changed in the bucket is refused.
func TestChangedBundle(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0")
	f, err := l.file("acme", "record")
	if err != nil {
		t.Fatal(err)
	}
	key := f.bundleKey(bundle(t, "1.0.0").Digest())
	if err := f.bucket.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	other, err := bundle(t, "6.6.6").Pack()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.bucket.Put(t.Context(), key, other); err != nil {
		t.Fatal(err)
	}
	if got := gets(t, l, "acme", "record@1.0.0", Pick{At: c.at}); got != "internal" {
		t.Errorf("jobs get %s", got)
	}
}
