package storage_test

import (
	"testing"

	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

func TestFS(t *testing.T) {
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket { return openFS(t, t.TempDir()) })
}

func TestForTenant(t *testing.T) {
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
		fs := openFS(t, t.TempDir())
		// Another tenant's keys, one of them with an id that starts the same.
		for _, key := range []string{"tenants/acme-2/a", "tenants/acm/a", "tenants/globex/a/b", "tenants.txt", "zz"} {
			if err := fs.Put(t.Context(), key, []byte("not acme's")); err != nil {
				t.Fatal(err)
			}
		}
		return forTenant(t, fs, "acme")
	})
}

func openFS(t testing.TB, dir string) *storage.FS {
	t.Helper()
	b, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}
