package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
)

// reconcileEvery is how often the ledger is searched for jobs that are not queued.
const reconcileEvery = 30 * time.Second

// Reconcile queues what the dispatcher has forgotten, at once and then from time
// to time, until ctx ends. Any number of processes may do so at once.
func (q *Queue) Reconcile(ctx context.Context) error {
	for {
		jobs, notices := q.jobs.Forgotten(), q.notices.Forgotten()
		if err := q.reconcile(ctx); err != nil && ctx.Err() == nil {
			q.log.Warn("the ledger could not be searched", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(reconcileEvery):
		case <-jobs:
		case <-notices:
		}
	}
}

// ledgersAtOnce is how many ledgers are searched at once: one whose bucket hangs
// holds up nobody.
const ledgersAtOnce = 8

// reconcile queues once every pending job that is not queued. What it cannot read it
// leaves for the next time.
func (q *Queue) reconcile(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(ledgersAtOnce)
	defer group.Wait() // none of them fails
	for tenant, err := range q.tenants(ctx) {
		if err != nil {
			return err
		}
		group.Go(func() error {
			if err := q.reconcileTenant(ctx, tenant); err != nil && ctx.Err() == nil {
				q.log.Warn("the ledger of a tenant could not be searched", "tenant", tenant, "err", err)
			}
			return nil
		})
	}
	return nil
}

func (q *Queue) reconcileTenant(ctx context.Context, tenant platen.TenantID) (err error) {
	defer func() { q.tellPanic(ctx, place{tenant: tenant}, err) }()
	defer platen.Recover(&err)
	l, err := q.ledger(tenant)
	if err != nil {
		return err
	}
	var jobs, notices []pendingJob
	for job, err := range l.pending(ctx) {
		if err != nil {
			return err
		}
		if isNotice(job.id) {
			notices = append(notices, job)
		} else {
			jobs = append(jobs, job)
		}
	}
	return cmp.Or(q.requeueMissing(ctx, l, q.jobs, jobs), q.requeueMissing(ctx, l, q.notices, notices))
}

// requeueMissing queues those pending jobs that the dispatcher does not know.
func (q *Queue) requeueMissing(ctx context.Context, l ledger, d Dispatcher, jobs []pendingJob) error {
	for some := range slices.Chunk(jobs, missingAtOnce) {
		var ids []string
		for _, job := range some {
			ids = append(ids, job.id)
		}
		missing, err := d.Missing(ctx, l.tenant, ids)
		if err != nil {
			return err
		}
		for _, job := range some {
			if len(missing) == 0 || job.id != missing[0] {
				continue
			}
			missing = missing[1:]
			if q.unread.waits(place{l.tenant, job.id}, q.now()) {
				continue
			}
			if err := q.requeue(ctx, l, job); ctx.Err() != nil {
				return ctx.Err()
			} else if err != nil {
				q.log.Log(ctx, levelOf(err, slog.LevelWarn), "a pending job could not be queued", "tenant", l.tenant, "job", job.id, "err", err)
			}
		}
	}
	return nil
}

const missingAtOnce = 500

// requeue queues one pending job, not before its next attempt is due, or forgets
// what was left behind of one that has ended.
func (q *Queue) requeue(ctx context.Context, l ledger, job pendingJob) error {
	a, err := q.accepted(ctx, l, job.id)
	if errors.Is(err, platen.NotFound) {
		return l.cleanUp(ctx, job)
	}
	if err != nil {
		return err
	}
	attempts, err := l.attempts(ctx, job.id)
	if err != nil {
		return err
	}
	var next time.Time
	if n := len(attempts); n > 0 {
		next = attempts[n-1].Next
	}
	q.push(ctx, a, next)
	return nil
}

// cleanUp forgets what is pending of a job that has ended: a worker that was late,
// and died, has left it behind.
func (l ledger) cleanUp(ctx context.Context, job pendingJob) error {
	if _, err := l.terminal(ctx, job.id); errors.Is(err, platen.NotFound) {
		return nil // it is being accepted
	} else if err != nil {
		return err
	}
	return l.delete(ctx, job.keys)
}

// A tenant that has ever queued a job has a mark in the bucket, so that the
// ledgers are found without a look at everything that is stored.
const marks = "queue/tenants/"

// mark notes that the tenant has a ledger.
func (q *Queue) mark(ctx context.Context, tenant platen.TenantID) error {
	if _, known := q.marked.Load(tenant); known {
		return nil
	}
	if err := q.bucket.Put(ctx, marks+string(tenant), []byte("{}")); err != nil && !errors.Is(err, platen.Conflict) {
		return fmt.Errorf("note the tenant: %w", err)
	}
	q.marked.Store(tenant, true)
	return nil
}

// tenants yields the tenants that have a ledger.
func (q *Queue) tenants(ctx context.Context) iter.Seq2[platen.TenantID, error] {
	return func(yield func(platen.TenantID, error) bool) {
		for key, err := range q.bucket.List(ctx, marks) {
			if err != nil {
				yield("", fmt.Errorf("find the tenants: %w", err))
				return
			}
			if !yield(platen.TenantID(strings.TrimPrefix(key, marks)), nil) {
				return
			}
		}
	}
}
