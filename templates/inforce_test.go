package templates

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen"
)

func TestReleases(t *testing.T) {
	l, _ := newLibrary(t, Rules{})
	b := l.bucket
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	if r, err := current(t.Context(), b); err != nil || !r.Since.IsZero() || r.Platen != platen.Version {
		t.Fatalf("before a server has noted it: %+v, %v", r, err)
	}
	for i := range 3 { // servers that start one after the other
		if err := NoteRelease(t.Context(), b, at.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := current(t.Context(), b)
	if err != nil || !r.Since.Equal(at) {
		t.Errorf("it is in force since %s, %v", r.Since, err)
	}
	other := r // with the same contracts, and one baseline that is another one
	other.Platen, other.Since, other.Baselines = "9.9.9", at.AddDate(0, 1, 0), []Brought{r.Baselines[0], {Name: r.Baselines[1].Name, Digest: "0"}}
	for i := range other.Contracts {
		other.Contracts[i].Since = time.Time{}
	}
	other.Baselines[0].Since = time.Time{}
	src, err := json.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "releases/00000002.json", src); err != nil {
		t.Fatal(err)
	}
	if r, err := current(t.Context(), b); err != nil || !r.Since.IsZero() {
		t.Errorf("beside another one that was noted it is in force since %s, %v", r.Since, err)
	}
	if err := NoteRelease(t.Context(), b, at.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if all, err := releases(t.Context(), b); err != nil || len(all) != 3 || all[2].Since.Year() != 2027 {
		t.Errorf("noted again: %+v, %v", all, err)
	}
	later, err := current(t.Context(), b)
	if err != nil || !later.Contracts[0].Since.Equal(at) || !later.Baselines[0].Since.Equal(at) || later.Baselines[1].Since.Year() != 2027 {
		t.Errorf("what it brings came %+v, %v", later, err)
	}
	if err := b.Put(t.Context(), "releases/00000004.json", []byte(`{`)); err != nil {
		t.Fatal(err)
	}
	if err := NoteRelease(t.Context(), b, at); !errors.Is(err, platen.Internal) {
		t.Errorf("a damaged log: %v", err)
	}
}

func TestInForce(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	c.pass(time.Hour)
	for _, a := range []struct {
		version string
		wave    *Wave
	}{{"1.0.0", nil}, {"2.0.0", &Wave{Share: .1}}} {
		if _, err := l.Activate(t.Context(), "acme", "record", a.version, a.wave, ann); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
	}
	f, err := l.InForce(t.Context(), "acme")
	if err != nil || len(f.Templates) != 2 {
		t.Fatalf("got %+v, %v", f, err)
	}
	one, two := f.Templates[0], f.Templates[1]
	if one.Version != "1.0.0" || one.Wave != nil || one.By != ann.By || one.Since.Hour() != 13 || one.Schema == "" || one.Contract != "batch-record/1" {
		t.Errorf("for all it is %+v", one)
	}
	if two.Version != "2.0.0" || two.Wave == nil || two.Since.Hour() != 14 {
		t.Errorf("in a wave it is %+v", two)
	}
	if none, err := l.InForce(t.Context(), "globex"); err != nil || len(none.Templates) != 0 || none.Tenant != "globex" {
		t.Errorf("another tenant has %+v, %v", none, err)
	}
	events, err := l.Log(t.Context(), "acme")
	if err != nil || len(events) != 4 {
		t.Fatalf("the log is %+v, %v", events, err)
	}
	for i, e := range events {
		if e.Template != "record" || e.Done == nil || i > 0 && e.At.Before(events[i-1].At) {
			t.Errorf("event %d is %+v", i, e)
		}
	}
}
