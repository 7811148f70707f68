package storage

import (
	"context"
	"fmt"
	"iter"

	"github.com/dicode/platen"
)

// ForTenant returns the part of b that belongs to one tenant, the keys under
// tenants/<id>/, with this prefix left off. The result cannot name any other
// key. An id that platen.ParseTenantID refuses is Invalid here too. All errors of the
// result are an Error.
func ForTenant(b Bucket, id platen.TenantID) (Bucket, error) {
	id, err := platen.ParseTenantID(string(id))
	if err != nil {
		return nil, fmt.Errorf("storage of a tenant: %w", err)
	}
	return &tenantBucket{b, tenantPrefix(id)}, nil
}

// tenantPrefix is what the keys of a tenant start with.
func tenantPrefix(id platen.TenantID) string { return "tenants/" + string(id) + "/" }

type tenantBucket struct {
	bucket Bucket
	prefix string
}

// Get implements Bucket.
func (t *tenantBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, inside(fmt.Errorf("get: %w", err))
	}
	value, err := t.bucket.Get(ctx, t.prefix+key)
	return value, inside(err)
}

// Put implements Bucket.
func (t *tenantBucket) Put(ctx context.Context, key string, value []byte) error {
	if err := checkKey(key); err != nil {
		return inside(fmt.Errorf("put: %w", err))
	}
	return inside(t.bucket.Put(ctx, t.prefix+key, value))
}

// List implements Bucket.
func (t *tenantBucket) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", inside(fmt.Errorf("list: %w", err)))
			return
		}
		for key, err := range t.bucket.List(ctx, t.prefix+prefix) {
			if err != nil {
				yield("", inside(err))
				return
			}
			if !yield(key[len(t.prefix):], nil) {
				return
			}
		}
	}
}

// Delete implements Bucket.
func (t *tenantBucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return inside(fmt.Errorf("delete: %w", err))
	}
	return inside(t.bucket.Delete(ctx, t.prefix+key))
}
