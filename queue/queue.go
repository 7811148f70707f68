package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// Config is what a Queue works with.
type Config struct {
	Bucket     storage.Bucket
	Dispatcher Dispatcher
	Notices    Dispatcher // of the notices to webhooks; nil: one of this process
	News       *News      // between the processes that share the dispatchers; nil: there is only this one
	Shares     Shares
	Attempts   int             // how often a job is tried at most; 0: 5
	Backoff    time.Duration   // before the second attempt; doubled before each further one; 0: one second
	Waits      []time.Duration // before the second and each further attempt to deliver a notice; nil: three days in all
	Name       string          // of this process, for people who look for it; empty: a random one
	Now        func() time.Time
	Log        *slog.Logger
	Observe    func(Record) // told of each change of a job that this process makes; may be nil
	Tracer     trace.Tracer // nil: none

	// Announce is told of jobs with their ids before they are kept, and by an error
	// refuses them; nil: nobody is.
	Announce func(context.Context, ...platen.Job) error
}

// A Queue accepts jobs and has them worked on. It is safe for concurrent use.
type Queue struct {
	bucket  storage.Bucket
	jobs    plan
	notices plan
	shares  Shares
	now     func() time.Time
	log     *slog.Logger
	tracer  trace.Tracer
	name    string // of this process, in attempts
	started time.Time

	observe  func(Record)
	announce func(context.Context, ...platen.Job) error
	news     *News
	watchers watchers
	crew     crew
	marked   sync.Map // of tenants whose mark is in the bucket
	mu       sync.Mutex
	running  map[place]context.CancelCauseFunc // jobs that this process works on
	unread   unread
}

// New returns a Queue.
func New(cfg Config) *Queue {
	q := &Queue{
		bucket: cfg.Bucket, shares: cfg.Shares, now: cfg.Now, log: cfg.Log, tracer: cfg.Tracer, observe: cfg.Observe, news: cfg.News,
		name: cfg.Name, started: cfg.Now().UTC(), running: map[place]context.CancelCauseFunc{},
	}
	if q.announce = cfg.Announce; q.announce == nil {
		q.announce = func(context.Context, ...platen.Job) error { return nil }
	}
	if q.shares == nil {
		q.shares = func(platen.TenantID) Share { return Share{} }
	}
	if q.tracer == nil {
		q.tracer = noop.Tracer{}
	}
	if q.name == "" {
		q.name = uuid.NewString()
	}
	q.jobs = plan{cfg.Dispatcher, cmp.Or(cfg.Attempts, 5), doubled(cmp.Or(cfg.Backoff, time.Second))}
	if cfg.Notices == nil {
		cfg.Notices = NewMemory(q.shares, cfg.Now)
	}
	if cfg.Waits == nil {
		cfg.Waits = noticeWaits
	}
	q.notices = plan{cfg.Notices, len(cfg.Waits) + 1, func(attempt int) time.Duration { return cfg.Waits[attempt-1] }}
	if q.news != nil {
		q.news.hear(q.heard)
	}
	return q
}

// A plan says who gives the jobs of a kind, and how often and when they are tried.
type plan struct {
	Dispatcher
	attempts int
	wait     func(attempt int) time.Duration // after an attempt, from 1
}

// plan returns that of a job or notice.
func (q *Queue) plan(id string) plan {
	if isNotice(id) {
		return q.notices
	}
	return q.jobs
}

const maxBackoff = 10 * time.Minute // between two attempts of a job

// doubled waits twice as long each time.
func doubled(first time.Duration) func(int) time.Duration {
	return func(attempt int) time.Duration { return min(first<<min(attempt-1, 20), maxBackoff) }
}

// ErrKeyReused says that an idempotency key came with another request before.
var ErrKeyReused = errors.New("the idempotency key belongs to another request: use a new key for a new request")

