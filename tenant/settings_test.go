package tenant_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

func bucketOf(t *testing.T, id platen.TenantID) storage.Bucket {
	t.Helper()
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	b, err := storage.ForTenant(fs, id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSettings(t *testing.T) {
	b := bucketOf(t, "acme")
	none, err := tenant.Current(t.Context(), b)
	if err != nil || none.Number != 0 || none.Digest != "" {
		t.Fatalf("a tenant without settings has %+v, %v", none, err)
	}
	var last tenant.Revision
	for i, text := range []string{"ONE", "TWO", "ONE"} {
		s := tenant.Settings{Watermarks: []platen.Watermark{{Text: text, Rotate: 45, Image: nil}}}
		put, err := tenant.Put(t.Context(), b, s)
		if err != nil || put.Number != i+1 {
			t.Fatalf("put %s: revision %d, %v", text, put.Number, err)
		}
		if last, err = tenant.Current(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(put, last); diff != "" {
			t.Errorf("what was put is not what is there:\n%s", diff)
		}
	}
	again, err := tenant.Put(t.Context(), b, last.Settings)
	if err != nil || again.Number != last.Number {
		t.Errorf("the same settings made revision %d, %v", again.Number, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for src, want := range map[string]string{
		`{`:                                    "not what they should be",
		`{"watermark":[]}`:                     `unknown field "watermark"`,
		`{"watermarks":[{"text":" "}]}`:        "finish.watermarks[0].text holds only white space",
		`{"watermarks":[{"txt":"DRAFT"}]}`:     `unknown field "txt"`,
		`{} {}`:                                "more than one JSON value",
		strings.Repeat(" ", 48<<20) + `{"":0}`: "more than 48 MiB",
	} {
		if _, err := tenant.Parse([]byte(src)); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q", src, err, want)
		}
	}
}

func TestDamagedSettings(t *testing.T) {
	b := bucketOf(t, "acme")
	if err := b.Put(t.Context(), "settings/00000001.json", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Current(t.Context(), b); platen.KindOf(err) != platen.Internal || !strings.Contains(err.Error(), "backup") {
		t.Errorf("got %v", err)
	}
}
