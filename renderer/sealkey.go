package renderer

import (
	"context"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// A heldKey is a sealing key in memory, and since when.
type heldKey struct {
	sign.Key
	at time.Time
}

const (
	keyTime  = time.Minute // how long a sealing key is held in memory
	keyBytes = 16 << 10    // about what one takes there
	maxKeys  = 1000        // that are held at once
)

// sealKey returns the key of a tenant's seal.
func (r *Renderer) sealKey(ctx context.Context, id platen.TenantID, s tenant.Seal) (sign.Key, error) {
	name := string(id) + " " + platen.Digest([]byte(s.Certificates))
	if held, ok := r.keys.Get(name); ok && r.Now().Sub(held.at) < keyTime {
		return held.Key, nil
	}
	key, err := r.readSealKey(ctx, id, s)
	if err == nil {
		r.keys.Set(name, heldKey{key, r.Now()}, keyBytes)
	}
	return key, err
}

func (r *Renderer) readSealKey(ctx context.Context, id platen.TenantID, s tenant.Seal) (sign.Key, error) {
	chain, err := s.Chain()
	if err != nil {
		return nil, err
	}
	bucket, err := storage.ForTenant(r.Bucket, id)
	if err != nil {
		return nil, err
	}
	k, err := tenant.SealKeyOf(ctx, bucket, chain[0])
	if err != nil {
		return nil, err
	}
	if k.Place == "" {
		return sign.ReadKey([]byte(k.PEM), []byte(s.Certificates), "")
	}
	if r.RemoteKey == nil {
		return nil, fmt.Errorf("it is not in the bucket, and no key elsewhere can be used here: %w", platen.Invalid)
	}
	return r.RemoteKey(k.Place, chain)
}
