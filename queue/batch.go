package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
)

// A Batch is jobs that were asked for together.
type Batch struct {
	ID       string          `json:"id"`
	Tenant   platen.TenantID `json:"tenant"`
	Accepted time.Time       `json:"accepted"`
	Jobs     []string        `json:"jobs"` // ids, in the order they were asked for
}

const atOnce = 16 // jobs of a batch that are kept at the same time

func batchKey(id string) string { return "batches/" + id + ".json" }

// AcceptBatch keeps and queues jobs of one tenant. The key is as for Accept: when
// this is interrupted, the same call with the same key goes on where it ended.
//
// Once AcceptBatch has returned nil, every job will end in a terminal record.
func (q *Queue) AcceptBatch(ctx context.Context, tenant platen.TenantID, jobs []platen.Job, key string) (b Batch, err error) {
	l, err := q.ledger(tenant)
	if err != nil {
		return b, err
	}
	digest := digestOf(jobs)
	begun, err := l.begun(ctx, key, digest)
	if err == nil && !begun {
		err = q.room(ctx, tenant, len(jobs))
	}
	if err != nil {
		return b, err
	}
	if err := q.mark(ctx, tenant); err != nil {
		return b, err
	}
	b = Batch{Tenant: tenant, Accepted: q.now().UTC()}
	if b.ID, err = newID(); err != nil {
		return b, err
	}
	for range jobs {
		id, err := newID()
		if err != nil {
			return b, err
		}
		b.Jobs = append(b.Jobs, id)
	}
	if b, err = l.keepBatch(ctx, b, key, digest); err != nil {
		return b, err
	}
	jobs = slices.Clone(jobs)
	for i := range jobs {
		jobs[i].ID = b.Jobs[i]
	}
	if err := q.announce(ctx, jobs...); err != nil {
		return b, err
	}
	return b, q.acceptAll(ctx, l, jobs, b.Accepted)
}

// Begun reports whether a batch of these jobs was kept with this key: AcceptBatch goes on
// with it, and nothing about its jobs has to be checked again. An error is Conflict and
// ErrKeyReused when the key came with another batch.
func (q *Queue) Begun(ctx context.Context, tenant platen.TenantID, jobs []platen.Job, key string) (bool, error) {
	l, err := q.ledger(tenant)
	if err != nil || key == "" {
		return false, err
	}
	return l.begun(ctx, key, digestOf(jobs))
}

// begun is Begun, for jobs with this digest.
func (l ledger) begun(ctx context.Context, key, digest string) (bool, error) {
	if key == "" {
		return false, nil
	}
	id, err := l.holder(ctx, batchClaim(key), digest)
	if err == nil {
		err = l.get(ctx, batchKey(id), &Batch{})
	}
	if errors.Is(err, platen.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// digestOf is the digest of all that these jobs ask for.
func digestOf(jobs []platen.Job) (digest string) {
	for _, job := range jobs {
		digest = platen.Digest([]byte(digest + job.Digest()))
	}
	return digest
}

// batchClaim is the idempotency key of a batch.
func batchClaim(key string) string { return "batch " + key }

// keepBatch writes the batch down, or returns the one that the key belongs to.
func (l ledger) keepBatch(ctx context.Context, b Batch, key, digest string) (Batch, error) {
	if key != "" {
		id, err := l.claim(ctx, batchClaim(key), keyed{b.ID, digest})
		if err != nil {
			return b, err
		}
		b.ID = id
	}
	err := l.put(ctx, batchKey(b.ID), b)
	if errors.Is(err, platen.Conflict) {
		err = l.get(ctx, batchKey(b.ID), &b)
	}
	if err != nil {
		return b, fmt.Errorf("keep the batch: %w", err)
	}
	return b, nil
}

// acceptAll keeps and queues the jobs of a batch that are not kept yet.
func (q *Queue) acceptAll(ctx context.Context, l ledger, jobs []platen.Job, at time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, job := range jobs {
		group.Go(func() error {
			if _, err := l.terminal(ctx, job.ID); !errors.Is(err, platen.NotFound) {
				return err // it has ended already
			}
			if _, err := q.keep(ctx, l, job, at, apart(ctx)...); err != nil {
				return fmt.Errorf("job %d of the batch: %w", i, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// Batch returns a batch with the records of its jobs, in their order, or NotFound.
func (q *Queue) Batch(ctx context.Context, tenant platen.TenantID, id string) (b Batch, records []Record, err error) {
	l, err := q.ledger(tenant)
	if err != nil {
		return b, nil, err
	}
	if _, err := acceptedAt(id); err != nil {
		return b, nil, fmt.Errorf("there is no batch %q: %w", id, platen.NotFound)
	}
	if err := l.get(ctx, batchKey(id), &b); errors.Is(err, platen.NotFound) {
		return b, nil, fmt.Errorf("there is no batch %s: %w", id, platen.NotFound)
	} else if err != nil {
		return b, nil, fmt.Errorf("batch %s: %w", id, err)
	}
	records = make([]Record, len(b.Jobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, job := range b.Jobs {
		group.Go(func() (err error) {
			records[i], err = q.Job(ctx, tenant, job)
			return err
		})
	}
	return b, records, group.Wait()
}
