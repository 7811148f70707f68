package storage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
)

const (
	cachePrefix  = "platen:cache:"
	cacheTime    = 100 * time.Millisecond // a Get waits no longer for Redis
	cacheWrite   = 2 * time.Second        // nobody waits for that
	cacheWrites  = 16                     // at once; what comes on top is not kept
	cacheLargest = 1 << 20                // bytes of a value; more holds up others who ask Redis
)

// RedisCache is a Cache in Redis, for all processes that use the same bucket. Each value
// is a key of its own with an expiry, so that any Redis or cluster will do, and any
// policy of eviction.
//
// A Redis that is down, slow, full or wrong has no values: it makes no caller wait
// for long, and once it does not answer it is left alone until it does. Values are
// written beside the caller.
//
// Redis is not trusted to be right. The name of a value and the value are bound by
// an HMAC with the bucket's CacheSecret, and what does not fit is not there: values
// that were changed, cut, or put under another name, by whoever can write to Redis and
// cannot read the bucket, and those of a bucket that stood here before. Who can read
// Redis sees values, but no names: what must not be seen there is encrypted below.
type RedisCache struct {
	redis  *helper
	secret []byte
	ttl    time.Duration
	writes chan struct{}
}

// NewRedisCache returns the cache of the bucket that has the secret. A value is kept
// for ttl. The client should have ContextTimeoutEnabled: only then no call takes
// longer than 100 ms.
func NewRedisCache(client redis.UniversalClient, secret []byte, ttl time.Duration, log *slog.Logger) *RedisCache {
	return &RedisCache{newHelper(client, "cache", cacheTime, log), secret, ttl, make(chan struct{}, cacheWrites)}
}

// CacheSecret returns the secret of a bucket, 32 random bytes that stand in it as
// cache/secret. It makes one if there is none.
func CacheSecret(ctx context.Context, b Bucket) ([]byte, error) {
	const key = "cache/secret"
	secret, err := b.Get(ctx, key)
	if errors.Is(err, platen.NotFound) {
		fresh := make([]byte, sha256.Size)
		rand.Read(fresh)
		if err = b.Put(ctx, key, fresh); err == nil {
			return fresh, nil
		} else if errors.Is(err, platen.Conflict) { // another process was first
			secret, err = b.Get(ctx, key)
		}
	}
	if err == nil && len(secret) != sha256.Size {
		err = fmt.Errorf("%s has %d bytes, want %d: delete it, and a new one is made: %w", key, len(secret), sha256.Size, platen.Internal)
	}
	if err != nil {
		return nil, fmt.Errorf("secret of the cache: %w", err)
	}
	return secret, nil
}

// name is where the value of a key stands in Redis.
func (c *RedisCache) name(key string) string {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write([]byte(key))
	return cachePrefix + hex.EncodeToString(mac.Sum(nil))
}

// sum is the HMAC of a key and its value.
func (c *RedisCache) sum(key string, value []byte) []byte {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write([]byte(key + "\x00")) // no key has that byte
	mac.Write(value)
	return mac.Sum(nil)
}

// seal returns what stands in Redis: the HMAC, and the value.
func (c *RedisCache) seal(key string, value []byte) []byte {
	return append(c.sum(key, value), value...)
}

// open is the inverse of seal.
func (c *RedisCache) open(key string, sealed []byte) (value []byte, ok bool) {
	if len(sealed) < sha256.Size {
		return nil, false
	}
	value = sealed[sha256.Size:]
	return value, hmac.Equal(sealed[:sha256.Size], c.sum(key, value))
}

// Get implements Cache.
func (c *RedisCache) Get(ctx context.Context, key string) ([]byte, bool) {
	if !c.redis.ok() {
		return nil, false
	}
	limited, cancel := context.WithTimeout(ctx, c.redis.limit)
	defer cancel()
	sealed, err := c.redis.client.GetRange(limited, c.name(key), 0, sha256.Size+cacheLargest).Bytes()
	c.redis.failed(ctx, err)
	if err != nil || len(sealed) == 0 {
		return nil, false
	}
	value, ok := c.open(key, sealed)
	if !ok {
		c.redis.seldom.Do(func() { c.redis.log.Warn("a value in the cache is not what was put there", "name", c.name(key)) })
	}
	return value, ok
}

// Set implements Cache. It returns at once, and keeps values of up to 1 MiB.
func (c *RedisCache) Set(_ context.Context, key string, value []byte) {
	if len(value) > cacheLargest || !c.redis.ok() {
		return
	}
	select {
	case c.writes <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-c.writes }()
		ctx, cancel := context.WithTimeout(context.Background(), cacheWrite)
		defer cancel()
		err := c.redis.client.Set(ctx, c.name(key), c.seal(key, value), c.ttl).Err()
		c.redis.failed(context.Background(), err)
	}()
}
