package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// A Render makes the document of a job.
type Render func(context.Context, platen.Job) (platen.Document, error)

const (
	heartbeat = 2 * time.Second  // how often a lease is extended
	endTime   = 30 * time.Second // for writing down how a job ended, when the process is being stopped
)

// Work has n jobs at once rendered until ctx ends. It then claims no more, and
// gives back what it has not finished. It returns when nothing is claimed.
func (q *Queue) Work(ctx context.Context, n int, render Render) error {
	go q.beat(ctx, n)
	return q.workers(ctx, q.jobs, n, func(ctx context.Context, a Accepted) (*Result, error) {
		q.crew.begin()
		defer q.crew.end()
		doc, err := render(ctx, a.Job)
		return result(doc), err
	})
}

// A do does a job or delivers a notice.
type do func(context.Context, Accepted) (*Result, error)

// workers has n jobs of a plan done at once.
func (q *Queue) workers(ctx context.Context, p plan, n int, do do) error {
	var group sync.WaitGroup
	defer group.Wait()
	slots := newSlots(n)
	for {
		lease, err := slots.claim(ctx, p)
		switch {
		case ctx.Err() != nil:
			if err == nil {
				q.release(lease, time.Time{})
			}
			return nil
		case err != nil:
			q.log.Warn("the dispatcher gives no job", "err", err)
			sleep(ctx, heartbeat)
		default:
			group.Go(func() {
				q.work(ctx, lease, do)
				slots.give(lease.Ticket().Tenant)
			})
		}
	}
}

// sleep waits. It is false if ctx has ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// work does one claimed job, as far as it gets.
func (q *Queue) work(ctx context.Context, lease Lease, do do) {
	t := lease.Ticket()
	done, next, err := q.attempt(ctx, lease, do)
	switch {
	case err != nil:
		q.giveBack(ctx, lease, err)
	case done:
		ended, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		if err := lease.Done(ended); err != nil && !errors.Is(err, platen.NotFound) {
			q.log.Warn("an ended job is still queued", "tenant", t.Tenant, "job", t.Job, "err", err)
		}
	default:
		q.release(lease, next)
	}
}

// giveBack gives back a job of which the ledger did not answer: nothing is known to have
// happened. One whose record cannot be read waits longer each time.
func (q *Queue) giveBack(ctx context.Context, lease Lease, err error) {
	t := lease.Ticket()
	next := q.now().Add(q.plan(t.Job).wait(1))
	if e, ok := errors.AsType[*unreadError](err); ok {
		next = e.next
	}
	q.log.Log(ctx, levelOf(err, slog.LevelError), "a job is given back", "tenant", t.Tenant, "job", t.Job, "err", err)
	q.release(lease, next)
}

// release gives a job back. A dispatcher that has forgotten it queues it anew; when
// another worker has it, nothing happens.
func (q *Queue) release(lease Lease, notBefore time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	t := lease.Ticket()
	err := lease.Release(ctx, notBefore)
	if errors.Is(err, platen.NotFound) {
		t.NotBefore = notBefore
		err = q.plan(t.Job).Push(ctx, t)
	}
	if err != nil {
		q.log.Warn("a job was not given back: it is found again later", "tenant", t.Tenant, "job", t.Job, "err", err)
	}
}

