package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dicode/platen"
)

// A Deliver delivers a notice. Busy and Internal say that it should be tried again.
type Deliver func(context.Context, platen.Notice) error

// noticeWaits are the waits before the second attempt to deliver a notice and those
// after it: some three days, as the specification of Standard Webhooks proposes.
var noticeWaits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Notify has n notices at once delivered until ctx ends, as Work has jobs rendered.
// They have a queue of their own, since a receiver that is slow must keep no
// document waiting.
func (q *Queue) Notify(ctx context.Context, n int, deliver Deliver) error {
	return q.workers(ctx, q.notices, n, func(ctx context.Context, a Accepted) (*Result, error) {
		return nil, deliver(ctx, *a.Notice)
	})
}

// conclude makes the notices of a job that has ended, and then forgets what is
// pending of it, with these attempts. It may be interrupted, and done again.
func (q *Queue) conclude(ctx context.Context, l ledger, r Record, a Accepted, attempts []Attempt) error {
	for _, webhook := range a.Job.Delivery.Webhooks {
		id := noticeID(r.Ended, r.ID+" "+webhook)
		n := platen.Notice{ID: id, Tenant: r.Tenant, Webhook: webhook, Type: "document." + string(r.State), Document: r.ID, At: r.Ended}
		if _, err := l.terminal(ctx, id); err == nil {
			continue // it was made, and has been delivered
		} else if !errors.Is(err, platen.NotFound) {
			return fmt.Errorf("make a notice: %w", err)
		}
		if err := q.keepNotice(ctx, l, newNotice(id, n, r.Ended, a.Trace)); err != nil {
			return err
		}
	}
	return l.forget(ctx, r.ID, attempts)
}

func newNotice(id string, n platen.Notice, at time.Time, trace string) Accepted {
	return Accepted{Job: platen.Job{ID: id, Tenant: n.Tenant}, Notice: &n, At: at, Trace: trace}
}

// keepNotice keeps and queues a notice. Another process may have kept it too, and have
// delivered and forgotten it since anybody looked: then it is forgotten once more.
func (q *Queue) keepNotice(ctx context.Context, l ledger, a Accepted) error {
	err := l.put(ctx, pendingKey(a.Job.ID), a)
	if err == nil {
		if _, err := l.terminal(ctx, a.Job.ID); err == nil {
			return l.forget(ctx, a.Job.ID, nil)
		}
	} else if !errors.Is(err, platen.Conflict) {
		return fmt.Errorf("keep a notice: %w", err)
	}
	q.push(ctx, a, time.Time{})
	return nil
}

// Notice returns what is known of the delivery of a notice, or NotFound.
func (q *Queue) Notice(ctx context.Context, tenant platen.TenantID, id string) (Record, error) {
	if !isNotice(id) {
		return Record{}, fmt.Errorf("there is no delivery %q: %w", id, platen.NotFound)
	}
	return q.record(ctx, tenant, id)
}

// NoticeAgain delivers a notice once more, whether it was delivered or not. It keeps
// the notice's own id: a receiver that has it may drop it.
func (q *Queue) NoticeAgain(ctx context.Context, tenant platen.TenantID, id string) (Record, error) {
	r, err := q.Notice(ctx, tenant, id)
	if err != nil {
		return r, err
	}
	if !r.State.Ended() {
		return r, fmt.Errorf("delivery %s is %s: it is still being tried: %w", id, r.State, platen.Conflict)
	}
	l, err := q.ledger(tenant)
	if err != nil {
		return r, err
	}
	now := q.now().UTC()
	a := newNotice(noticeID(now, uuid.NewString()), *r.Notice, now, traceparent(ctx))
	if err := q.keepNotice(ctx, l, a); err != nil {
		return r, err
	}
	return newRecord(a), nil
}
