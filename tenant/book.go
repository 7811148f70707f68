package tenant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// fresh is how long a revision that was read counts as the newest.
const fresh = 500 * time.Millisecond

// revisionBytes is about what a revision takes in memory, beside its texts.
const revisionBytes = 4 << 10

// readTime is how long a look for a newer revision may take that nobody waits for.
const readTime = 10 * time.Second

// A Book has the settings of all tenants ready, so that not each request reads them. It
// is safe for concurrent use.
type Book struct {
	bucket  storage.Bucket // of all tenants
	now     func() time.Time
	pages   *storage.LRU[page]
	brands  *storage.LRU[*Brand]
	flights singleflight.Group
}

// A page is what is known of a tenant, and when it was read.
type page struct {
	revision Revision
	at       time.Time
}

// NewBook returns the Book of a bucket. It keeps up to limit bytes in memory, about.
func NewBook(bucket storage.Bucket, now func() time.Time, limit int) *Book {
	return &Book{bucket: bucket, now: now, pages: storage.NewLRU[page](limit / 4), brands: storage.NewLRU[*Brand](limit)}
}

// Current returns the newest revision, at most half a second old. With an error, as
// that of the function Current, comes the one that was known before.
func (b *Book) Current(ctx context.Context, id platen.TenantID) (Revision, error) {
	p, ok := b.page(id)
	if ok {
		return p.revision, nil
	}
	select {
	case res := <-b.read(ctx, id):
		if res.Err != nil {
			return p.revision, res.Err
		}
		return res.Val.(Revision), nil
	case <-ctx.Done():
		return p.revision, fmt.Errorf("read the tenant's settings: %w: %w", context.Cause(ctx), platen.Busy)
	}
}

// Known is Current without waiting: a revision that is too old is returned, and a newer
// one looked for meanwhile. A tenant that nothing is known of has decided nothing.
func (b *Book) Known(id platen.TenantID) Revision {
	p, ok := b.page(id)
	if !ok {
		b.read(context.Background(), id)
	}
	return p.revision
}

// Forget has the next call of Current look for a newer revision.
func (b *Book) Forget(id platen.TenantID) {
	if p, ok := b.page(id); ok {
		b.keep(id, page{p.revision, time.Time{}})
	}
}

// Brand returns that of the newest revision, with its files. It is never old: whether
// there is a newer revision is looked at each time, but files are read once. Errors are
// as those of the function Current and of Revision.Brand.
func (b *Book) Brand(ctx context.Context, id platen.TenantID) (*Brand, error) {
	r, err := b.look(ctx, id)
	if err != nil {
		return nil, err
	}
	key := string(id) + " " + r.Settings.Look()
	if brand, ok := b.brands.Get(key); ok {
		return brand, nil
	}
	own, err := storage.ForTenant(b.bucket, id)
	if err != nil {
		return nil, err
	}
	brand, err := r.Brand(ctx, own)
	if err == nil {
		b.brands.Set(key, brand, brand.size())
	}
	return brand, err
}

// page returns what is known, and whether it counts as the newest.
func (b *Book) page(id platen.TenantID) (page, bool) {
	p, ok := b.pages.Get(string(id))
	return p, ok && b.now().Sub(p.at) < fresh
}

func (b *Book) keep(id platen.TenantID, p page) {
	b.pages.Set(string(id), p, len(p.revision.Settings.json())+revisionBytes)
}

// read looks for a newer revision, once for all who ask at the same time.
func (b *Book) read(ctx context.Context, id platen.TenantID) <-chan singleflight.Result {
	return b.flights.DoChan(string(id), func() (_ any, err error) {
		defer platen.Recover(&err)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
		defer cancel()
		return b.look(ctx, id)
	})
}

// look looks for a newer revision, and keeps it.
func (b *Book) look(ctx context.Context, id platen.TenantID) (r Revision, err error) {
	own, err := storage.ForTenant(b.bucket, id)
	if err != nil {
		return r, err
	}
	at := b.now()
	p, known := b.pages.Get(string(id))
	if r, err = newer(ctx, own, p.revision, known); err != nil {
		return r, err
	}
	b.keep(id, page{r, at})
	return r, nil
}

// newer returns the newest revision, where one is known already.
func newer(ctx context.Context, bucket storage.Bucket, r Revision, known bool) (Revision, error) {
	if !known {
		return Current(ctx, bucket)
	}
	for {
		next, err := revision(ctx, bucket, r.Number+1)
		if errors.Is(err, platen.NotFound) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		r = next
	}
}

// size is about what a brand takes in memory.
func (b *Brand) size() int {
	n := len(b.settings.json()) + revisionBytes
	for _, content := range b.files {
		n += len(content)
	}
	return n
}
