package templates

import (
	"context"
	"errors"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// Publish keeps a bundle as a version of the template that it names. It is not used
// before it is activated. The same bundle again is the same version; another one with
// a version number that was published before is Conflict. It does not lint.
func (l *Library) Publish(ctx context.Context, tenant platen.TenantID, b *Bundle, act Act) (Version, error) {
	s := b.Settings()
	f, err := l.file(tenant, s.Name)
	if err != nil {
		return Version{}, err
	}
	if _, err := l.ruled(ctx, tenant, act); err != nil {
		return Version{}, err
	}
	h, err := f.read(ctx, nil)
	if err != nil && !errors.Is(err, platen.NotFound) {
		return Version{}, err
	}
	for _, v := range h.Versions() {
		switch {
		case v.Bundle == b.Digest():
			return v, nil
		case v.Version == s.Version:
			return v, fmt.Errorf("version %s of template %s was published before, and was another one: give this one a new version in template.yaml: %w", s.Version, s.Name, platen.Conflict)
		}
	}
	c, err := contract.Open(s.Contract)
	if err != nil {
		return Version{}, err
	}
	src, err := b.Pack()
	if err != nil {
		return Version{}, err
	}
	// The bytes of a zip may differ; what is in it has this digest.
	if err := f.bucket.Put(ctx, f.bundleKey(b.Digest()), src); err != nil && !errors.Is(err, platen.Conflict) {
		return Version{}, fmt.Errorf("store template %s: %w", s.Name, err)
	}
	if err := f.keepContract(ctx, c); err != nil {
		return Version{}, err
	}
	h, err = l.add(ctx, f, h, Entry{Action: Published, Bundle: b.Digest(), Version: s.Version, Contract: s.Contract, Schema: c.Digest(), Act: act})
	if err != nil {
		return Version{}, err
	}
	return h.Find(b.Digest())
}

// Approve notes that somebody approves a version. It is Denied where the tenant's
// rules want another person, Invalid where they have other meanings of an approval,
// Conflict where it was approved by this one or retired.
func (l *Library) Approve(ctx context.Context, tenant platen.TenantID, name, version string, act Act) (Version, error) {
	return l.change(ctx, tenant, name, version, Entry{Action: Approved, Act: act}, func(v Version, r Rules) error {
		return accept(r, v, act)
	})
}

// Activate has jobs use a version: all, or those of a wave. It is Conflict when the
// tenant's rules want more approvals.
func (l *Library) Activate(ctx context.Context, tenant platen.TenantID, name, version string, wave *Wave, act Act) (Version, error) {
	if wave != nil {
		if err := wave.Validate(); err != nil {
			return Version{}, err
		}
	}
	return l.change(ctx, tenant, name, version, Entry{Action: Activated, Wave: wave, Act: act}, func(v Version, r Rules) error {
		if n := len(v.Approvals); n < r.Approvals {
			return fmt.Errorf("version %s has %d of the %d approvals that it needs: have it approved first: %w", v.Version, n, r.Approvals, platen.Conflict)
		}
		return nil
	})
}

// Retire ends a version for good: no job gets it any more. When it is the one that is
// active for all, the template has none until another one is activated.
func (l *Library) Retire(ctx context.Context, tenant platen.TenantID, name, version string, act Act) (Version, error) {
	return l.change(ctx, tenant, name, version, Entry{Action: Retired, Act: act}, nil)
}

// Halt ends the wave of a version. It is Conflict when it is in none.
func (l *Library) Halt(ctx context.Context, tenant platen.TenantID, name, version string, act Act) (Version, error) {
	return l.change(ctx, tenant, name, version, Entry{Action: Halted, Act: act}, func(v Version, _ Rules) error {
		if v.State != StateWave {
			return fmt.Errorf("version %s is %s, and in no wave: roll back, or activate another one: %w", v.Version, v.State, platen.Conflict)
		}
		return nil
	})
}

// Rollback activates the version again that was active for all before the present one.
// Waves end.
func (l *Library) Rollback(ctx context.Context, tenant platen.TenantID, name string, act Act) (Version, error) {
	f, err := l.file(tenant, name)
	if err != nil {
		return Version{}, err
	}
	h, err := f.read(ctx, nil)
	if err != nil {
		return Version{}, err
	}
	v, err := h.before()
	if err != nil {
		return v, err
	}
	if _, err := l.ruled(ctx, tenant, act); err != nil {
		return v, err
	}
	h, err = l.add(ctx, f, h, Entry{Action: Activated, Bundle: v.Bundle, Version: v.Version, Rollback: true, Act: act})
	if err != nil {
		return v, err
	}
	return h.Find(v.Bundle)
}

// change adds an entry about a version that is not retired, if the check allows it.
func (l *Library) change(ctx context.Context, tenant platen.TenantID, name, version string, e Entry, check func(Version, Rules) error) (v Version, err error) {
	f, err := l.file(tenant, name)
	if err != nil {
		return v, err
	}
	h, err := f.read(ctx, nil)
	if err != nil {
		return v, err
	}
	if v, err = h.Find(version); err != nil {
		return v, fmt.Errorf("template %s: %w", name, err)
	}
	if v.State == StateRetired {
		return v, fmt.Errorf("version %s of template %s is retired: publish another one: %w", v.Version, name, platen.Conflict)
	}
	rules, err := l.ruled(ctx, tenant, e.Act)
	if err != nil {
		return v, err
	}
	if check != nil {
		if err := check(v, rules); err != nil {
			return v, err
		}
	}
	e.Bundle, e.Version = v.Bundle, v.Version
	if h, err = l.add(ctx, f, h, e); err != nil {
		return v, err
	}
	return h.Find(v.Bundle)
}
