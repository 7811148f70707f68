package storage

import (
	"context"
	"iter"
)

// A Bucket is a flat, create-only key/value store. It is safe for concurrent
// use, by several processes too. Wrappers are Buckets around a Bucket.
//
// A key is segments of letters, digits, ".", "_" and "-" joined by "/", at most
// 512 bytes with all that wrappers put before it; a segment has 1 to 100 bytes
// and does not start with ".". Any other key is platen.Invalid. Upper and lower
// case are different. A key must not be a folder of another ("a" and "a/b"):
// a store on disk cannot hold both and says platen.Invalid.
//
// A full store and a context that ends are platen.Busy, a broken store is
// platen.Internal.
type Bucket interface {
	// Get returns the value of key, or an error that is platen.NotFound.
	Get(ctx context.Context, key string) ([]byte, error)

	// Put stores value whole or not at all, and for good: when it returns nil
	// the value survives a loss of power. A key is written once: a second Put
	// is platen.Conflict, so no record can be replaced unseen. Of many Puts of
	// one key at the same time exactly one returns nil. After an error that is
	// Busy or Internal the value is there whole or not at all; Put it again to know.
	Put(ctx context.Context, key string, value []byte) error

	// List yields each key that starts with prefix, in byte order. The prefix
	// need not end at a "/"; the empty one yields all. A key that is put or
	// deleted meanwhile may be listed or not. An error is yielded last, with
	// an empty key.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]

	// Delete removes key; the key may then be put again. It is there for one
	// use: the record of a pending job, once its terminal record is stored.
	// A key that does not exist is no error, so the step may be repeated.
	Delete(ctx context.Context, key string) error
}
