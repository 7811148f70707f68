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
	for c, err := range k.withID(ctx, id, copyID) {
		if err != nil || c.Original == original {
			return c, err
		}
	}
	return Copy{}, errNoCopy
}

// CopyWithID returns the copy of an id, for those who look after copies, or NotFound. It is
// Conflict where two documents have such a copy: then the document has to be named.
func (k *Keeper) CopyWithID(ctx context.Context, id platen.TenantID, copyID string) (found Copy, err error) {
	for c, err := range k.withID(ctx, id, copyID) {
		if err != nil {
			return Copy{}, err
		}
		if found.ID != "" {
			return Copy{}, fmt.Errorf("two documents have a copy %s: name the document and the number: %w", copyID, platen.Conflict)
		}
		found = c
	}
	if found.ID == "" {
		return Copy{}, errNoCopy
	}
	return found, nil
}

var errNoCopy = fmt.Errorf("there is no such copy: %w", platen.NotFound)

// withID yields the copies that have an id: documents whose render keys begin alike may
// have one each.
func (k *Keeper) withID(ctx context.Context, id platen.TenantID, copyID string) iter.Seq2[Copy, error] {
	return func(yield func(Copy, error) bool) {
		prefix, number, ok := parseCopyID(copyID)
		if !ok {
			return
		}
		bucket, err := storage.ForTenant(k.Bucket, id)
		if err != nil {
			yield(Copy{}, err)
			return
		}
		for s, err := range sheaves(ctx, bucket, prefix) {
			if err != nil {
				yield(Copy{}, err)
				return
			}
			c, err := s.read(ctx, bucket, number)
			if errors.Is(err, platen.NotFound) {
				continue
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}
