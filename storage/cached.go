package storage

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
)

// A Cache keeps copies of values for a while. It may lose any of them at any time
// and has no errors: what it cannot tell it does not have. It is safe for
// concurrent use.
type Cache interface {
	// Get returns the value of a key, which must not be changed.
	Get(ctx context.Context, key string) (value []byte, ok bool)
	// Set keeps a value, if it can.
	Set(ctx context.Context, key string, value []byte)
}

// Cached is a Bucket that answers Get from a cache where it can. Only keys that are
// never deleted and hold no secrets are cached; since a key is written once, no copy
// is ever stale.
type Cached struct {
	Bucket
	cache Cache
	limit int
	not   []string
	hits  atomic.Int64
	miss  atomic.Int64
}

// NewCached returns b with a cache for values of up to limit bytes. What is in the folders
// not is not cached, as what nobody reads twice.
func NewCached(b Bucket, c Cache, limit int, not ...string) *Cached {
	return &Cached{Bucket: b, cache: c, limit: limit, not: slices.Concat(not, uncached)}
}

// uncached are the folders of keys that are deleted one day, and of those that hold
// secrets, which a cache in Redis would show to whoever reads it.
var uncached = []string{"pending/", "webhooks/"}

// cachable reports whether a key, of a tenant or not, may be cached.
func (c *Cached) cachable(key string) bool {
	if rest, ok := strings.CutPrefix(key, "tenants/"); ok {
		_, key, _ = strings.Cut(rest, "/")
	}
	return !slices.ContainsFunc(c.not, func(folder string) bool { return strings.HasPrefix(key, folder) })
}

// Get implements Bucket.
func (c *Cached) Get(ctx context.Context, key string) ([]byte, error) {
	if !c.cachable(key) {
		return c.Bucket.Get(ctx, key)
	}
	if value, ok := c.cache.Get(ctx, key); ok {
		c.hits.Add(1)
		return append([]byte(nil), value...), nil // callers may change what they get
	}
	c.miss.Add(1)
	value, err := c.Bucket.Get(ctx, key)
	if err == nil && len(value) <= c.limit {
		c.cache.Set(ctx, key, append([]byte(nil), value...))
	}
	return value, err
}

// Counts returns how often a value was there, and how often it was not.
func (c *Cached) Counts() (hits, misses int64) { return c.hits.Load(), c.miss.Load() }

// MemoryCache is a Cache of this process, of a number of bytes.
type MemoryCache struct{ values *LRU[[]byte] }

// NewMemoryCache returns an empty cache.
func NewMemoryCache(limit int) *MemoryCache { return &MemoryCache{NewLRU[[]byte](limit)} }

// Get implements Cache.
func (m *MemoryCache) Get(_ context.Context, key string) ([]byte, bool) { return m.values.Get(key) }

// Set implements Cache.
func (m *MemoryCache) Set(_ context.Context, key string, value []byte) {
	m.values.Set(key, value, len(value))
}
