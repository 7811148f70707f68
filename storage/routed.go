package storage

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// Routed is a Bucket of an installation in which tenants may have Buckets of their own,
// at other endpoints: there stand all keys under tenants/<id>/, under the same names,
// and nothing of that tenant stands elsewhere.
type Routed struct {
	main Bucket
	own  map[platen.TenantID]Bucket
	list []platen.TenantID // of own, in the order of their keys
}

// NewRouted returns main with the tenants' own Buckets. One of these that does not
// answer is Busy for its tenant: within ten seconds at first, and then at once until it
// answers, so that nobody else waits for it. One that is slow has a minute for an
// operation, and a second more for each 100 KB that it is to store.
func NewRouted(main Bucket, own map[platen.TenantID]Bucket, log *slog.Logger) *Routed {
	r := &Routed{main: main, own: map[platen.TenantID]Bucket{}}
	for id, b := range own {
		r.own[id] = newGuarded(b, id, log)
	}
	r.list = slices.SortedFunc(maps.Keys(own), func(a, b platen.TenantID) int {
		return strings.Compare(tenantPrefix(a), tenantPrefix(b))
	})
	return r
}

// ownOf returns the tenant's own Bucket in which a key, or each that starts so, stands;
// nil if it stands in main.
func (r *Routed) ownOf(key string) Bucket {
	id, _, ok := ofTenant(key)
	if !ok {
		return nil
	}
	return r.own[platen.TenantID(id)]
}

// bucket returns where a key stands.
func (r *Routed) bucket(key string) Bucket {
	if own := r.ownOf(key); own != nil {
		return own
	}
	return r.main
}

func (r *Routed) below(key string) (Bucket, string) { return r.bucket(key), key }

// Get implements Bucket.
func (r *Routed) Get(ctx context.Context, key string) ([]byte, error) {
	return r.bucket(key).Get(ctx, key)
}

// Put implements Bucket.
func (r *Routed) Put(ctx context.Context, key string, value []byte) error {
	return r.bucket(key).Put(ctx, key, value)
}

// Delete implements Bucket.
func (r *Routed) Delete(ctx context.Context, key string) error {
	return r.bucket(key).Delete(ctx, key)
}

// List implements Bucket. It asks the Buckets of tenants only for a prefix that
// their keys can have.
func (r *Routed) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if own := r.ownOf(prefix); own != nil {
		return own.List(ctx, prefix)
	}
	var within []platen.TenantID
	for _, id := range r.list {
		if strings.HasPrefix(tenantPrefix(id), prefix) {
			within = append(within, id)
		}
	}
	if len(within) == 0 {
		return r.main.List(ctx, prefix)
	}
	return func(yield func(string, error) bool) { r.merge(ctx, prefix, within, yield) }
}

// merge yields the keys of main with those of tenants, which come in one piece each.
func (r *Routed) merge(ctx context.Context, prefix string, tenants []platen.TenantID, yield func(string, error) bool) {
	// before yields the keys of the tenants that come before a key.
	before := func(key string) (more bool) {
		for ; len(tenants) > 0 && (key == "" || tenantPrefix(tenants[0]) < key); tenants = tenants[1:] {
			for key, err := range r.own[tenants[0]].List(ctx, tenantPrefix(tenants[0])) {
				if !yield(key, err) || err != nil {
					return false
				}
			}
		}
		return true
	}
	for key, err := range r.main.List(ctx, prefix) {
		switch {
		case err != nil:
			yield("", err)
			return
		case !before(key):
			return
		case r.ownOf(key) != nil: // left over from the time before the tenant had its own
		case !yield(key, nil):
			return
		}
	}
	before("")
}
