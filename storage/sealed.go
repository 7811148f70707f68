package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
)

// Sealed is a Bucket that encrypts what tenants store, each with keys of its own, so that
// what is below it, caches among it, has nothing that can be read without these. A value
// is bound to its key: one that was changed, or moved under another key or tenant, is
// Internal. What belongs to no tenant is left as it is.
type Sealed struct {
	Bucket
	ring *keys.Ring
}

// NewSealed returns b with the keys of a ring.
func NewSealed(b Bucket, ring *keys.Ring) *Sealed { return &Sealed{b, ring} }

// sealMark is what a sealed value starts with.
var sealMark = []byte("platen sealed 1\n")

// owner returns the tenant that a key belongs to; "" when it is none's.
func owner(key string) platen.TenantID {
	rest, ok := strings.CutPrefix(key, "tenants/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return platen.TenantID(id)
}

// Put implements Bucket. It is keys.ErrDestroyed when the keys of the tenant were destroyed.
func (s *Sealed) Put(ctx context.Context, key string, value []byte) error {
	tenant := owner(key)
	if tenant == "" {
		return s.Bucket.Put(ctx, key, value)
	}
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	set, err := s.ring.Sealing(ctx, tenant)
	if err != nil {
		return fmt.Errorf("put %q: %w", key, err)
	}
	sealed, err := set.Seal(value, []byte(key))
	if err != nil {
		return fmt.Errorf("put %q: %w", key, err)
	}
	return s.Bucket.Put(ctx, key, append(sealMark[:len(sealMark):len(sealMark)], sealed...))
}

// Get implements Bucket. It is keys.ErrDestroyed when the keys of the tenant were
// destroyed, for a key that is not there, too: so that who has read before, and looks
// whether there is something newer, does not go on with what it has.
func (s *Sealed) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := s.Bucket.Get(ctx, key)
	tenant := owner(key)
	if tenant == "" {
		return value, err
	}
	if errors.Is(err, platen.NotFound) {
		return nil, s.missing(ctx, tenant, key, err)
	}
	if err != nil {
		return nil, err
	}
	sealed, ok := bytes.CutPrefix(value, sealMark)
	if !ok {
		return nil, fmt.Errorf("get %q: it stands there unencrypted, and Platen has not put it there so: %w", key, platen.Internal)
	}
	value, err = s.open(ctx, tenant, key, sealed)
	if err != nil {
		return nil, fmt.Errorf("get %q: %w", key, err)
	}
	return value, nil
}

// missing is err, the error of a key that is not there, as long as the tenant has its keys
// or is yet to get them.
func (s *Sealed) missing(ctx context.Context, tenant platen.TenantID, key string, err error) error {
	if gone := s.ring.Check(ctx, tenant); gone != nil {
		return fmt.Errorf("get %q: %w", key, gone)
	}
	return err
}

// open opens a value with the keys that are known, or with those that came since.
func (s *Sealed) open(ctx context.Context, tenant platen.TenantID, key string, sealed []byte) ([]byte, error) {
	set, err := s.ring.Opening(ctx, tenant)
	if errors.Is(err, platen.NotFound) {
		return nil, fmt.Errorf("%s: %w", err, platen.Internal) // the value is there
	}
	if err != nil {
		return nil, err
	}
	value, err := set.Open(sealed, []byte(key))
	if err == nil {
		return value, nil
	}
	newer, missing := s.ring.Newer(ctx, tenant, set)
	if errors.Is(missing, platen.NotFound) {
		return nil, fmt.Errorf("what stands there was changed, was moved there, or was encrypted with keys that are lost: %s: %w", err, platen.Internal)
	}
	if missing != nil {
		return nil, missing
	}
	if value, err = newer.Open(sealed, []byte(key)); err != nil {
		return nil, fmt.Errorf("%s: %w", err, platen.Internal)
	}
	return value, nil
}
