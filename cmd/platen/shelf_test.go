package main

import (
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

// A tenant without a template of a name gets the baseline of that name; one that has
// published its own gets no other, also while none of its versions is active.
func TestBaselineWithoutATemplate(t *testing.T) {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	library := templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes)
	own, err := templates.Open("baseline/batch-record")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := library.Publish(t.Context(), "acme", own, templates.Act{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	s := shelf{library: library}
	for _, test := range []struct {
		tenant platen.TenantID
		name   string
		want   platen.Kind
	}{
		{"globex", "batch-record", ""},
		{"acme", "certificate-of-analysis", ""},
		{"acme", "batch-record", platen.NotFound},
		{"globex", "batch-record@1.0.0", platen.NotFound},
		{"globex", "nonsense", platen.NotFound},
	} {
		got, err := s.template(t.Context(), platen.Job{Tenant: test.tenant, Template: test.name}, "")
		if platen.KindOf(err) != test.want || (err == nil) != (got != nil) {
			t.Errorf("%s of %s: %v, %v", test.name, test.tenant, got, err)
		}
	}
}
