package templates

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// ofOldBaseline is a bundle that was made from a baseline that differs in one partial.
func ofOldBaseline(t *testing.T) *Bundle {
	t.Helper()
	now, err := extending(t, extendingYAML, map[string]string{"partials/running.hbs": "<p>mine</p>"})
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(now.files)
	files["document.hbs"] = append([]byte("<!-- old -->"), files["document.hbs"]...)
	files[OriginFile] = []byte(strings.Replace(string(files[OriginFile]), now.Origin().Digest, strings.Repeat("0", 64), 1))
	old, err := newBundle(files)
	if err != nil {
		t.Fatal(err)
	}
	return old
}

// What a bundle brings itself stays, and all else is that of the new baseline.
func TestUpgrade(t *testing.T) {
	old := ofOldBaseline(t)
	next, err := old.Upgrade("2.1.0")
	if err != nil {
		t.Fatal(err)
	}
	want, err := extending(t, strings.Replace(extendingYAML, "2.0.0", "2.1.0", 1), map[string]string{"partials/running.hbs": "<p>mine</p>"})
	if err != nil {
		t.Fatal(err)
	}
	if next.Digest() != want.Digest() || next.Settings().Version != "2.1.0" || next.Settings().Name != old.Settings().Name {
		t.Errorf("the upgrade is %+v with %+v, want %+v", next.Settings(), next.Origin(), want.Settings())
	}
	if _, err := next.Upgrade("2.2.0"); !errors.Is(err, platen.Conflict) {
		t.Errorf("of the newest: %v, want conflict", err)
	}
	if _, err := bundle(t, "1.0.0").Upgrade("2.0.0"); !errors.Is(err, platen.Invalid) {
		t.Errorf("of one that extends nothing: %v, want invalid", err)
	}
	if _, err := old.Upgrade("not a version"); !errors.Is(err, platen.Invalid) {
		t.Errorf("to no version: %v, want invalid", err)
	}
}
