package renderer_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// revised is a template of a tenant's with a new version, and a note in its document.
func revised(t *testing.T, library *templates.Library, name, old, version string) *templates.Bundle {
	t.Helper()
	h, err := library.History(t.Context(), "acme", name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.Find(old)
	if err != nil {
		t.Fatal(err)
	}
	before, err := library.Bundle(t.Context(), "acme", name, v.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for path, src := range before.All() {
		src = bytes.Replace(src, []byte("version: "+old), []byte("version: "+version), 1)
		src = bytes.Replace(src, []byte("<main>"), []byte("<main><p>Version "+version+"</p>"), 1)
		file := filepath.Join(dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, src, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := templates.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// No upload changes what a document that was made looks like, nor its bytes; and a job
// that names the old version, in the old settings, makes the same bytes again.
func TestUploadsChangeNoDocument(t *testing.T) {
	bucket, library := openTenants(t)
	untouched, untouchedLibrary := openTenants(t)
	pool := openPool(t)
	r := tenantsRenderer(t, bucket, library, pool)
	j := papers[0].job(t, "acme")
	first, err := r.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	before, err := tenant.Current(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}

	const old = "2.1.0"
	b := revised(t, library, "batch-record", old, "3.0.0")
	if _, err := library.Publish(t.Context(), "acme", b, templates.Act{By: "a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := library.Activate(t.Context(), "acme", "batch-record", "3.0.0", nil, templates.Act{By: "a"}); err != nil {
		t.Fatal(err)
	}
	h := house{t, own}
	h.fill("logo-primary", []byte(logo))
	h.patch(`{"theme":{"colors":{"primary":"#7a0019"}},"copy":{"batchRecord":{"de":"Neu"}}}`)

	stored, err := r.Document(t.Context(), "acme", first.Manifest.RenderKey)
	if err != nil || !bytes.Equal(stored.PDF, first.PDF) {
		t.Errorf("what was made is another one now, %v", err)
	}
	// A Library of its own, as a process that starts has it, sees the new version at once.
	later := tenantsRenderer(t, bucket, templates.NewLibrary(bucket, nil, time.Now, 64<<20), pool)
	next, err := later.Render(t.Context(), j)
	if err != nil || next.Stored || next.Manifest.Inputs.Bundle != b.Digest() || bytes.Equal(next.PDF, first.PDF) {
		t.Errorf("the new version makes %+v, %v", next.Manifest.Inputs, err)
	}

	j.Template = "batch-record@" + old
	if mixed, err := later.Render(t.Context(), j); err != nil || mixed.Stored || mixed.Manifest.Inputs.Bundle != first.Manifest.Inputs.Bundle {
		t.Errorf("the old version in the new settings makes %+v, %v", mixed.Manifest.Inputs, err)
	}
	now, err := tenant.Current(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Put(t.Context(), own, before.Settings, tenant.Change{Base: now.Number}); err != nil {
		t.Fatal(err)
	}
	later.Settings.Forget("acme")
	if again, err := later.Render(t.Context(), j); err != nil || !again.Stored || !bytes.Equal(again.PDF, first.PDF) {
		t.Errorf("in the old settings, stored is %t, %v", again.Stored, err)
	}
	anew, err := tenantsRenderer(t, untouched, untouchedLibrary, pool).Render(t.Context(), j)
	if err != nil || anew.Stored || !bytes.Equal(anew.PDF, first.PDF) {
		t.Errorf("made once more it is another one, %v", err)
	}
}