// attempt tries to do a job. done says that it has ended; else it may be tried
// again at next. An error is one of the ledger.
func (q *Queue) attempt(ctx context.Context, lease Lease, do do) (done bool, next time.Time, err error) {
	t := lease.Ticket()
	defer func() { q.tellPanic(ctx, place{t.Tenant, t.Job}, err) }()
	defer platen.Recover(&err)
	l, err := q.ledger(t.Tenant)
	if err != nil {
		return false, next, err
	}
	// What is written down is written down also when the process is being stopped.
	keep := context.WithoutCancel(ctx)
	a, err := q.accepted(keep, l, t.Job)
	if errors.Is(err, platen.NotFound) {
		return true, next, nil
	}
	if err != nil {
		return false, next, err
	}
	ctx, keep = a.resume(ctx), a.resume(keep)
	if over, err := q.over(keep, l, a, nil); over || err != nil {
		return over, next, err
	}
	r := newRecord(a)
	begun, err := q.begin(keep, l, &r)
	if err != nil {
		return false, next, err
	}
	if !begun {
		return true, next, q.dead(keep, l, r, a, "its worker died each time")
	}
	q.tell(r)

	traced, finish := q.attempting(ctx, r, a.Job)
	doc, failure := q.leased(traced, lease, a, do)
	finish(failure)
	switch {
	case failure == nil:
		r.State, r.Document = Done, doc
		return true, next, q.end(keep, l, r, a)
	case errors.Is(failure, errCancelled):
		_, err := q.over(keep, l, a, r.Attempts) // this attempt may have been written down since
		return err == nil, next, err
	case ctx.Err() != nil || errors.Is(failure, errLeaseLost):
		last := &r.Attempts[len(r.Attempts)-1]
		last.Ended, last.Void = q.now().UTC(), true
		over, err := q.noteFailure(keep, l, r, a)
		return over, next, err
	}
	return q.failed(keep, l, r, a, failure)
}

// begin writes down that an attempt begins: first, so that a job counts that ends its
// worker at once. It is false where the job was tried as often as may be. Most jobs are
// tried once: only one that is not has its attempts read.
func (q *Queue) begin(ctx context.Context, l ledger, r *Record) (bool, error) {
	for read := false; r.Tries() < q.plan(r.ID).attempts; read = true {
		this := Attempt{Number: len(r.Attempts) + 1, Started: q.now().UTC(), Worker: q.name}
		err := l.put(ctx, startedKey(r.ID, this.Number), this)
		if err == nil {
			r.State, r.Attempts = Running, append(r.Attempts, this)
			return true, nil
		}
		if !errors.Is(err, platen.Conflict) || read {
			return false, fmt.Errorf("write down an attempt: %w", err)
		}
		if r.Attempts, err = l.attempts(ctx, r.ID); err != nil {
			return false, err
		}
	}
	return false, nil
}

// noteFailure writes down that the last attempt has failed. It is true if the job was
// ended meanwhile, by somebody else.
func (q *Queue) noteFailure(ctx context.Context, l ledger, r Record, a Accepted) (over bool, err error) {
	last := r.Attempts[len(r.Attempts)-1]
	if err := l.put(ctx, failedKey(r.ID, last.Number), last); err != nil && !errors.Is(err, platen.Conflict) {
		return false, fmt.Errorf("write down a failure: %w", err)
	}
	return q.over(ctx, l, a, r.Attempts)
}

// over reports whether a job that is pending, with these attempts, has ended: whoever
// ended it was interrupted, or does not know of the last attempt. Then it is concluded.
// Attempts that are nil are read.
func (q *Queue) over(ctx context.Context, l ledger, a Accepted, attempts []Attempt) (bool, error) {
	r, err := l.terminal(ctx, a.Job.ID)
	if errors.Is(err, platen.NotFound) {
		return false, nil
	}
	if err == nil && attempts == nil {
		attempts, err = l.attempts(ctx, a.Job.ID)
	}
	if err == nil {
		err = q.conclude(ctx, l, r, a, attempts)
	}
	return err == nil, err
}

func result(d platen.Document) *Result {
	return &Result{RenderKey: d.Manifest.RenderKey, Pages: d.Manifest.Pages, Bytes: d.Manifest.Bytes, SHA256: d.Manifest.SHA256}
}

