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

// rotateTries is how often Rotate tries to be the one that writes the next version.
const rotateTries = 5

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

// A known keyset is one that was read a while ago, when it was not destroyed; nil is that
// of a tenant that had none.
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
// one. It is ErrDestroyed where the tenant's keys were destroyed.
func (r *Ring) Sealing(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	s, err := r.Opening(ctx, tenant)
	if errors.Is(err, platen.NotFound) {
		return r.extend(ctx, tenant, newSet)
	}
	return s, err
}

// Opening returns the keyset of a tenant to open what was sealed. It is NotFound where
// there is none, and ErrDestroyed where the tenant's keys were destroyed.
func (r *Ring) Opening(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if k, fresh := r.get(tenant); fresh && k.set != nil {
		return k.set, nil
	}
	return r.newer(ctx, tenant)
}

// Check is ErrDestroyed where the tenant's keys were destroyed, which it notices within
// half a minute, as Opening does. A tenant that has no keys yet passes.
func (r *Ring) Check(ctx context.Context, tenant platen.TenantID) error {
	if _, fresh := r.get(tenant); fresh {
		return nil
	}
	if _, err := r.newer(ctx, tenant); !errors.Is(err, platen.NotFound) {
		return err
	}
	return nil
}

// Newer returns the keyset of a tenant if it is newer than an old one, else NotFound.
func (r *Ring) Newer(ctx context.Context, tenant platen.TenantID, old *Set) (*Set, error) {
	s, err := r.newer(ctx, tenant)
	if err == nil && s.version <= old.version {
		err = fmt.Errorf("tenant %s has no newer keys: %w", tenant, platen.NotFound)
	}
	return s, err
}

// newer finds the newest keyset of a tenant.
func (r *Ring) newer(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	return r.look(ctx, "find", tenant, func(ctx context.Context) (*Set, error) { return r.find(ctx, tenant) })
}

// extend gives a tenant another version of its keyset, or finds the one that somebody
// else has given it.
func (r *Ring) extend(ctx context.Context, tenant platen.TenantID, next func() (*Set, error)) (*Set, error) {
	return r.look(ctx, "make", tenant, func(ctx context.Context) (*Set, error) { return r.add(ctx, tenant, next) })
}

// get returns what is known of a tenant's keys, and whether it can still be gone by.
func (r *Ring) get(tenant platen.TenantID) (k known, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k = r.known[tenant]
	return k, r.now().Sub(k.at) < freshFor
}

// look finds or makes the keyset of a tenant, once for all who want the same at the same
// time.
func (r *Ring) look(ctx context.Context, what string, tenant platen.TenantID, f func(context.Context) (*Set, error)) (*Set, error) {
	wait := r.flights.DoChan(what+" "+string(tenant), func() (_ any, err error) {
		defer platen.Recover(&err)
		at := r.now()
		s, err := f(context.WithoutCancel(ctx))
		r.keep(tenant, s, err, at)
		return s, err
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%s the keys of tenant %s: %w: %w", what, tenant, context.Cause(ctx), platen.Busy)
	case got := <-wait:
		if got.Err != nil {
			return nil, fmt.Errorf("%s the keys of tenant %s: %w", what, tenant, got.Err)
		}
		return got.Val.(*Set), nil
	}
}

// keep keeps what was found when somebody began to look at a time. What a slower look
// finds does not replace a newer version.
func (r *Ring) keep(tenant platen.TenantID, s *Set, err error, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch have := r.known[tenant].set; {
	case errors.Is(err, platen.NotFound):
		r.known[tenant] = known{nil, at}
	case err != nil:
		delete(r.known, tenant)
	case have == nil || have.version <= s.version:
		r.known[tenant] = known{s, at}
	}
}

// find reads the newest keyset of a tenant, unless it is known.
func (r *Ring) find(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if err := r.alive(ctx, tenant); err != nil {
		return nil, err
	}
	if k, _ := r.get(tenant); k.set != nil {
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
	if err := r.put(ctx, tenant, s); errors.Is(err, platen.Conflict) {
		return r.find(ctx, tenant)
	} else if err != nil {
		return nil, err
	}
	return s, nil
}

// put writes a version of a tenant's keyset, and looks again whether the keys were
// destroyed meanwhile: then that version goes, too, and the error is ErrDestroyed.
// Conflict says that somebody was faster. After any other error the version may stand
// there, and stays: somebody may have sealed with it.
func (r *Ring) put(ctx context.Context, tenant platen.TenantID, s *Set) error {
	err := r.write(ctx, tenant, s)
	if errors.Is(err, platen.Conflict) {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	gone := r.alive(ctx, tenant)
	if errors.Is(gone, ErrDestroyed) {
		gone = errors.Join(gone, r.store.Delete(ctx, recordKey(tenant, s.version)))
	}
	return errors.Join(err, gone)
}

// Rotate gives a tenant a new key, with which everything is sealed from now on. The
// older ones open what they have sealed. It is Busy where others write a version each
// time that it tries to.
func (r *Ring) Rotate(ctx context.Context, tenant platen.TenantID) (*Set, error) {
	if err := r.alive(ctx, tenant); err != nil {
		return nil, err
	}
	for range rotateTries {
		before, _, err := r.newest(ctx, tenant)
		if err != nil {
			return nil, err
		}
		s, err := r.extend(ctx, tenant, before.next)
		if err != nil || s.Keys() > before.Keys() {
			return s, err
		}
	}
	return nil, fmt.Errorf("the keys of tenant %s change all the time: try again: %w", tenant, platen.Busy)
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
	if err := r.put(ctx, tenant, again); err != nil {
		return false, err
	}
	return true, r.deleteBefore(ctx, tenant, again.version)
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
