package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/dicode/platen"
)

const (
	guardTime  = time.Minute     // of an operation; of a Put besides a second for each guardSpeed bytes
	guardSpeed = 100 << 10       // bytes
	guardLate  = 5 * time.Second // after that it is looked whether the store hangs
)

// guarded is a Bucket whose store may hang without harm to those who do not need it.
type guarded struct {
	bucket Bucket
	tenant platen.TenantID
	fuse   *fuse
}

func newGuarded(b Bucket, id platen.TenantID, log *slog.Logger) *guarded {
	look := func(ctx context.Context) error {
		_, err := b.Get(ctx, tenantPrefix(id)+"probe")
		if errors.Is(err, platen.Busy) {
			return err
		}
		return nil // it answers, whatever it says
	}
	return &guarded{b, id, newFuse("the bucket of tenant "+string(id), log, look)}
}

func (g *guarded) below(key string) (Bucket, string) { return g.bucket, key }

// do does one operation, unless the store hangs.
func (g *guarded) do(ctx context.Context, limit time.Duration, what, key string, f func(context.Context) error) error {
	up, ok := g.fuse.ok()
	if !ok {
		return g.hangs(what, key)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer context.AfterFunc(up, cancel)()
	defer time.AfterFunc(guardLate, g.fuse.doubt).Stop()
	return g.judge(ctx, limited, what, key, f(limited))
}

func (g *guarded) hangs(what, key string) error {
	return fmt.Errorf("%s %q: the store of tenant %s does not answer: try again later: %w", what, key, g.tenant, platen.Busy)
}

// judge returns the error of an operation that may have been ended here, and looks
// after a store that was Busy. That the caller's own ctx has ended says nothing of it.
func (g *guarded) judge(ctx, limited context.Context, what, key string, err error) error {
	if ctx.Err() != nil || !errors.Is(err, platen.Busy) {
		return err
	}
	g.fuse.doubt()
	if limited.Err() != nil {
		return g.hangs(what, key)
	}
	return err
}

// Get implements Bucket.
func (g *guarded) Get(ctx context.Context, key string) (value []byte, err error) {
	err = g.do(ctx, guardTime, "get", key, func(ctx context.Context) (err error) {
		value, err = g.bucket.Get(ctx, key)
		return err
	})
	return value, err
}

// Put implements Bucket.
func (g *guarded) Put(ctx context.Context, key string, value []byte) error {
	limit := guardTime + time.Duration(len(value)/guardSpeed)*time.Second
	return g.do(ctx, limit, "put", key, func(ctx context.Context) error { return g.bucket.Put(ctx, key, value) })
}

// Delete implements Bucket.
func (g *guarded) Delete(ctx context.Context, key string) error {
	return g.do(ctx, guardTime, "delete", key, func(ctx context.Context) error { return g.bucket.Delete(ctx, key) })
}

// List implements Bucket. The limit is for the time between two keys, without that
// which the caller takes.
func (g *guarded) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		up, ok := g.fuse.ok()
		if !ok {
			yield("", g.hangs("list", prefix))
			return
		}
		limited, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(up, cancel)()
		late, limit := time.AfterFunc(guardLate, g.fuse.doubt), time.AfterFunc(guardTime, cancel)
		defer late.Stop()
		defer limit.Stop()
		for key, err := range g.bucket.List(limited, prefix) {
			late.Stop()
			limit.Stop()
			if !yield(key, g.judge(ctx, limited, "list", prefix, err)) || err != nil {
				return
			}
			late.Reset(guardLate)
			limit.Reset(guardTime)
		}
	}
}
