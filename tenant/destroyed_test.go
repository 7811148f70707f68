package tenant_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/keys/keystest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// A book that has a tenant's settings does not hand them out half a minute after the
// tenant's keys were destroyed by another process.
func TestBookAfterKeysAreDestroyed(t *testing.T) {
	master := keystest.Master(t)
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	now := noon
	clock := func() time.Time { return now }
	bucket := storage.NewSealed(fs, keys.NewRing(fs, clock, master))
	book := tenant.NewBook(bucket, clock, 1<<20)
	acme, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := book.Current(t.Context(), "acme"); err != nil || r.Number != 0 {
		t.Fatalf("before the tenant has keys the book has revision %d, %v", r.Number, err)
	}
	put(t, acme, mark("one"), change(0))
	now = now.Add(time.Second)
	if b, err := book.Brand(t.Context(), "acme"); err != nil || b == nil {
		t.Fatalf("the brand is %v, %v", b, err)
	}

	elsewhere := keys.NewRing(fs, clock, master)
	if _, err := elsewhere.RequestDestruction(t.Context(), "acme", "Ada", "contract ended"); err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Destroy(t.Context(), "acme", "Grace", "contract ended"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(30 * time.Second)
	if _, err := book.Current(t.Context(), "acme"); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("the settings are handed out: %v", err)
	}
	if b, err := book.Brand(t.Context(), "acme"); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("the brand is handed out: %v, %v", b, err)
	}
}
