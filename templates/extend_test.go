package templates

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

func extending(t *testing.T, yaml string, files map[string]string) (*Bundle, error) {
	t.Helper()
	fsys := fstest.MapFS{settingsFile: {Data: []byte(yaml)}}
	for path, src := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(src)}
	}
	return OpenFS(fsys)
}

const extendingYAML = "extends: baseline/batch-record\nname: acme-record\nversion: 2.0.0\n"

func TestExtend(t *testing.T) {
	base, err := Baseline("batch-record")
	if err != nil {
		t.Fatal(err)
	}
	overridden := slices.Collect(base.under(partialsDir))[0]
	b, err := extending(t, extendingYAML+"locale: ar\npage: {orientation: landscape}\n", map[string]string{
		overridden: "mine", "styles/mine.css": "p{}",
	})
	if err != nil {
		t.Fatal(err)
	}
	got, want := b.Settings(), base.Settings()
	if got.Name != "acme-record" || got.Version != "2.0.0" || got.Locale != "ar" || got.Direction != "rtl" || got.Page.Size != "A4 landscape" {
		t.Errorf("its own settings are %+v", got)
	}
	if got.Contract != want.Contract || got.TimeZone != want.TimeZone || got.Page.Margin != want.Page.Margin || got.Finish.Conformance != want.Finish.Conformance {
		t.Errorf("the settings of the baseline are %+v, want %+v", got, want)
	}
	for path, src := range base.All() {
		mine, ok := b.File(path)
		switch {
		case !ok:
			t.Errorf("%s is missing", path)
		case path == overridden || path == settingsFile:
			if b.From(path) != "" || path == overridden && string(mine) != "mine" {
				t.Errorf("%s comes from %q: %.20q", path, b.From(path), mine)
			}
		case string(mine) != string(src) || b.From(path) != "baseline/batch-record":
			t.Errorf("%s comes from %q, and is another one", path, b.From(path))
		}
	}
	if b.From("styles/mine.css") != "" || b.Origin().Digest != base.Digest() || b.Digest() == base.Digest() {
		t.Errorf("it was made from %+v", b.Origin())
	}
}

func TestExtendErrors(t *testing.T) {
	for yaml, want := range map[string]string{
		"extends: baseline/none\nname: a\nversion: 1.0.0\n":       `no baseline template "none"`,
		"extends: acme/other\nname: a\nversion: 1.0.0\n":          "template.yaml:1:10: ",
		"extends: baseline/batch-record\nversion: 1.0.0\n":        "name",
		"extends: baseline/batch-record\nname: a\nversion: 1 0\n": "template.yaml:3:10: ",
	} {
		if _, err := extending(t, yaml, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", yaml, err, want)
		}
	}
	if _, err := extending(t, extendingYAML, map[string]string{OriginFile: "{}"}); err == nil {
		t.Error("a bundle may bring its own extends.json")
	}
}

// What is packed is opened as it was, also when the baseline has changed since.
func TestPack(t *testing.T) {
	base, err := Baseline("certificate-of-analysis")
	if err != nil {
		t.Fatal(err)
	}
	extended, err := extending(t, extendingYAML, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*Bundle{base, extended} {
		src, err := b.Pack()
		if err != nil {
			t.Fatal(err)
		}
		same, err := OpenPacked(src, b.Digest())
		if err != nil {
			t.Fatal(err)
		}
		if same.Digest() != b.Digest() || !slices.Equal(same.paths, b.paths) || same.Settings().Name != b.Settings().Name {
			t.Errorf("it was opened as %s %+v", same.Digest(), same.Settings())
		}
		if _, err := OpenPacked(src, strings.Repeat("0", 64)); !errors.Is(err, platen.Internal) {
			t.Errorf("another digest: %v, want internal", err)
		}
	}
	src, err := extended.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenZip(src); !errors.Is(err, platen.Invalid) {
		t.Errorf("uploaded: %v, want invalid", err)
	}
}

// What one bundle says instead of its baseline does not reach another one.
func TestExtendingBundlesAreApart(t *testing.T) {
	settings := func(yaml string) Settings {
		t.Helper()
		b, err := extending(t, extendingYAML+yaml, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b.Settings()
	}
	before := settings("").clone()
	mine := settings("strings: {batchRecord: MINE}\nslots: {seal: assets/seal.svg}\nfinish: {watermarks: [{text: MINE}]}\n")
	if mine.Strings["batchRecord"][""] != "MINE" || mine.Slots["seal"] == "" || len(mine.Finish.Watermarks) != len(before.Finish.Watermarks)+1 {
		t.Fatalf("its own settings are %+v", mine)
	}
	if diff := cmp.Diff(before, settings("")); diff != "" {
		t.Errorf("another one has changed (-before +after):\n%s", diff)
	}
}