// Asked returns the job that was accepted for the same request with an idempotency key,
// so that nothing about it has to be checked again. ok is false when Accept would make a
// job, or go on with one that was not kept. An error is Conflict and ErrKeyReused when
// the key came with another request.
func (q *Queue) Asked(ctx context.Context, job platen.Job, idempotencyKey string) (r Record, ok bool, err error) {
	l, err := q.ledger(job.Tenant)
	if err != nil || idempotencyKey == "" {
		return r, false, err
	}
	id, err := l.holder(ctx, idempotencyKey, job.Digest())
	if err == nil {
		r, err = q.Job(ctx, job.Tenant, id)
	}
	if errors.Is(err, platen.NotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

// Accept keeps a job and queues it. The job gets an id. With an idempotency key
// that was used before the job of that time is returned, and again is true; it is
// an error, Conflict and ErrKeyReused, when it was another one. Busy says that the
// tenant has as many jobs waiting as it may have.
//
// What a new job stands on is stored by first, after the job was announced and before it
// is kept, so that it is neither stored for a job that is refused nor lacks one that is
// accepted. It may be called again with the same key; its error refuses the job.
//
// Once Accept has returned nil, the job will end in a terminal record.
func (q *Queue) Accept(ctx context.Context, job platen.Job, idempotencyKey string, first ...func(context.Context) error) (r Record, again bool, err error) {
	l, err := q.ledger(job.Tenant)
	if err != nil {
		return r, false, err
	}
	if err := q.mark(ctx, job.Tenant); err != nil {
		return r, false, err
	}
	if job.ID, err = newID(); err != nil {
		return r, false, err
	}
	if idempotencyKey != "" {
		id, err := l.claim(ctx, idempotencyKey, keyed{job.ID, job.Digest()})
		if err != nil {
			return r, false, err
		}
		if again, job.ID = id != job.ID, id; again {
			if r, err := q.Job(ctx, job.Tenant, job.ID); !errors.Is(err, platen.NotFound) {
				return r, true, err
			}
			// whoever claimed the key has not kept the job: it is done here
		}
	}
	if err := q.room(ctx, job.Tenant, 1); err != nil {
		return r, false, err
	}
	if err := q.announce(ctx, job); err != nil {
		return r, false, err
	}
	for _, store := range first {
		if err := store(ctx); err != nil {
			return r, false, err
		}
	}
	a, err := q.keep(ctx, l, job, q.now().UTC())
	if err != nil {
		return r, false, err
	}
	return newRecord(a), again, nil
}

// keep keeps and queues a job. Options are those of its span.
func (q *Queue) keep(ctx context.Context, l ledger, job platen.Job, at time.Time, options ...trace.SpanStartOption) (a Accepted, err error) {
	ctx, done := q.accepting(ctx, job, options...)
	defer func() { done(err) }()
	a = Accepted{Job: job, At: at, Trace: traceparent(ctx)}
	if err := l.put(ctx, pendingKey(job.ID), a); err != nil && !errors.Is(err, platen.Conflict) {
		return a, fmt.Errorf("keep the job: %w", err)
	}
	q.push(ctx, a, time.Time{})
	return a, nil
}

// A FullError says that with some more jobs a tenant would have more waiting than it may
// have. It is Busy.
type FullError struct{ Limit, Queued, More int }

// Error implements error.
func (e *FullError) Error() string {
	return fmt.Sprintf("%d jobs are waiting, and no more than %d may, so that there is no room for %d: try again when some are done: %v", e.Queued, e.Limit, e.More, platen.Busy)
}

// Unwrap returns platen.Busy.
func (e *FullError) Unwrap() error { return platen.Busy }

// room returns a FullError when a tenant may not have as many more jobs waiting, and
// Invalid when it never may.
func (q *Queue) room(ctx context.Context, tenant platen.TenantID, more int) error {
	limit := q.shares(tenant).Queued
	if limit == 0 {
		return nil
	}
	if more > limit {
		return fmt.Errorf("there are %d jobs, and no more than %d may wait: ask for fewer at once: %w", more, limit, platen.Invalid)
	}
	queued, _, err := q.jobs.Depth(ctx, tenant)
	if err != nil {
		q.log.Warn("the dispatcher does not answer", "tenant", tenant, "err", err)
		return nil // the job is safe in the ledger all the same
	}
	if queued+more > limit {
		return &FullError{limit, queued, more}
	}
	return nil
}

// push queues a job. When that does not work, Reconcile will do it.
func (q *Queue) push(ctx context.Context, a Accepted, notBefore time.Time) {
	t := Ticket{Tenant: a.Job.Tenant, Job: a.Job.ID, Priority: a.Job.Priority, NotBefore: notBefore}
	if err := q.plan(t.Job).Push(ctx, t); err != nil {
		q.log.WarnContext(ctx, "the job is kept and not queued", "tenant", t.Tenant, "job", t.Job, "err", err)
	}
}

// Job returns what is known of a job, or NotFound.
func (q *Queue) Job(ctx context.Context, tenant platen.TenantID, id string) (Record, error) {
	if isNotice(id) {
		return Record{}, fmt.Errorf("there is no job %s: %w", id, platen.NotFound)
	}
	return q.record(ctx, tenant, id)
}

// record returns what is known of a job or notice.
func (q *Queue) record(ctx context.Context, tenant platen.TenantID, id string) (r Record, err error) {
	l, err := q.ledger(tenant)
	if err != nil {
		return r, err
	}
	if _, err := acceptedAt(id); err != nil {
		return r, err
	}
	if r, err = l.terminal(ctx, id); !errors.Is(err, platen.NotFound) {
		return r, err
	}
	pending, pendingErr := l.unended(ctx, id)
	if pendingErr != nil && !errors.Is(pendingErr, platen.NotFound) {
		return pending, pendingErr
	}
	// What was pending may be half deleted, since the job has ended in between.
	if r, err = l.terminal(ctx, id); !errors.Is(err, platen.NotFound) {
		return r, err
	}
	if pendingErr != nil {
		return pending, fmt.Errorf("there is no job %s: %w", id, platen.NotFound)
	}
	return pending, nil
}

// Cancel ends a job that has not ended. The record returned is the terminal one:
// another one when the job ended just before.
func (q *Queue) Cancel(ctx context.Context, tenant platen.TenantID, id string) (Record, error) {
	r, err := q.Job(ctx, tenant, id)
	if err != nil || r.State.Ended() {
		return r, err
	}
	l, err := q.ledger(tenant)
	if err != nil {
		return r, err
	}
	a, err := l.accepted(ctx, id)
	if errors.Is(err, platen.NotFound) {
		return q.Job(ctx, tenant, id) // it has ended in between
	}
	if err != nil {
		return r, err
	}
	attempts := r.Attempts
	r.State, r.Ended = Cancelled, q.now().UTC()
	if r, err = l.end(ctx, r); err != nil {
		return r, err
	}
	if err := q.conclude(ctx, l, r, a, attempts); err != nil {
		q.log.Warn("an ended job is still pending: it is forgotten later", "tenant", tenant, "job", id, "err", err)
	}
	if err := q.jobs.Remove(ctx, tenant, id); err != nil {
		q.log.Warn("a cancelled job is still queued", "tenant", tenant, "job", id, "err", err)
	}
	q.mu.Lock()
	stop := q.running[place{tenant, id}]
	q.mu.Unlock()
	if stop != nil {
		stop(errCancelled)
	}
	q.ended(ctx, r)
	return r, nil
}

var errCancelled = fmt.Errorf("the job was cancelled: %w", platen.Conflict)

// Again does a job that has failed once more, as a new job. However often it is asked
// for, that is one job.
func (q *Queue) Again(ctx context.Context, tenant platen.TenantID, id string) (Record, error) {
	r, err := q.Job(ctx, tenant, id)
	if err != nil {
		return r, err
	}
	if r.Job == nil {
		return r, fmt.Errorf("job %s is %s: only one that has failed can be done again: %w", id, r.State, platen.Conflict)
	}
	again, _, err := q.Accept(ctx, *r.Job, againKey(id))
	return again, err
}

// againKey is the idempotency key with which a job is done once more. Those of callers
// have no line feed.
func againKey(id string) string { return "again\n" + id }

// doneAgain reports whether a job has been done once more.
func (q *Queue) doneAgain(ctx context.Context, l ledger, id string) (bool, error) {
	k, err := l.claimed(ctx, againKey(id))
	if err == nil {
		_, err = q.record(ctx, l.tenant, k.Job) // whoever claimed the key may not have kept the job
	}
	if errors.Is(err, platen.NotFound) {
		return false, nil
	}
	return err == nil, err
}
