package storage

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// Presign returns a URL from which anybody can get key, past Platen and without
// credentials, until it expires: see S3.Presign. ok is false where the store has no
// such URLs (a folder), or what stands there is not what Get returns (it is encrypted).
func Presign(ctx context.Context, b Bucket, key string, expires time.Duration, filename string) (u *url.URL, ok bool, err error) {
	if err := checkKey(key); err != nil {
		return nil, false, fmt.Errorf("presign: %w", err)
	}
	for {
		switch store := b.(type) {
		case *S3:
			u, err := store.Presign(ctx, key, expires, filename)
			return u, err == nil, err
		case wrapper:
			b, key = store.below(key)
		default:
			return nil, false, nil
		}
	}
}

// A wrapper is a Bucket that leaves the values as they are in another one.
type wrapper interface {
	// below returns the bucket in which a key stands, and its key there.
	below(key string) (Bucket, string)
}

func (c *Cached) below(key string) (Bucket, string) { return c.Bucket, key }

func (t *tenantBucket) below(key string) (Bucket, string) { return t.bucket, t.prefix + key }
