package storage_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// Through wrappers, a URL is that of the object in the store where it stands.
func TestPresignThroughWrappers(t *testing.T) {
	t.Parallel()
	main, own := openS3(t, storagetest.S3(t)), openS3(t, storagetest.S3(t))
	cached := func(b storage.Bucket) storage.Bucket {
		return storage.NewCached(b, storage.NewMemoryCache(1<<20), 1<<10)
	}
	b := cached(storage.NewRouted(cached(main), buckets{"acme": own}, quiet))
	for id, store := range (buckets{"acme": own, "globex": main}) {
		mustPut(t, store, "tenants/"+string(id)+"/documents/1.pdf", "%PDF of "+string(id))
		u, ok, err := storage.Presign(t.Context(), forTenant(t, b, id), "documents/1.pdf", time.Minute, "1.pdf")
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", id, ok, err)
		}
		if got := fetch(t, u); got != "%PDF of "+string(id) {
			t.Errorf("from %s comes %q", u, got)
		}
	}
}

func fetch(t *testing.T, u *url.URL) string {
	t.Helper()
	answer, err := http.Get(u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A store without URLs says so, and so does one that is behind something that changes values.
func TestPresignWhereThereIsNone(t *testing.T) {
	s3, fs := openS3(t, nowhere), openFS(t, t.TempDir())
	changing := struct{ storage.Bucket }{s3}
	for name, b := range map[string]storage.Bucket{
		"folder": fs, "cached folder": storage.NewCached(fs, storage.NewMemoryCache(1), 1), "tenant's folder": forTenant(t, fs, "acme"),
		"encrypted": sealedOn(t, s3), "tenant's, encrypted": forTenant(t, sealedOn(t, s3), "acme"),
		"unknown wrapper": changing, "tenant's in an unknown wrapper": forTenant(t, changing, "acme"),
	} {
		if u, ok, err := storage.Presign(t.Context(), b, "documents/1.pdf", time.Minute, "1.pdf"); u != nil || ok || err != nil {
			t.Errorf("%s: %v, %v, %v", name, u, ok, err)
		}
	}
}

func TestPresignRefuses(t *testing.T) {
	b := openS3(t, nowhere)
	for _, key := range []string{"../globex/documents/1.pdf", "", "a//b", "/a", "a/", "a/../../globex/b", strings.Repeat("a/", 300) + "a"} {
		u, ok, err := storage.Presign(t.Context(), forTenant(t, b, "acme"), key, time.Minute, "1.pdf")
		if ok || u != nil {
			t.Errorf("%q: %v", key, u)
		}
		wantErr(t, key, err, platen.Invalid, "")
	}
	_, _, err := storage.Presign(t.Context(), openFS(t, t.TempDir()), "../a", time.Minute, "1.pdf")
	wantErr(t, "a key of a folder", err, platen.Invalid, "")
	_, ok, err := storage.Presign(t.Context(), b, "a", time.Hour*1000, "1.pdf")
	wantErr(t, "too long", err, platen.Invalid, "expire")
	if ok {
		t.Error("ok with an error")
	}
}
