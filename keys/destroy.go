package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// ErrDestroyed says that the keys of a tenant were destroyed. It is Denied.
var ErrDestroyed = fmt.Errorf("what it had stored cannot be read by anybody: %w", platen.Denied)

// requestLasts is how long a request to destroy keys can be confirmed.
const requestLasts = 7 * 24 * time.Hour

// A Request is what one person says about the destruction of a tenant's keys.
type Request struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// A Destruction is the end of a tenant's keys: asked for by one person, and done by
// another one.
type Destruction struct {
	Asked Request `json:"asked"`
	Done  Request `json:"done"`
}

func destroyedKey(tenant platen.TenantID) string { return folder(tenant) + "destroyed.json" }

// Destroyed returns how a tenant's keys were destroyed; NotFound when they were not.
func (r *Ring) Destroyed(ctx context.Context, tenant platen.TenantID) (d Destruction, err error) {
	src, err := r.store.Get(ctx, destroyedKey(tenant))
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(src, &d); err != nil {
		return d, fmt.Errorf("%s: %w: %w", destroyedKey(tenant), err, platen.Internal)
	}
	return d, nil
}

// alive is ErrDestroyed when the tenant's keys were destroyed.
func (r *Ring) alive(ctx context.Context, tenant platen.TenantID) error {
	d, err := r.Destroyed(ctx, tenant)
	switch {
	case errors.Is(err, platen.NotFound):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("the keys of tenant %s were destroyed on %s: %w", tenant, d.Done.At.Format(time.DateOnly), ErrDestroyed)
}

// RequestDestruction notes that a person wants a tenant's keys destroyed. Another person
// can do so within a week.
func (r *Ring) RequestDestruction(ctx context.Context, tenant platen.TenantID, by, reason string) (Request, error) {
	if err := r.alive(ctx, tenant); err != nil {
		return Request{}, err
	}
	if last, err := r.last(ctx, tenant); err != nil {
		return Request{}, err
	} else if last == 0 {
		return Request{}, fmt.Errorf("tenant %s has no keys: %w", tenant, platen.NotFound)
	}
	req, err := r.said(by, reason)
	if err != nil {
		return req, err
	}
	src, err := json.Marshal(req)
	if err != nil {
		return req, err
	}
	return req, r.store.Put(ctx, requestKey(tenant, req.At), src)
}

func (r *Ring) said(by, reason string) (Request, error) {
	req := Request{strings.TrimSpace(by), strings.TrimSpace(reason), r.now().UTC()}
	if req.By == "" || req.Reason == "" {
		return req, fmt.Errorf("destroying keys needs to know who wants it, and why: %w", platen.Invalid)
	}
	return req, nil
}

func requestKey(tenant platen.TenantID, at time.Time) string {
	return folder(tenant) + "requests/" + at.Format("20060102T150405.000000000Z") + ".json"
}

// Destroy destroys the keys of a tenant: nothing that was sealed with them can be read
// again, wherever copies of it are. Somebody else must have asked for it before, else it
// is Denied. Other processes notice within half a minute. Keys that were destroyed
// already are no error, so that what was interrupted can be done again.
func (r *Ring) Destroy(ctx context.Context, tenant platen.TenantID, by, reason string) (Destruction, error) {
	d, err := r.Destroyed(ctx, tenant)
	if errors.Is(err, platen.NotFound) {
		d, err = r.confirm(ctx, tenant, by, reason)
	}
	if err != nil {
		return d, err
	}
	r.mu.Lock()
	delete(r.known, tenant)
	r.mu.Unlock()
	for key, err := range r.store.List(ctx, folder(tenant)+"0") {
		if err != nil {
			return d, err
		}
		if err := r.store.Delete(ctx, key); err != nil {
			return d, err
		}
	}
	return d, nil
}

// confirm notes that the keys are destroyed. From then on nobody uses or makes any.
func (r *Ring) confirm(ctx context.Context, tenant platen.TenantID, by, reason string) (d Destruction, err error) {
	if d.Done, err = r.said(by, reason); err != nil {
		return d, err
	}
	if d.Asked, err = r.asked(ctx, tenant, d.Done); err != nil {
		return d, err
	}
	src, err := json.Marshal(d)
	if err != nil {
		return d, err
	}
	if err := r.store.Put(ctx, destroyedKey(tenant), src); errors.Is(err, platen.Conflict) {
		return r.Destroyed(ctx, tenant)
	} else if err != nil {
		return d, err
	}
	return d, nil
}

// asked returns the newest request of somebody else that still counts.
func (r *Ring) asked(ctx context.Context, tenant platen.TenantID, done Request) (found Request, err error) {
	for key, err := range r.store.List(ctx, folder(tenant)+"requests/") {
		if err != nil {
			return found, err
		}
		src, err := r.store.Get(ctx, key)
		if err != nil {
			return found, err
		}
		var req Request
		if err := json.Unmarshal(src, &req); err != nil {
			return found, fmt.Errorf("%s: %w: %w", key, err, platen.Internal)
		}
		if !strings.EqualFold(req.By, done.By) && done.At.Sub(req.At) < requestLasts {
			found = req
		}
	}
	if found.By == "" {
		return found, fmt.Errorf("nobody but %s has asked for it within %d days: two persons must agree, first one who asks, then another one who destroys: %w",
			done.By, int(requestLasts.Hours()/24), platen.Denied)
	}
	return found, nil
}