// failed writes down why an attempt failed, and whether there will be another one.
func (q *Queue) failed(ctx context.Context, l ledger, r Record, a Accepted, failure error) (done bool, next time.Time, err error) {
	kind := platen.KindOf(failure)
	last := &r.Attempts[len(r.Attempts)-1]
	last.Ended, last.Kind, last.Error = q.now().UTC(), kind, failure.Error()
	if kind != platen.Busy && kind != platen.Internal { // why stands in its record: the text may hold data
		r.State, r.Kind, r.Error, r.Job = Failed, kind, failure.Error(), jobOf(a)
		return true, next, q.end(ctx, l, r, a)
	}
	q.log.WarnContext(ctx, "an attempt failed", "tenant", r.Tenant, "job", r.ID, "attempt", last.Number, "kind", kind, "err", failure)
	p := q.plan(r.ID)
	n := r.Tries()
	if n >= p.attempts {
		return true, next, q.dead(ctx, l, r, a, failure.Error())
	}
	next = q.now().Add(jitter(p.wait(n))).UTC()
	last.Next = next
	if over, err := q.noteFailure(ctx, l, r, a); over || err != nil {
		return over, next, err
	}
	r.State = Queued
	q.tell(r)
	return false, next, nil
}

// jitter shortens a wait by up to its half, so that what failed at once does not come
// back at once.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

// jobOf returns the job of a failed one, so that it can be done again. That of a
// notice says nothing.
func jobOf(a Accepted) *platen.Job {
	if a.Notice != nil {
		return nil
	}
	return &a.Job
}

// dead ends a job that has been tried often enough.
func (q *Queue) dead(ctx context.Context, l ledger, r Record, a Accepted, why string) error {
	r.State, r.Kind, r.Error, r.Dead, r.Job = Failed, platen.Internal, why, true, jobOf(a)
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Kind != "" {
		r.Kind = r.Attempts[n-1].Kind
	}
	return q.end(ctx, l, r, a)
}

func (q *Queue) end(ctx context.Context, l ledger, r Record, a Accepted) error {
	r.Ended = q.now().UTC()
	attempts := r.Attempts
	r, err := l.end(ctx, r)
	if err != nil {
		return err
	}
	q.ended(ctx, r)
	return q.conclude(ctx, l, r, a, attempts)
}

var errLeaseLost = fmt.Errorf("the lease was lost: another worker has the job: %w", platen.Busy)

// leased does a job, keeps its lease meanwhile, and stops when the lease is lost or
// the job is cancelled.
func (q *Queue) leased(ctx context.Context, lease Lease, a Accepted, do do) (*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	at := place{a.Job.Tenant, a.Job.ID}
	q.mu.Lock()
	q.running[at] = stop
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		delete(q.running, at)
		q.mu.Unlock()
	}()
	go q.extend(ctx, lease, stop)
	doc, err := q.survive(q.reporting(ctx, at), a, do)
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errCancelled) || errors.Is(cause, errLeaseLost)) {
		return doc, cause
	}
	return doc, err
}

// survive does a job. A panic is an error of this job: the others go on.
func (q *Queue) survive(ctx context.Context, a Accepted, do do) (doc *Result, err error) {
	defer func() { q.tellPanic(ctx, place{a.Job.Tenant, a.Job.ID}, err) }()
	defer platen.Recover(&err)
	return do(ctx, a)
}

// tellPanic logs where the code panicked, if an error says that it did.
func (q *Queue) tellPanic(ctx context.Context, at place, err error) {
	if p, ok := errors.AsType[*platen.PanicError](err); ok {
		q.log.ErrorContext(ctx, "a job panicked", "tenant", at.tenant, "job", at.job, "panic", p.Text, "stack", string(p.Stack))
	}
}

// extend keeps the lease of a job while it is rendered. It stops the render when the
// lease was lost, or when another process has ended the job.
func (q *Queue) extend(ctx context.Context, lease Lease, stop context.CancelCauseFunc) {
	for sleep(ctx, heartbeat) {
		if err := q.extendOnce(ctx, lease); err != nil {
			stop(err)
			return
		}
	}
}

// extendOnce extends a lease. An error says why its job is to be stopped.
func (q *Queue) extendOnce(ctx context.Context, lease Lease) (err error) {
	defer platen.Recover(&err)
	t := lease.Ticket()
	if err := lease.Extend(ctx); errors.Is(err, platen.NotFound) {
		return errLeaseLost
	}
	l, err := q.ledger(t.Tenant)
	if err != nil {
		return nil
	}
	if _, err := l.terminal(ctx, t.Job); err == nil {
		return errCancelled
	}
	return nil
}
