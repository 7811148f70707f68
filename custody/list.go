package custody

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Filter chooses copies. Its zero value is all.
type Filter struct {
	RenderKey   string // of their document; empty: any
	Status      string // empty: any
	Recipient   string // empty: any
	State       State  // empty: any
	Outstanding bool   // only those that are
	After       string // id of a copy: only those behind it
}

func (f Filter) has(c Copy) bool {
	return (f.Status == "" || c.Status == f.Status) && (f.Recipient == "" || c.Recipient == f.Recipient) &&
		(f.State == "" || c.State == f.State) && (!f.Outstanding || c.IsOutstanding())
}

// Copies yields copies of a tenant's register, by render key and number. An error is
// yielded last.
func (k *Keeper) Copies(ctx context.Context, id platen.TenantID, f Filter) iter.Seq2[Copy, error] {
	return func(yield func(Copy, error) bool) {
		bucket, err := storage.ForTenant(k.Bucket, id)
		if err != nil {
			yield(Copy{}, err)
			return
		}
		prefix, number, _ := parseCopyID(f.After)
		folder := f.RenderKey
		if folder != "" {
			folder += "/"
		}
		for s, err := range sheaves(ctx, bucket, folder) {
			if err != nil {
				yield(Copy{}, err)
				return
			}
			if s.key < prefix {
				continue
			}
			after := 0
			if prefix != "" && strings.HasPrefix(s.key, prefix) {
				after = number
			}
			if !s.yield(ctx, bucket, f, after, yield) {
				return
			}
		}
	}
}

// yield yields the copies of a sheaf with numbers above another.
func (s sheaf) yield(ctx context.Context, bucket storage.Bucket, f Filter, after int, yield func(Copy, error) bool) bool {
	for _, number := range slices.Sorted(maps.Keys(s.copies)) {
		if number <= after {
			continue
		}
		c, err := s.read(ctx, bucket, number)
		if err != nil {
			yield(c, err)
			return false
		}
		if f.has(c) && !yield(c, nil) {
			return false
		}
	}
	return true
}

// Copy returns a copy of a document, or NotFound.
func (k *Keeper) Copy(ctx context.Context, id platen.TenantID, key string, number int) (c Copy, err error) {
	bucket, s, err := k.sheaf(ctx, id, key)
	if err != nil {
		return c, err
	}
	return s.read(ctx, bucket, number)
}

// FindCopy returns the copy of an id, whose original must have a digest, or NotFound:
// whoever asks has read both on the copy.
func (k *Keeper) FindCopy(ctx context.Context, id platen.TenantID, copyID, original string) (Copy, error) {
	none := fmt.Errorf("there is no such copy: %w", platen.NotFound)
	prefix, number, ok := parseCopyID(copyID)
	if !ok {
		return Copy{}, none
	}
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return Copy{}, err
	}
	for s, err := range sheaves(ctx, bucket, prefix) {
		if err != nil {
			return Copy{}, err
		}
		c, err := s.read(ctx, bucket, number)
		if errors.Is(err, platen.NotFound) {
			continue
		}
		if err != nil || c.Original == original {
			return c, err
		}
	}
	return Copy{}, none
}
