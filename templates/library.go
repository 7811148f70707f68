package templates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Library keeps the templates of all tenants, in their buckets:
//
//	templates/<name>/bundles/<digest>.zip  a version; it is written once
//	templates/<name>/log/00000001.json     what was done with the versions
//
// It is safe for concurrent use, by several processes too.
type Library struct {
	bucket storage.Bucket
	rules  func(context.Context, platen.TenantID) (Rules, error)
	now    func() time.Time
	shelf  *shelf
	trials trials
}

// NewLibrary returns the Library in a bucket. It keeps up to limit bytes of templates
// ready in memory.
func NewLibrary(bucket storage.Bucket, rules func(context.Context, platen.TenantID) (Rules, error), now func() time.Time, limit int) *Library {
	return &Library{bucket: bucket, rules: rules, now: now, shelf: newShelf(limit)}
}

const folder = "templates/"

// A file is the part of the library that belongs to one template of one tenant.
type file struct {
	tenant platen.TenantID
	name   string
	bucket storage.Bucket // of the tenant
	log    storage.Log
}

func (l *Library) file(tenant platen.TenantID, name string) (f file, err error) {
	if !nameForm.MatchString(name) {
		return f, fmt.Errorf("there is no template %q: %w", name, platen.NotFound)
	}
	bucket, err := storage.ForTenant(l.bucket, tenant)
	return file{tenant, name, bucket, storage.NewLog(bucket, folder+name+"/log")}, err
}

func (f file) bundleKey(digest string) string { return folder + f.name + "/bundles/" + digest + ".zip" }

// Names returns the names of a tenant's templates, sorted.
func (l *Library) Names(ctx context.Context, tenant platen.TenantID) (names []string, err error) {
	bucket, err := storage.ForTenant(l.bucket, tenant)
	if err != nil {
		return nil, err
	}
	for key, err := range bucket.List(ctx, folder) {
		if err != nil {
			return nil, fmt.Errorf("list the templates: %w", err)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(key, folder), "/")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names, nil
}

// History returns the log of a template. One that nobody has published is NotFound.
func (l *Library) History(ctx context.Context, tenant platen.TenantID, name string) (History, error) {
	f, err := l.file(tenant, name)
	if err != nil {
		return nil, err
	}
	return f.read(ctx, nil)
}

// read returns the log from where it is known.
func (f file) read(ctx context.Context, known History) (History, error) {
	h := known[:len(known):len(known)]
	for {
		e := Entry{Number: len(h) + 1}
		src, err := f.log.Get(ctx, e.Number)
		if errors.Is(err, platen.NotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the log of template %s: %w", f.name, err)
		}
		if err := json.Unmarshal(src, &e); err != nil {
			return nil, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", f.log.Key(e.Number), err, platen.Internal)
		}
		h = append(h, e)
	}
	if len(h) == 0 {
		return nil, fmt.Errorf("there is no template %q: %w", f.name, platen.NotFound)
	}
	return h, nil
}

// add adds an entry to a log that was read. In this process it counts at once.
func (l *Library) add(ctx context.Context, f file, h History, e Entry) (History, error) {
	e.Number, e.At = len(h)+1, l.now().UTC()
	src, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write the log of template %s: %w: %w", f.name, err, platen.Internal)
	}
	if err := f.log.Add(ctx, e.Number, src); errors.Is(err, platen.Conflict) {
		return nil, fmt.Errorf("somebody else has changed template %s at the same time: look at it and try again: %w", f.name, platen.Conflict)
	} else if err != nil {
		return nil, fmt.Errorf("keep the change of template %s: %w", f.name, err)
	}
	h = append(h, e)
	l.shelf.learn(f.tenant, f.name, known{h, e.At})
	return h, nil
}

// Bundle returns a version of a template, by its digest.
func (l *Library) Bundle(ctx context.Context, tenant platen.TenantID, name, digest string) (*Bundle, error) {
	f, err := l.file(tenant, name)
	if err != nil {
		return nil, err
	}
	src, err := f.bucket.Get(ctx, f.bundleKey(digest))
	if err != nil {
		return nil, fmt.Errorf("read version %s of template %s: %w", digest, name, err)
	}
	return OpenPacked(src, digest)
}
