package audit

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// Config is what a Trail works with.
type Config struct {
	Bucket storage.Bucket
	Now    func() time.Time
	Stream *Stream // of what is written, for those who follow; nil: none
	Log    *slog.Logger
}

// A Trail keeps the audit trails of all tenants, in their buckets:
//
//	audit/00000001.json  the records that came together, a JSON array
//
// It is safe for concurrent use, by several processes too.
type Trail struct {
	bucket storage.Bucket
	now    func() time.Time
	stream *Stream
	log    *slog.Logger
	writer string

	mu     sync.Mutex
	chains map[platen.TenantID]*chain
}

// New returns the Trail in a bucket.
func New(cfg Config) *Trail {
	return &Trail{bucket: cfg.Bucket, now: cfg.Now, stream: cfg.Stream, log: cfg.Log, writer: rand.Text()[:12], chains: map[platen.TenantID]*chain{}}
}

// Add writes entries of a tenant, one after the other, and returns their records once
// they are there for good. Whoever gets an error must not do what the entries say. They
// may stand in the trail all the same: it says what was set about.
//
// What several callers add at the same time is stored together.
func (t *Trail) Add(ctx context.Context, tenant platen.TenantID, entries ...Entry) ([]Record, error) {
	c, err := t.chain(tenant)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	a := &addition{records: make([]Record, len(entries)), done: make(chan struct{})}
	at := t.now().Round(0) // without the monotonic clock
	for i, e := range entries {
		r := Record{Seq: math.MaxInt64, At: at, Tenant: tenant, Entry: e, Writer: t.writer, Prev: none}
		if err := r.seal(); err != nil { // here, where it harms nobody else
			return nil, err
		}
		a.records[i] = r
	}
	c.enqueue(a)
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, fmt.Errorf("write the audit entry: %w: %w", ctx.Err(), platen.Busy)
	}
	if a.err != nil {
		return nil, fmt.Errorf("write the audit entry: %w", a.err)
	}
	return a.records, nil
}

// Fail adds that what a record announces was not done, and what kind of error it was.
func (t *Trail) Fail(ctx context.Context, r Record, why platen.Kind) error {
	e := r.Entry
	e.Failed, e.Of = why, r.Seq
	_, err := t.Add(ctx, r.Tenant, e)
	return err
}

// chain returns that of a tenant.
func (t *Trail) chain(tenant platen.TenantID) (*chain, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.chains[tenant]; c != nil {
		return c, nil
	}
	own, err := storage.ForTenant(t.bucket, tenant)
	if err != nil {
		return nil, fmt.Errorf("audit trail: %w", err)
	}
	c := &chain{trail: t, tenant: tenant, bucket: own, log: storage.NewLog(own, folder), changed: make(chan struct{}), end: start}
	t.chains[tenant] = c
	return c, nil
}

const folder = "audit"
