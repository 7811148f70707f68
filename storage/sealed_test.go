package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	keyring "github.com/dicode/platen/keys"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

func newMaster(t testing.TB) *keyring.Master {
	t.Helper()
	file := filepath.Join(t.TempDir(), "master.key")
	if err := keyring.NewKeyFile(file); err != nil {
		t.Fatal(err)
	}
	m, err := keyring.OpenMaster(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func sealedOn(t testing.TB, b storage.Bucket) *storage.Sealed {
	t.Helper()
	return storage.NewSealed(b, keyring.NewRing(b, time.Now, newMaster(t)))
}

func TestSealed(t *testing.T) {
	t.Run("of no tenant", func(t *testing.T) {
		storagetest.TestBucket(t, func(t *testing.T) storage.Bucket { return sealedOn(t, openFS(t, t.TempDir())) })
	})
	t.Run("of a tenant", func(t *testing.T) {
		storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
			return forTenant(t, sealedOn(t, openFS(t, t.TempDir())), "acme")
		})
	})
}

const batch = "Ibuprofen 400 mg, lot IB-2026-042" // what nobody may read

func putAll(t *testing.T, b storage.Bucket, values map[string]string) {
	t.Helper()
	for key, value := range values {
		put(t, b, key, value)
	}
}

// wantRefused checks that a value cannot be had, for a reason.
func wantRefused(t *testing.T, b storage.Bucket, key string, kind platen.Kind, text string) {
	t.Helper()
	value, err := b.Get(t.Context(), key)
	if platen.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("Get(%s): %.20q, %v; want %s with %q", key, value, err, kind, text)
	}
	if strings.Contains(fmt.Sprint(err), "Ibuprofen") {
		t.Errorf("the error shows the value: %v", err)
	}
}

// Neither the store nor the cache in Redis has anything of a tenant in it that can be read.
func TestSealedShowsNothing(t *testing.T) {
	dir, address := t.TempDir(), queuetest.Redis(t)
	cached := storage.NewCached(openFS(t, dir), openCache(t, address), 1<<20)
	b := sealedOn(t, cached)
	values := map[string]string{
		"tenants/acme/documents/a.pdf": strings.Repeat(batch, 1000),
		"tenants/acme/pending/a.json":  batch,
		"tenants/globex/settings/1":    batch,
	}
	putAll(t, b, values)
	client := redisClient(t, address)
	eventually(t, "two values are cached", func() bool {
		for key, want := range values {
			if got, err := b.Get(t.Context(), key); err != nil || string(got) != want {
				t.Fatalf("Get(%s): %.40q, %v", key, got, err)
			}
		}
		return len(names(t, client)) == 2
	})
	for _, name := range names(t, client) {
		if dump := client.Dump(t.Context(), name).Val(); dump == "" || strings.Contains(dump, "Ibuprofen") {
			t.Errorf("Redis can be read: %.80q", dump)
		}
		if value := client.Get(t.Context(), name).Val(); strings.Contains(value, "Ibuprofen") {
			t.Errorf("Redis can be read: %.80q", value)
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		src, err := os.ReadFile(file)
		if bytes.Contains(src, []byte("Ibuprofen")) {
			t.Errorf("%s can be read", file)
		}
		return err
	})
	if err != nil || files < 5 { // three values, two keysets
		t.Errorf("%d files, %v", files, err)
	}
}

// Whoever can write into the store cannot pass one value off as another one.
func TestSealedIsBound(t *testing.T) {
	below := openFS(t, t.TempDir())
	b := sealedOn(t, below)
	putAll(t, b, map[string]string{"tenants/acme/documents/a.pdf": batch, "tenants/globex/documents/g.pdf": batch})
	sealed, err := below.Get(t.Context(), "tenants/acme/documents/a.pdf")
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string][]byte{
		"tenants/acme/documents/moved.pdf":   sealed,
		"tenants/globex/documents/a.pdf":     sealed,
		"tenants/acme/documents/short.pdf":   sealed[:len(sealed)-1],
		"tenants/acme/documents/longer.pdf":  append(slices.Clone(sealed), 0),
		"tenants/acme/documents/no-body.pdf": sealed[:len("platen sealed 1\n")],
	}
	for _, at := range []int{16, 20, len(sealed) / 2, len(sealed) - 1} {
		changed := slices.Clone(sealed)
		changed[at] ^= 0x40
		planted[fmt.Sprintf("tenants/acme/documents/changed-%d.pdf", at)] = changed
	}
	for key, value := range planted {
		if err := below.Put(t.Context(), key, value); err != nil {
			t.Fatal(err)
		}
		wantRefused(t, b, key, platen.Internal, "changed, was moved")
	}
	for key, value := range map[string][]byte{"tenants/acme/documents/plain.pdf": []byte("%PDF"), "tenants/acme/documents/none.pdf": {}, "tenants/acme/documents/mark.pdf": append([]byte("x"), sealed...)} {
		if err := below.Put(t.Context(), key, value); err != nil {
			t.Fatal(err)
		}
		wantRefused(t, b, key, platen.Internal, "unencrypted")
	}
}

