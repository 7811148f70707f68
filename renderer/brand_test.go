package renderer_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#7a0019" d="M0 0h9v9z"/></svg>`

// A house is a tenant whose settings a test changes.
type house struct {
	*testing.T
	bucket storage.Bucket
}

// patch makes a revision of the settings.
func (h house) patch(patch string) {
	h.Helper()
	r, err := tenant.Current(h.Context(), h.bucket)
	if err != nil {
		h.Fatal(err)
	}
	s, err := tenant.Merge(r.Settings, []byte(patch))
	if err != nil {
		h.Fatal(err)
	}
	if _, err := tenant.Put(h.Context(), h.bucket, s, tenant.Change{Base: r.Number}); err != nil {
		h.Fatal(err)
	}
}

func (h house) fill(slot string, content []byte) {
	h.Helper()
	if _, err := tenant.Fill(h.Context(), h.bucket, slot, content, nil, tenant.Change{}); err != nil {
		h.Fatal(err)
	}
}

// Each change of the brand makes new documents, and is seen in them; a change of limits
// and rules does not, and what was made before is found again.
func TestBrand(t *testing.T) {
	bucket := openBucket(t)
	r := renderer.New(config(t, bucket, openPool(t)))
	j := job(record(t, "tablet-2p.json"))
	own, err := storage.ForTenant(bucket, j.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	h := house{t, own}
	render := func(stored bool) platen.Document {
		t.Helper()
		doc, err := r.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if doc.Stored != stored {
			t.Errorf("stored is %t", doc.Stored)
		}
		return doc
	}
	plain := render(false)
	if plain.Manifest.Inputs.Settings != "" {
		t.Error("a tenant that has decided nothing has a brand")
	}

	h.patch(`{"limits":{"running":1},"regulatory":{"approval":{"approvals":2},"auditRetentionDays":9}}`)
	if doc := render(true); doc.Manifest.SHA256 != plain.Manifest.SHA256 {
		t.Error("another limit made another document")
	}
	seen := map[string]bool{plain.Manifest.RenderKey: true}
	for _, c := range []struct {
		change func()
		want   string // in the text of the PDF
	}{
		{func() { h.patch(`{"copy":{"batchRecord":{"en":"PROD LOG"}}}`) }, "PROD LOG"},
		{func() { h.patch(`{"copy":{"exceptions":{"en":"Findings"}}}`) }, "Findings"},
		{func() { h.patch(`{"texts":{"disclaimer":{"locales":{"en":"For **internal** use"}}}}`) }, "For internal use"},
		{func() { h.patch(`{"regulatory":{"eSignature":{"locales":{"en":"Binding in law."}}}}`) }, "Binding in law."},
		{func() { h.patch(`{"theme":{"colors":{"primary":"#7a0019"}}}`) }, ""},
		{func() { h.patch(`{"flags":{"live":true}}`) }, ""},
		{func() { h.fill("logo-primary", []byte(logo)) }, ""},
		{func() { h.fill("watermark", []byte(logo)) }, ""},
		{func() { h.patch(`{"watermarks":[{"text":"OF ACME"},{"image":"logo-primary","size":"9mm"}]}`) }, "OF ACME"},
		{func() { h.fill("house", goregular.TTF) }, ""},
		{func() {
			h.patch(`{"theme":{"fonts":{"sans":{"family":"House","files":[{"slot":"house"},{"slot":"house","weight":"700"}]}}}}`)
		}, ""},
	} {
		c.change()
		doc := render(false)
		if seen[doc.Manifest.RenderKey] {
			t.Error("a document is found that was made before the change")
		}
		seen[doc.Manifest.RenderKey] = true
		if text := tool(t, doc.PDF, "pdftotext", "-raw", "PDF", "-"); !strings.Contains(text, c.want) {
			t.Errorf("%q is not in\n%s", c.want, text)
		}
	}
	last := render(true)
	if fonts := tool(t, last.PDF, "pdffonts", "PDF"); !strings.Contains(fonts, "GoRegular") && !strings.Contains(fonts, "Go-Regular") && !strings.Contains(fonts, "+Go") {
		t.Errorf("the tenant's font is not in\n%s", fonts)
	}
	if n := len(last.Manifest.Finished.Watermarks); n != 2 {
		t.Errorf("there are %d watermarks", n)
	}

	h.patch(`{"copy":null,"texts":null,"theme":null,"flags":null,"slots":null,"watermarks":null,"regulatory":null}`)
	if doc := render(true); doc.Manifest.SHA256 != plain.Manifest.SHA256 {
		t.Error("without a brand again the document is another one")
	}
	if again, err := r.Document(t.Context(), j.Tenant, last.Manifest.RenderKey); err != nil || again.Manifest.SHA256 != last.Manifest.SHA256 {
		t.Errorf("what was made in the brand is %v", err)
	}
}

// A tenant whose file is lost gets no document instead of one with a hole.
func TestBrandWithoutItsFile(t *testing.T) {
	bucket := openBucket(t)
	r := renderer.New(config(t, bucket, openPool(t)))
	j := job(record(t, "tablet-2p.json"))
	own, err := storage.ForTenant(bucket, j.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	h := house{t, own}
	h.fill("logo-primary", []byte(logo))
	settings, err := tenant.Current(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	if err := own.Delete(t.Context(), fmt.Sprintf("assets/%s", settings.Settings.Slots["logo-primary"].SHA256)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Render(t.Context(), j); platen.KindOf(err) != platen.Internal {
		t.Errorf("got %v", err)
	}
}
