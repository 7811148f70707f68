package storage_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

func TestCached(t *testing.T) {
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
		b, err := storage.OpenFS(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return storage.NewCached(b, storage.NewMemoryCache(1<<20), 64<<10)
	})
}

// countedBucket counts how often it is asked for a value.
type countedBucket struct {
	storage.Bucket
	gets int
}

func (c *countedBucket) Get(ctx context.Context, key string) ([]byte, error) {
	c.gets++
	return c.Bucket.Get(ctx, key)
}

func TestCachedAsksOnce(t *testing.T) {
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	below := &countedBucket{Bucket: fs}
	c := storage.NewCached(below, storage.NewMemoryCache(1<<20), 100, "audit/")
	small, large := bytes.Repeat([]byte("s"), 100), bytes.Repeat([]byte("l"), 101)
	for _, tt := range []struct {
		key   string
		value []byte
		want  int // Gets of the bucket below for three
	}{
		{"tenants/acme/documents/small.pdf", small, 1},
		{"tenants/acme/documents/large.pdf", large, 3},
		{"tenants/acme/pending/job", small, 3},
		{"pending/job", small, 3},
		{"tenants/acme/webhooks/lims/00000001.json", small, 3},
		{"tenants/acme/audit/00000001.json", small, 3},
	} {
		if err := c.Put(t.Context(), tt.key, tt.value); err != nil {
			t.Fatal(err)
		}
		below.gets = 0
		for range 3 {
			v, err := c.Get(t.Context(), tt.key)
			if err != nil || !bytes.Equal(v, tt.value) {
				t.Fatalf("%s: %q, %v", tt.key, v, err)
			}
			v[0] = '!' // the caller's own
		}
		if below.gets != tt.want {
			t.Errorf("%s: the bucket was asked %d times, want %d", tt.key, below.gets, tt.want)
		}
	}
	if hits, misses := c.Counts(); hits != 2 || misses != 4 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
}

func TestMemoryCacheForgetsTheOldest(t *testing.T) {
	m := storage.NewMemoryCache(1000)
	for i := range 20 {
		m.Set(t.Context(), fmt.Sprint(i), bytes.Repeat([]byte("x"), 100))
		m.Get(t.Context(), "0")
	}
	for i := range 20 {
		_, ok := m.Get(t.Context(), fmt.Sprint(i))
		if want := i == 0 || i > 10; ok != want {
			t.Errorf("value %d is there: %v", i, ok)
		}
	}
	m.Set(t.Context(), "too large", make([]byte, 1001))
	if _, ok := m.Get(t.Context(), "too large"); ok {
		t.Error("a value over the limit was kept")
	}
}
