package keys

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Status is how a tenant's keys stand.
type Status struct {
	Tenant    platen.TenantID `json:"tenant"`
	Version   int             `json:"version,omitempty"` // of the newest keyset
	Keys      int             `json:"keys,omitempty"`
	Made      time.Time       `json:"made,omitzero"`    // when that version was made
	Master    string          `json:"master,omitempty"` // which has wrapped it
	Destroyed *Destruction    `json:"destroyed,omitempty"`
}

// Status tells how a tenant's keys stand. It is NotFound when it has never had any, and
// an error when they are there and cannot be used.
func (r *Ring) Status(ctx context.Context, tenant platen.TenantID) (Status, error) {
	s := Status{Tenant: tenant}
	d, err := r.Destroyed(ctx, tenant)
	if err == nil {
		s.Destroyed = &d
		return s, nil
	}
	if !errors.Is(err, platen.NotFound) {
		return s, err
	}
	set, rec, err := r.newest(ctx, tenant)
	if err != nil {
		s.Version, s.Master = rec.Version, rec.Master
		return s, err
	}
	s.Version, s.Keys, s.Made, s.Master = set.version, set.Keys(), rec.Made, rec.Master
	return s, nil
}

// Tenants returns those that have or had keys, in order.
func (r *Ring) Tenants(ctx context.Context) (tenants []platen.TenantID, err error) {
	for key, err := range r.store.List(ctx, "keys/") {
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(key, "keys/"), "/")
		if n := len(tenants); n == 0 || tenants[n-1] != platen.TenantID(name) {
			tenants = append(tenants, platen.TenantID(name))
		}
	}
	return tenants, nil
}
