package keys

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
)

// freshFor is how long a keyset is used until it is looked whether there is a newer one,
// and whether it still is to be used.
const freshFor = 30 * time.Second

// A Ring has the keysets of all tenants. It is safe for concurrent use, by several
// processes too: one that meets a value it cannot open looks for a newer keyset.
type Ring struct {
	store   Store
	masters []*Master
	now     func() time.Time

	flights singleflight.Group
	mu      sync.Mutex
	known   map[platen.TenantID]known
}

// A known keyset is one that was read a while ago.
type known struct {
	set *Set
	at  time.Time
}

// NewRing returns the ring of the keysets in a store. The first master key wraps new
// versions, any of them unwraps.
func NewRing(store Store, now func() time.Time, master *Master, older ...*Master) *Ring {
	return &Ring{store: store, masters: append([]*Master{master}, older...), now: now, known: map[platen.TenantID]known{}}
}

// Master is the name of the master key that wraps new versions.
func (r *Ring) Master() string { return r.masters[0].name }

// Sealing returns the keyset of a tenant to seal values with. A tenant that has none gets
// one. It is Denied where the tenant's keys were destroyed.
func (r *Ring) Sealing(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	s, err := r.Opening(ctx, tenant)
	if errors.Is(err, platen.NotFound) {
		return r.look(ctx, tenant, func(ctx context.Context) (*Set, error) { return r.add(ctx, tenant, newSet) })
	}
	return s, err
}

// Opening returns the keyset of a tenant to open what was sealed. It is NotFound where
// there is none, and Denied where the tenant's keys were destroyed.
func (r *Ring) Opening(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if k := r.get(tenant); k.set != nil && r.now().Sub(k.at) < freshFor {
		return k.set, nil
	}
	return r.newer(ctx, tenant)
}

// Newer returns the keyset of a tenant if it is newer than an old one, else NotFound.
func (r *Ring) Newer(ctx context.Context, tenant platen.TenantID, old *Set) (*Set, error) {
	s, err := r.newer(ctx, tenant)
	if err == nil && s.version <= old.version {
		err = fmt.Errorf("tenant %s has no newer keys: %w", tenant, platen.NotFound)
	}
	return s, err
}

func (r *Ring) newer(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	return r.look(ctx, tenant, func(ctx context.Context) (*Set, error) { return r.find(ctx, tenant) })
}

func (r *Ring) get(tenant platen.TenantID) known {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[tenant]
}

// look finds or makes the keyset of a tenant, once for all who ask at the same time.
func (r *Ring) look(ctx context.Context, tenant platen.TenantID, f func(context.Context) (*Set, error)) (*Set, error) {
	wait := r.flights.DoChan(string(tenant), func() (any, error) {
		at := r.now()
		s, err := f(context.WithoutCancel(ctx))
		r.mu.Lock()
		defer r.mu.Unlock()
		if delete(r.known, tenant); err == nil {
			r.known[tenant] = known{s, at}
		}
		return s, err
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("find the keys of tenant %s: %w: %w", tenant, context.Cause(ctx), platen.Busy)
	case got := <-wait:
		if got.Err != nil {
			return nil, fmt.Errorf("find the keys of tenant %s: %w", tenant, got.Err)
		}
		return got.Val.(*Set), nil
	}
}

// find reads the newest keyset of a tenant, unless it is known.
func (r *Ring) find(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if err := r.alive(ctx, tenant); err != nil {
		return nil, err
	}
	if k := r.get(tenant); k.set != nil {
		if last, err := r.last(ctx, tenant); err != nil || last == k.set.version {
			return k.set, err
		}
	}
	s, _, err := r.newest(ctx, tenant)
	return s, err
}

// add stores the next version of a keyset. Where somebody else has stored one first, it
// is that one.
func (r *Ring) add(ctx context.Context, tenant platen.TenantID, next func() (*Set, error)) (*Set, error) {
	s, err := next()
	if err != nil {
		return nil, err
	}
	if err := r.write(ctx, tenant, s); errors.Is(err, platen.Conflict) {
		s, _, err := r.newest(ctx, tenant)
		return s, err
	} else if err != nil {
		return nil, err
	}
	if err := r.alive(ctx, tenant); err != nil { // it was destroyed meanwhile
		return nil, errors.Join(err, r.store.Delete(ctx, recordKey(tenant, s.version)))
	}
	return s, nil
}

// Rotate gives a tenant a new key, with which everything is sealed from now on. The
// older ones open what they have sealed.
func (r *Ring) Rotate(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if err := r.alive(ctx, tenant); err != nil {
		return nil, err
	}
	s, _, err := r.newest(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.look(ctx, tenant, func(ctx context.Context) (*Set, error) { return r.add(ctx, tenant, s.next) })
}

// Rewrap wraps a tenant's keyset with the first master key, and deletes the versions that
// others have wrapped. It does nothing where that is so already.
func (r *Ring) Rewrap(ctx context.Context, tenant platen.TenantID) (done bool, err error) {
	if err := r.alive(ctx, tenant); err != nil {
		return false, err
	}
	s, rec, err := r.newest(ctx, tenant)
	if err != nil {
		return false, err
	}
	if rec.Master == r.masters[0].name {
		return false, r.deleteBefore(ctx, tenant, s.version)
	}
	again := &Set{s.version + 1, s.handle, s.primitive}
	if err := r.write(ctx, tenant, again); err != nil {
		return false, err
	}
	return true, errors.Join(r.alive(ctx, tenant), r.deleteBefore(ctx, tenant, again.version))
}

// deleteBefore deletes the versions before one: it has all of their keys.
func (r *Ring) deleteBefore(ctx context.Context, tenant platen.TenantID, version int) error {
	for n := 1; n < version; n++ {
		if err := r.store.Delete(ctx, recordKey(tenant, n)); err != nil {
			return err
		}
	}
	return nil
}
