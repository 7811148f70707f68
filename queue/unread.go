package queue

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// unread knows the jobs whose pending record could not be read: it is damaged, or the
// keys of its tenant were destroyed. They are asked for less and less often.
type unread struct {
	mu   sync.Mutex
	jobs map[place]misses
}

// misses are how often in a row a record could not be read, and when it is read again.
type misses struct {
	times int
	next  time.Time
}

// maxUnread is how many jobs are known at most. What comes then waits longest at once.
const maxUnread = 10_000

// missed notes that a record could not be read.
func (u *unread) missed(at place, now time.Time, pause func(times int) time.Duration) misses {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.jobs) >= maxUnread { // another process may have done those that are long due
		maps.DeleteFunc(u.jobs, func(_ place, m misses) bool { return now.Sub(m.next) > maxBackoff })
	}
	m, known := u.jobs[at]
	if !known && len(u.jobs) >= maxUnread {
		return misses{maxUnread, now.Add(maxBackoff)}
	}
	if u.jobs == nil {
		u.jobs = map[place]misses{}
	}
	m.times++
	m.next = now.Add(pause(m.times))
	u.jobs[at] = m
	return m
}

// waits reports whether a record is not to be read yet.
func (u *unread) waits(at place, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return now.Before(u.jobs[at].next)
}

// forget forgets a job whose record was read, or is gone.
func (u *unread) forget(at place) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.jobs, at)
}

// An unreadError says that a pending record cannot be read, and will hardly be soon.
type unreadError struct {
	misses
	err error
}

func (e *unreadError) Error() string { return e.err.Error() }
func (e *unreadError) Unwrap() error { return e.err }

// accepted returns a job that has not ended, or NotFound. An error that is not Busy is an
// *unreadError.
func (q *Queue) accepted(ctx context.Context, l ledger, job string) (Accepted, error) {
	at := place{l.tenant, job}
	a, err := l.accepted(ctx, job)
	switch {
	case err == nil || errors.Is(err, platen.NotFound):
		q.unread.forget(at)
	case !errors.Is(err, platen.Busy):
		err = &unreadError{q.unread.missed(at, q.now(), doubled(q.plan(job).wait(1))), err}
	}
	return a, err
}

// levelOf returns at which level an error of a job is told: one is not told again and
// again that its record cannot be read.
func levelOf(err error, level slog.Level) slog.Level {
	e, ok := errors.AsType[*unreadError](err)
	switch {
	case !ok:
		return level
	case e.times == 1:
		return slog.LevelError
	}
	return slog.LevelDebug
}
