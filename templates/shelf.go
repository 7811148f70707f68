package templates

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// fresh is how long a log that was read counts as the newest.
const fresh = 500 * time.Millisecond

// A shelf keeps what jobs ask for again and again: logs and compiled templates.
type shelf struct {
	logs      *storage.LRU[known]
	templates *storage.LRU[*Template]
	flights   singleflight.Group
}

// A known log, and when it was read.
type known struct {
	history History
	at      time.Time
}

// logBytes is about what an entry of a log takes in memory.
const logBytes = 512

func newShelf(limit int) *shelf {
	return &shelf{logs: storage.NewLRU[known](limit / 8), templates: storage.NewLRU[*Template](limit)}
}

// Template returns the template that a job names, ready to be filled: the active
// version of the tenant's template of that name, or the one that the job names as
// name@version, where version is a number or a digest; or one that Platen brings
// along, as baseline/name. It is NotFound when there is none, and Conflict when the
// version is retired. A change by another process counts within a second.
func (l *Library) Template(ctx context.Context, tenant platen.TenantID, ref string, p Pick) (*Template, error) {
	if strings.HasPrefix(ref, "baseline/") {
		return l.shelf.compiled(ref, func() (*Bundle, error) { return Open(ref) })
	}
	name, version, exact := strings.Cut(ref, "@")
	h, err := l.newest(ctx, tenant, name)
	if err != nil {
		return nil, err
	}
	v, err := h.pick(version, exact, p)
	if err != nil {
		return nil, err
	}
	return l.shelf.compiled(string(tenant)+" "+name+" "+v.Bundle, func() (*Bundle, error) {
		return l.fitting(context.WithoutCancel(ctx), tenant, name, v) // others wait for it, too
	})
}

// pick returns the version that a job names, or the one that is active for it.
func (h History) pick(version string, exact bool, p Pick) (Version, error) {
	if !exact {
		e, err := h.Active(p)
		if err != nil {
			return Version{}, err
		}
		return h.Find(e.Bundle)
	}
	v, err := h.Find(version)
	if err == nil && v.State == StateRetired {
		err = fmt.Errorf("version %s is retired: name another one: %w", v.Version, platen.Conflict)
	}
	return v, err
}

// fitting returns the bundle of a version, if it keeps to the contract as it is now.
func (l *Library) fitting(ctx context.Context, tenant platen.TenantID, name string, v Version) (*Bundle, error) {
	b, err := l.Bundle(ctx, tenant, name, v.Bundle)
	if err != nil {
		return nil, err
	}
	f, err := l.file(tenant, name)
	if err != nil {
		return nil, err
	}
	return b, f.fits(ctx, b, v.Published.Schema)
}

// newest returns the log of a template, at most as old as fresh.
func (l *Library) newest(ctx context.Context, tenant platen.TenantID, name string) (History, error) {
	k, _ := l.shelf.logs.Get(logKey(tenant, name))
	if l.now().Sub(k.at) < fresh {
		return k.history, nil
	}
	f, err := l.file(tenant, name)
	if err != nil {
		return nil, err
	}
	at := l.now()
	h, err := f.read(ctx, slices.Clip(k.history))
	if err != nil {
		return nil, err
	}
	l.shelf.learn(tenant, name, known{h, at})
	return h, nil
}

// learn keeps a log as the newest.
func (s *shelf) learn(tenant platen.TenantID, name string, k known) {
	s.logs.Set(logKey(tenant, name), k, len(k.history)*logBytes)
}

func logKey(tenant platen.TenantID, name string) string { return string(tenant) + " " + name }

// compiled returns a template, which is read and compiled if it is not there.
func (s *shelf) compiled(key string, open func() (*Bundle, error)) (*Template, error) {
	if t, ok := s.templates.Get(key); ok {
		return t, nil
	}
	t, err, _ := s.flights.Do(key, func() (any, error) {
		b, err := open()
		if err != nil {
			return nil, err
		}
		t, err := Compile(b)
		if err != nil {
			return nil, err
		}
		s.templates.Set(key, t, size(b))
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	return t.(*Template), nil
}

// size is about what a compiled template takes in memory: as measured, files take up
// to three times their bytes, and the programs some fourteen times those of their source.
func size(b *Bundle) (n int) {
	for path, src := range b.All() {
		if n += 3 * len(src); strings.HasSuffix(path, ".hbs") {
			n += 14 * len(src)
		}
	}
	return n + 16<<10
}
