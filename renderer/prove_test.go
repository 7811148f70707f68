package renderer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// Where a tenant wants proof, a document that hides a value fails, leaves nothing behind, and
// its error has no data.
//
// Requirement: R-04
func TestProve(t *testing.T) {
	pool := openPool(t)
	data := record(t, "tablet-2p.json")
	render := func(t *testing.T, bucket storage.Bucket, settings, body string) (platen.Document, error) {
		t.Helper()
		own, err := storage.ForTenant(bucket, "acme")
		if err != nil {
			t.Fatal(err)
		}
		house{t, own}.patch(settings)
		cfg := config(t, bucket, pool)
		cfg.Templates = bundle(t, "", body, nil)
		return renderer.New(cfg).Render(t.Context(), job(data))
	}
	const (
		seen   = `<p>{{batch.number}} by {{@issue.by}}</p>`
		hidden = `<p>{{batch.number}}</p><p style="color: #fff">{{product.name}}</p>`
	)
	for _, test := range []struct {
		name, settings, body string
		proven               int
		want                 string
	}{
		{"nobody asks", `{}`, hidden, 0, ""},
		{"all is seen", `{"prove": true}`, seen, 2, ""},
		{"white on white", `{"prove": true}`, hidden, 0, "/product/name, which document.hbs:"},
		{"not displayed", `{"prove": true}`, `<p hidden>{{batch.number}}</p>`, 0, "/batch/number, which document.hbs:"},
		{"off the page", `{"prove": true}`, `<p style="position: absolute; left: -300mm">{{batch.number}}</p>`, 0, "/batch/number"},
		{"clipped", `{"prove": true}`, `<p style="width: 0; overflow: hidden">{{batch.number}}</p>`, 0, "/batch/number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bucket := openBucket(t)
			doc, err := render(t, bucket, test.settings, test.body)
			if test.want == "" {
				if err != nil || doc.Manifest.Finished.Proven != test.proven {
					t.Fatalf("%d values are proven, want %d: %v", doc.Manifest.Finished.Proven, test.proven, err)
				}
				return
			}
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "BS26C417") || strings.Contains(err.Error(), "Bisoprolol") {
				t.Errorf("the error is %v: want Invalid with %q, without the value", err, test.want)
			}
			for key := range bucket.List(t.Context(), "tenants/acme/documents/") {
				t.Errorf("%s was stored", key)
			}
		})
	}

	t.Run("stored before", func(t *testing.T) {
		bucket := openBucket(t)
		if _, err := render(t, bucket, `{}`, hidden); err != nil {
			t.Fatal(err)
		}
		if doc, err := render(t, bucket, `{"prove": true}`, hidden); !errors.Is(err, platen.Invalid) || doc.PDF != nil {
			t.Errorf("a document that is not proven was handed out: %v", err)
		}
		if _, err := render(t, bucket, `{}`, seen); err != nil {
			t.Fatal(err)
		}
		if doc, err := render(t, bucket, `{"prove": true}`, seen); err != nil || !doc.Stored {
			t.Errorf("a document that can be proven was not: %v", err)
		}
	})
}
