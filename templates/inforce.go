package templates

import (
	"context"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// InForce says which versions of everything count for a tenant, and since when.
type InForce struct {
	Tenant    platen.TenantID `json:"tenant"`
	Release   Release         `json:"release"`
	Settings  Revised         `json:"settings"`
	Templates []Used          `json:"templates"` // by name, those for all before those in a wave
}

// Revised says which revision of the settings counts. Number 0: nothing was decided.
type Revised struct {
	Revision int       `json:"revision"`
	Look     string    `json:"look,omitempty"` // digest of what documents depend on
	Since    time.Time `json:"since,omitzero"`
	By       string    `json:"by,omitempty"`
	Reason   string    `json:"reason,omitempty"`
}

// A Used version of a template is active, for all jobs or for a wave.
type Used struct {
	Template string    `json:"template"`
	Version  string    `json:"version"`
	Bundle   string    `json:"bundle"` // digest
	Contract string    `json:"contract"`
	Schema   string    `json:"schema,omitempty"` // digest of the contract that it was published for
	Extends  *Brought  `json:"extends,omitempty"`
	Since    time.Time `json:"since"`
	By       string    `json:"by"`
	Wave     *Wave     `json:"wave,omitempty"` // nil: for all
}

// InForce returns what counts for a tenant now.
func (l *Library) InForce(ctx context.Context, id platen.TenantID) (f InForce, err error) {
	f = InForce{Tenant: id, Templates: []Used{}}
	if f.Release, err = current(ctx, l.bucket); err != nil {
		return f, err
	}
	own, err := storage.ForTenant(l.bucket, id)
	if err != nil {
		return f, err
	}
	r, err := tenant.Current(ctx, own)
	if err != nil {
		return f, err
	}
	f.Settings = revised(r)
	names, err := l.Names(ctx, id)
	if err != nil {
		return f, err
	}
	for _, name := range names {
		h, err := l.History(ctx, id, name)
		if err != nil {
			return f, err
		}
		for _, e := range slices.Backward(h.activations()) {
			u, err := l.used(ctx, id, name, h, e)
			if err != nil {
				return f, err
			}
			f.Templates = append(f.Templates, u)
		}
	}
	return f, nil
}

func revised(r tenant.Revision) Revised {
	return Revised{Revision: r.Number, Look: r.Settings.Look(), Since: r.At, By: r.By, Reason: r.Reason}
}

// used describes the version that was activated.
func (l *Library) used(ctx context.Context, id platen.TenantID, name string, h History, e Entry) (u Used, err error) {
	v, err := h.Find(e.Bundle)
	if err != nil {
		return u, err
	}
	u = Used{
		Template: name, Version: v.Version, Bundle: v.Bundle, Contract: v.Contract, Schema: v.Published.Schema,
		Since: e.At, By: e.By, Wave: e.Wave,
	}
	b, err := l.Bundle(ctx, id, name, v.Bundle)
	if err != nil {
		return u, err
	}
	if o := b.Origin(); o != nil {
		u.Extends = &Brought{Name: o.Extends, Version: o.Version, Digest: o.Digest}
	}
	return u, nil
}

// An Event is a change of what counts for a tenant: one of its members is there.
type Event struct {
	At       time.Time `json:"at"`
	Release  *Release  `json:"release,omitempty"`
	Settings *Revised  `json:"settings,omitempty"`
	Template string    `json:"template,omitempty"` // name, with what was done
	Done     *Entry    `json:"done,omitempty"`
}

// Log returns all that has changed what counts for a tenant, the first change first:
// releases, revisions of its settings, and what was done with its templates.
func (l *Library) Log(ctx context.Context, id platen.TenantID) (list []Event, err error) {
	all, err := releases(ctx, l.bucket)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		list = append(list, Event{At: r.Since, Release: &r})
	}
	own, err := storage.ForTenant(l.bucket, id)
	if err != nil {
		return nil, err
	}
	for r, err := range tenant.History(ctx, own) {
		if err != nil {
			return nil, err
		}
		changed := revised(r)
		list = append(list, Event{At: r.At, Settings: &changed})
	}
	names, err := l.Names(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		h, err := l.History(ctx, id, name)
		if err != nil {
			return nil, err
		}
		for _, e := range h {
			list = append(list, Event{At: e.At, Template: name, Done: &e})
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return a.At.Compare(b.At) })
	return list, nil
}
