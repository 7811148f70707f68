package archive_test

import (
	"context"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A breaking bucket takes so many values, and then no more.
type breaking struct {
	storage.Bucket
	puts int
}

func (b *breaking) Put(ctx context.Context, key string, value []byte) error {
	if b.puts--; b.puts < 0 {
		return platen.Busy
	}
	return b.Bucket.Put(ctx, key, value)
}
