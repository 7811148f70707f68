package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Store is what keysets stand in: a bucket of package storage.
type Store interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte) error
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
	Delete(ctx context.Context, key string) error
}

// A record is how a version of a keyset stands in the store.
type record struct {
	Tenant  platen.TenantID `json:"tenant"`
	Version int             `json:"version"`
	Made    time.Time       `json:"made"`
	Keys    int             `json:"keys"`
	Master  string          `json:"master"` // name of the key that has wrapped it
	Wrapped []byte          `json:"wrapped"`
}

// wrapped is what is in a record, encrypted. Tenant and version stand in it too, so that
// no record can be passed off as that of somebody else.
type wrapped struct {
	Tenant  platen.TenantID `json:"tenant"`
	Version int             `json:"version"`
	Keyset  []byte          `json:"keyset"`
}

func folder(tenant platen.TenantID) string { return "keys/" + string(tenant) + "/" }

func recordKey(tenant platen.TenantID, version int) string {
	return fmt.Sprintf("%s%08d.json", folder(tenant), version)
}

// write stores a version of a tenant's keyset. Conflict says that somebody was faster.
func (r *Ring) write(ctx context.Context, tenant platen.TenantID, s *Set) error {
	keyset, err := s.bytes()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(wrapped{tenant, s.version, keyset})
	if err != nil {
		return err
	}
	master := r.masters[0]
	rec := record{Tenant: tenant, Version: s.version, Made: r.now().UTC(), Keys: s.Keys(), Master: master.name}
	if rec.Wrapped, err = master.wrap(ctx, plain); err != nil {
		return err
	}
	src, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	return r.store.Put(ctx, recordKey(tenant, s.version), src)
}

// read returns a version of a tenant's keyset.
func (r *Ring) read(ctx context.Context, tenant platen.TenantID, version int) (*Set, record, error) {
	key := recordKey(tenant, version)
	src, err := r.store.Get(ctx, key)
	if err != nil {
		return nil, record{}, err
	}
	var rec record
	if err := json.Unmarshal(src, &rec); err != nil {
		return nil, rec, fmt.Errorf("%s is no keyset: %w: %w", key, err, platen.Internal)
	}
	plain, err := r.unwrap(ctx, rec)
	if err != nil {
		return nil, rec, fmt.Errorf("%s: %w", key, err)
	}
	var w wrapped
	if err := json.Unmarshal(plain, &w); err != nil || w.Tenant != tenant || w.Version != version {
		return nil, rec, fmt.Errorf("%s is the keyset of somebody else: %w", key, platen.Internal)
	}
	s, err := parseSet(version, w.Keyset)
	return s, rec, err
}

// unwrap decrypts a record with the master key that it names.
func (r *Ring) unwrap(ctx context.Context, rec record) ([]byte, error) {
	for _, m := range r.masters {
		if m.name == rec.Master {
			return m.unwrap(ctx, rec.Wrapped)
		}
	}
	return nil, fmt.Errorf("it was wrapped with the master key %s, which is not here: name that one, too: %w", rec.Master, platen.Internal)
}

// last returns the newest version that a tenant has; 0 if there is none.
func (r *Ring) last(ctx context.Context, tenant platen.TenantID) (last int, err error) {
	for key, err := range r.store.List(ctx, folder(tenant)+"0") {
		if err != nil {
			return 0, err
		}
		version, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, folder(tenant)), ".json"))
		if err == nil && recordKey(tenant, version) == key {
			last = version
		}
	}
	return last, nil
}

// newest reads the newest version that a tenant has; NotFound if there is none.
func (r *Ring) newest(ctx context.Context, tenant platen.TenantID) (*Set, record, error) {
	for {
		version, err := r.last(ctx, tenant)
		if err != nil {
			return nil, record{}, err
		}
		if version == 0 {
			return nil, record{}, fmt.Errorf("tenant %s has no keys: %w", tenant, platen.NotFound)
		}
		s, rec, err := r.read(ctx, tenant, version)
		if errors.Is(err, platen.NotFound) && ctx.Err() == nil {
			continue // it was wrapped anew, or destroyed, meanwhile
		}
		return s, rec, err
	}
}