// With a tenant's keys goes all that it has stored: in the store, in caches, in backups
// of it, and for processes that have used the keys before. Others go on.
func TestSealedDestroyed(t *testing.T) {
	dir, backup, master := t.TempDir(), t.TempDir(), newMaster(t)
	below := openFS(t, dir)
	now := time.Now()
	ring := keyring.NewRing(below, func() time.Time { return now }, master)
	b := storage.NewSealed(storage.NewCached(below, storage.NewMemoryCache(1<<20), 1<<20), ring)
	putAll(t, b, map[string]string{"tenants/acme/documents/a.pdf": batch, "tenants/globex/documents/g.pdf": batch})
	if got, err := b.Get(t.Context(), "tenants/acme/documents/a.pdf"); err != nil || string(got) != batch {
		t.Fatalf("Get: %.40q, %v", got, err)
	}
	if err := os.CopyFS(filepath.Join(backup, "tenants"), os.DirFS(filepath.Join(dir, "tenants"))); err != nil {
		t.Fatal(err)
	}

	other := keyring.NewRing(below, time.Now, master)
	if _, err := other.RequestDestruction(t.Context(), "acme", "Ada", "contract ended"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Destroy(t.Context(), "acme", "Grace", "contract ended"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(30 * time.Second)
	for _, key := range []string{"documents/a.pdf", "documents/b.pdf"} {
		wantDestroyed(t, forTenant(t, b, "acme"), key)
	}
	if err := b.Put(t.Context(), "tenants/acme/documents/b.pdf", nil); platen.KindOf(err) != platen.Denied || !errors.Is(err, keyring.ErrDestroyed) {
		t.Errorf("Put: %v, want that the keys were destroyed", err)
	}
	wantRefused(t, b, "tenants/globex/documents/b.pdf", platen.NotFound, "")
	wantRefused(t, b, "diffs/acme", platen.NotFound, "")
	if got, err := b.Get(t.Context(), "tenants/globex/documents/g.pdf"); err != nil || string(got) != batch {
		t.Errorf("the other tenant gets %.40q, %v", got, err)
	}

	restored := openFS(t, backup)
	wantRefused(t, storage.NewSealed(restored, ring), "tenants/acme/documents/a.pdf", platen.Denied, "destroyed")
	wantRefused(t, storage.NewSealed(restored, keyring.NewRing(restored, time.Now, master)), "tenants/acme/documents/a.pdf", platen.Internal, "no keys")
}

func wantDestroyed(t *testing.T, b storage.Bucket, key string) {
	t.Helper()
	wantRefused(t, b, key, platen.Denied, "destroyed")
	if _, err := b.Get(t.Context(), key); !errors.Is(err, keyring.ErrDestroyed) {
		t.Errorf("Get(%s): %v, want that the keys were destroyed", key, err)
	}
}

// A countingBucket counts how often a value is asked for; while it is down it gives none.
type countingBucket struct {
	storage.Bucket
	gets int
	down bool
}

func (c *countingBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if c.gets++; c.down {
		return nil, platen.Busy
	}
	return c.Bucket.Get(ctx, key)
}

// What is not there is not found, by tenants that have no keys yet, too, and their keys are
// asked for once in half a minute. Where these cannot be asked for, it is not told.
func TestSealedMissing(t *testing.T) {
	below := openFS(t, t.TempDir())
	store, now := &countingBucket{Bucket: below}, time.Now()
	b := storage.NewSealed(below, keyring.NewRing(store, func() time.Time { return now }, newMaster(t)))
	missing := func(want int) {
		t.Helper()
		store.gets = 0
		for range 100 {
			wantRefused(t, b, "tenants/acme/settings/00000001.json", platen.NotFound, "")
			wantRefused(t, b, "queue/tenants/acme", platen.NotFound, "")
		}
		if store.gets > want {
			t.Errorf("the keys were asked for %d times, want at most %d", store.gets, want)
		}
	}
	missing(1)
	put(t, b, "tenants/acme/documents/a.pdf", batch)
	missing(0)
	now = now.Add(30 * time.Second)
	missing(1)
	now, store.down = now.Add(30*time.Second), true
	wantRefused(t, b, "tenants/acme/settings/00000001.json", platen.Busy, "")
	wantRefused(t, b, "queue/tenants/acme", platen.NotFound, "")
}

// Values that were there before a rotation, and those after it, can be read by processes
// that have not noticed it.
func TestSealedWhileKeysRotate(t *testing.T) {
	below, master := openFS(t, t.TempDir()), newMaster(t)
	ring := keyring.NewRing(below, time.Now, master)
	here, there := storage.NewSealed(below, ring), storage.NewSealed(below, keyring.NewRing(below, time.Now, master))
	want := map[string]string{}
	for i := range 5 {
		for name, b := range map[string]storage.Bucket{"here": here, "there": there} {
			key := fmt.Sprintf("tenants/acme/documents/%s-%d", name, i)
			want[key] = fmt.Sprint(batch, key)
			putAll(t, b, map[string]string{key: want[key]})
		}
		for key := range maps.Keys(want) {
			for _, b := range []storage.Bucket{here, there} {
				if got, err := b.Get(t.Context(), key); err != nil || string(got) != want[key] {
					t.Fatalf("after %d rotations: Get(%s): %.40q, %v", i, key, got, err)
				}
			}
		}
		if _, err := ring.Rotate(t.Context(), "acme"); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkSealed(b *testing.B) {
	set, err := keyring.NewRing(openFS(b, b.TempDir()), time.Now, newMaster(b)).Sealing(b.Context(), "acme")
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 100 << 10, 10 << 20} {
		value := bytes.Repeat([]byte("x"), size)
		sealed, err := set.Seal(value, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("seal-%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				set.Seal(value, nil)
			}
		})
		b.Run(fmt.Sprintf("open-%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				set.Open(sealed, nil)
			}
		})
	}
}
