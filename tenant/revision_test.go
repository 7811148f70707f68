package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/tenant/asset"
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

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// change is one that is made from a revision.
func change(base int) tenant.Change {
	return tenant.Change{Base: base, By: "A. Meier", Reason: fmt.Sprintf("from %d", base), At: noon}
}

func put(t *testing.T, b storage.Bucket, s tenant.Settings, c tenant.Change) tenant.Revision {
	t.Helper()
	r, err := tenant.Put(t.Context(), b, s, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func current(t *testing.T, b storage.Bucket) tenant.Revision {
	t.Helper()
	r, err := tenant.Current(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mark(text string) tenant.Settings {
	return tenant.Settings{Watermarks: []tenant.Mark{{Watermark: platen.Watermark{Text: text}}}}
}

func TestRevisions(t *testing.T) {
	b := bucketOf(t, "acme")
	if none := current(t, b); none.Number != 0 || none.Settings.Look() != "" {
		t.Fatalf("a tenant without settings has %+v", none)
	}
	for i, text := range []string{"ONE", "TWO", "ONE"} {
		got := put(t, b, mark(text), change(i))
		want := tenant.Revision{Number: i + 1, By: "A. Meier", At: noon, Reason: fmt.Sprintf("from %d", i), Settings: mark(text)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if diff := cmp.Diff(want, current(t, b)); diff != "" {
			t.Errorf("what is there: -want +got\n%s", diff)
		}
	}
	if again := put(t, b, mark("ONE"), change(3)); again.Number != 3 {
		t.Errorf("the same settings made revision %d", again.Number)
	}
}

func TestStaleChange(t *testing.T) {
	b := bucketOf(t, "acme")
	put(t, b, mark("ONE"), change(0))
	for _, base := range []int{0, 2, -1} {
		if _, err := tenant.Put(t.Context(), b, mark("TWO"), change(base)); !errors.Is(err, platen.Conflict) {
			t.Errorf("a change from revision %d gives %v", base, err)
		}
	}
	if r := current(t, b); r.Number != 1 {
		t.Errorf("there is revision %d", r.Number)
	}
}

// Of many changes that are made from the same revision one counts.
func TestChangesAtOnce(t *testing.T) {
	b := bucketOf(t, "acme")
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() { _, errs[i] = tenant.Put(t.Context(), b, mark(fmt.Sprint(i)), change(0)) })
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, platen.Conflict):
			t.Error(err)
		}
	}
	if r := current(t, b); won != 1 || r.Number != 1 {
		t.Errorf("%d changes counted, and there is revision %d", won, r.Number)
	}
}

func TestReason(t *testing.T) {
	for _, reason := range []string{strings.Repeat("a", 501), "a\x00"} {
		c := change(0)
		c.Reason = reason
		_, err := tenant.Put(t.Context(), bucketOf(t, "acme"), mark("A"), c)
		refused(t, reason, err, "reason", "say in a sentence why")
	}
}

const logo = `<svg xmlns="http://www.w3.org/2000/svg"><title>ACME</title><path d="M0 0h9v9z"/></svg>`

// fill puts a file into a slot.
func fill(t *testing.T, b storage.Bucket, name, content string) tenant.Revision {
	t.Helper()
	r, err := tenant.Fill(t.Context(), b, name, []byte(content), nil, change(0))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFill(t *testing.T) {
	b := bucketOf(t, "acme")
	put(t, b, mark("ONE"), change(0))
	alt := "ACME"
	r, err := tenant.Fill(t.Context(), b, "logo-primary", []byte(logo), &alt, change(0))
	if err != nil {
		t.Fatal(err)
	}
	kept := `<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>` + "\n"
	want := tenant.Slot{SHA256: platen.Digest([]byte(kept)), Type: asset.SVG, Bytes: len(kept), Alt: "ACME"}
	if diff := cmp.Diff(want, r.Settings.Slots["logo-primary"]); r.Number != 2 || len(r.Settings.Watermarks) != 1 || diff != "" {
		t.Errorf("revision %d: -want +got\n%s", r.Number, diff)
	}
	slot, content, err := r.File(t.Context(), b, "logo-primary")
	if err != nil || string(content) != kept || slot != want {
		t.Errorf("the file is %s, %v", content, err)
	}
	if r = fill(t, b, "logo-primary", strings.Replace(logo, "h9", "h8", 1)); r.Settings.Slots["logo-primary"].Alt != "ACME" || r.Number != 3 {
		t.Errorf("another file in the slot is %+v", r)
	}
	if _, _, err := r.File(t.Context(), b, "seal"); !errors.Is(err, platen.NotFound) {
		t.Errorf("an empty slot gives %v", err)
	}
	for name, want := range map[string]string{"Logo": "slots", "../a": "slots", "": "slots"} {
		_, err := tenant.Fill(t.Context(), b, name, []byte(logo), nil, change(0))
		refused(t, name, err, want, "has the name")
	}
	if _, err := tenant.Fill(t.Context(), b, "logo", []byte("<script/>"), nil, change(0)); !errors.Is(err, platen.Invalid) {
		t.Errorf("a script as a logo gives %v", err)
	}
}

// Slots that are filled at the same time are all filled.
func TestFillAtOnce(t *testing.T) {
	b := bucketOf(t, "acme")
	var group sync.WaitGroup
	names := []string{"one", "two", "three", "four"}
	for _, name := range names {
		group.Go(func() {
			for {
				_, err := tenant.Fill(t.Context(), b, name, []byte(logo), nil, change(0))
				if err == nil {
					return
				}
				if !errors.Is(err, platen.Busy) {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if slots := current(t, b).Settings.Slots; len(slots) != len(names) {
		t.Errorf("there are %v", slots)
	}
}

// Put finds out what fills a slot, whatever it is told.
func TestPutLooksAtFiles(t *testing.T) {
	b := bucketOf(t, "acme")
	have := fill(t, b, "logo", logo).Settings.Slots["logo"]
	s := tenant.Settings{Slots: map[string]tenant.Slot{
		"seal": {SHA256: have.SHA256, Type: asset.WOFF2, Bytes: 1},
	}}
	if got := put(t, b, s, change(1)).Settings.Slots["seal"]; got != have {
		t.Errorf("got %+v, want %+v", got, have)
	}
	s.Slots["seal"] = tenant.Slot{SHA256: strings.Repeat("0", 64)}
	_, err := tenant.Put(t.Context(), b, s, change(2))
	refused(t, "a file that is not there", err, "slots.seal.sha256", "upload the file first")

	other := bucketOf(t, "globex")
	s.Slots["seal"] = have
	_, err = tenant.Put(t.Context(), other, s, change(0))
	refused(t, "a file of another tenant", err, "slots.seal.sha256", "upload the file first")
}

// Colours that were good enough once do not stop a tenant's documents.
func TestContrastOfStoredSettings(t *testing.T) {
	b := bucketOf(t, "acme")
	if err := b.Put(t.Context(), "settings/00000001.json", []byte(`{"settings":{"theme":{"colors":{"primary":"#ffee00"}}}}`)); err != nil {
		t.Fatal(err)
	}
	if r := current(t, b); r.Settings.Theme.Colors.Primary != "#ffee00" {
		t.Errorf("it has %+v", r.Settings)
	}
}

func TestDamaged(t *testing.T) {
	for _, src := range []string{"{", `{"settings":{"locale":"?"}}`, `{"watermarks":[]}`} {
		b := bucketOf(t, "acme")
		if err := b.Put(t.Context(), "settings/00000001.json", []byte(src)); err != nil {
			t.Fatal(err)
		}
		if _, err := tenant.Current(t.Context(), b); platen.KindOf(err) != platen.Internal || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%s: got %v", src, err)
		}
	}
}

// A changed bucket answers one key otherwise.
type changed struct {
	storage.Bucket
	key   string
	value []byte
	err   error
}

func (b changed) Get(ctx context.Context, key string) ([]byte, error) {
	if key == b.key {
		return b.value, b.err
	}
	return b.Bucket.Get(ctx, key)
}

func TestDamagedFiles(t *testing.T) {
	b := bucketOf(t, "acme")
	r := fill(t, b, "logo", logo)
	key := "assets/" + r.Settings.Slots["logo"].SHA256
	for _, c := range []changed{{b, key, []byte(logo + "<!-- -->"), nil}, {b, key, nil, platen.NotFound}} {
		if _, err := r.Brand(t.Context(), c); platen.KindOf(err) != platen.Internal {
			t.Errorf("a file that was changed or lost gives %v", err)
		}
	}
}

func TestBrand(t *testing.T) {
	b := bucketOf(t, "acme")
	var none *tenant.Brand
	if none.Digest() != "" || none.CSS() != "" || len(none.Files()) != 0 || len(none.Pictures()) != 0 || len(none.Watermarks()) != 0 || none.Feature("a") {
		t.Error("a brand of nobody says something")
	}
	if _, ok := none.Words("a", "en"); ok {
		t.Error("a brand of nobody has words")
	}
	fill(t, b, "logo", logo)
	r := fill(t, b, "letterhead", "%PDF-1.7")
	s, err := tenant.Merge(r.Settings, []byte(`{"locale": "de", "theme": {"space": "1mm"}, "flags": {"live": true},
		"copy": {"a": {"de": "A"}}, "texts": {"b": {"format": "plain", "locales": {"fr": "B"}}}, "watermarks": [{"image": "letterhead", "page": 1}],
		"regulatory": {"eSignature": {"locales": {"de": "S"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r = put(t, b, s, change(2))
	brand, err := r.Brand(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	path := "brand/" + s.Slots["logo"].SHA256 + ".svg"
	if diff := cmp.Diff(map[string]tenant.Picture{"logo": {Path: path}}, brand.Pictures()); diff != "" {
		t.Errorf("pictures -want +got\n%s", diff)
	}
	if len(brand.Files()) != 2 || !strings.Contains(string(brand.Files()[path]), "<path") || brand.CSS() != ":root{--platen-space:1mm}" || !brand.Feature("live") || brand.Feature("dead") {
		t.Errorf("it is %+v", brand)
	}
	if m := brand.Watermarks(); len(m) != 1 || m[0].Image.Name != "letterhead.pdf" || string(m[0].Image.Content) != "%PDF-1.7" {
		t.Errorf("watermarks %+v", m)
	}
	if words, _ := brand.Words("a", "en-GB"); words != "A" {
		t.Errorf("words %q", words)
	}
	if text, format, ok := brand.Text("b", "fr-CA"); text != "B" || format != tenant.Plain || !ok {
		t.Errorf("text %q %s %t", text, format, ok)
	}
	if _, _, ok := brand.Text("b", "en"); ok {
		t.Error("a text in another language is taken")
	}
	if text, _, ok := brand.Text(tenant.ESignature, "en"); text != "S" || !ok {
		t.Errorf("signature %q %t", text, ok)
	}
	if brand.Digest() != r.Settings.Look() {
		t.Error("the brand has another digest than the settings' look")
	}
}
