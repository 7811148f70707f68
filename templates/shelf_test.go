package templates

import (
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/keys/keystest"
	"github.com/dicode/platen/storage"
)

// A change by this process counts for its next job.
func TestOwnChangeCountsAtOnce(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	for _, version := range []string{"1.0.0", "2.0.0"} {
		if _, err := l.Activate(t.Context(), "acme", "record", version, nil, ann); err != nil {
			t.Fatal(err)
		}
		if got := gets(t, l, "acme", "record", Pick{At: c.at}); got != version {
			t.Errorf("a job gets %s, want %s", got, version)
		}
	}
}

// A library that has a tenant's template ready does not hand it out half a minute after
// the tenant's keys were destroyed by another process.
func TestTemplateAfterKeysAreDestroyed(t *testing.T) {
	master := keystest.Master(t)
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ring := keys.NewRing(fs, func() time.Time { return now }, master)
	l, c := libraryIn(storage.NewSealed(fs, ring), Rules{})
	publish(t, l, "acme", "1.0.0")
	if _, err := l.Template(t.Context(), "acme", "record@1.0.0", Pick{}); err != nil {
		t.Fatal(err)
	}

	elsewhere := keys.NewRing(fs, c.now, master)
	if _, err := elsewhere.RequestDestruction(t.Context(), "acme", "Ada", "contract ended"); err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Destroy(t.Context(), "acme", "Grace", "contract ended"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(30 * time.Second)
	c.pass(30 * time.Second)
	if _, err := l.Template(t.Context(), "acme", "record@1.0.0", Pick{}); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("the template is handed out: %v", err)
	}
}
