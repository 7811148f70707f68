package main

import (
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
)

// That a webhook is disabled stands in the trail, and whether it was.
func TestDisablingIsAudited(t *testing.T) {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	s := &service{audit: audit.New(audit.Config{Bucket: bucket, Now: time.Now})}
	disable := func(result error) error {
		return s.disabling(t.Context(), "acme", "lims", "the receiver answered 410 Gone", func() error { return result })
	}
	if err := disable(nil); err != nil {
		t.Fatal(err)
	}
	if err := disable(platen.Conflict); platen.KindOf(err) != platen.Conflict {
		t.Errorf("got %v, want what went wrong", err)
	}
	var got []platen.Kind
	for r, err := range s.audit.Records(t.Context(), "acme", audit.Range{}) {
		if err != nil || r.Action != audit.WebhookDisabled || r.On[0].ID != "lims" || r.Reason == "" {
			t.Errorf("got %+v, %v", r, err)
		}
		got = append(got, r.Failed)
	}
	if len(got) != 3 || got[0] != "" || got[1] != "" || got[2] != platen.Conflict {
		t.Errorf("the entries failed as %q", got)
	}
}
