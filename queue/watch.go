package queue

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// watchers tell those who wait for a job how far it is.
type watchers struct {
	mu sync.Mutex
	of map[place]map[chan change]struct{}
}

// A change is what has become of a job since a watcher looked.
type change struct {
	record  *Record  // newer than what the watcher has; nil: unknown
	attempt *Attempt // which has begun; nil: none
	stage   string   // which has begun after it; empty: none
	look    look     // what the ledger knows more of
}

// A look is how much of the ledger is read, which has a record for each step of a job.
type look int

const (
	noLook  look = iota
	lookEnd      // whether the job has ended
	lookAll
)

// after returns both changes, the earlier one first.
func (c change) after(first change) change {
	if c.record == nil {
		c.record, c.attempt, c.look = first.record, cmp.Or(c.attempt, first.attempt), max(c.look, first.look)
	}
	return c
}

// tell passes a change on. It does not wait: a watcher that is behind gets the sum.
func (w *watchers) tell(at place, c change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.of[at] {
		sum := c
		select {
		case first := <-watcher:
			sum = c.after(first)
		default:
		}
		watcher <- sum
	}
}

// tell passes a change of a job on to whoever wants to know.
func (q *Queue) tell(r Record) {
	if q.observe != nil {
		q.observe(r)
	}
	q.watchers.tell(place{r.Tenant, r.ID}, change{record: &r})
	if q.news != nil {
		m := message{Tenant: r.Tenant, Job: r.ID, State: r.State}
		if r.State == Running {
			m.Attempt = &r.Attempts[len(r.Attempts)-1]
		}
		q.news.tell(m)
	}
}

// ended tells that a job or notice has ended.
func (q *Queue) ended(ctx context.Context, r Record) {
	what, level := "a job has ended", slog.LevelInfo
	if r.Notice != nil {
		what = "a delivery has ended"
	}
	if r.Dead {
		level = slog.LevelError
	}
	q.log.Log(ctx, level, what, "tenant", r.Tenant, "job", r.ID, "template", r.Template, "state", r.State, "kind", r.Kind,
		"attempts", r.Tries(), "took", r.Ended.Sub(r.Accepted))
	q.tell(r)
}

// heard takes what another process says.
func (q *Queue) heard(m message) {
	if m.Worker != nil {
		q.crew.hear(*m.Worker, q.now())
	}
	if m.Job != "" {
		q.watchers.tell(place{m.Tenant, m.Job}, m.change())
	}
}

// change is what a message says of a job.
func (m message) change() change {
	switch {
	case m.Stage != "":
		return change{stage: m.Stage}
	case m.Attempt != nil:
		return change{attempt: m.Attempt}
	case m.State.Ended():
		return change{look: lookEnd}
	}
	return change{look: lookAll}
}

type reporterKey struct{}

// reporting returns a context with which Report tells the stage of a job.
func (q *Queue) reporting(ctx context.Context, at place) context.Context {
	return context.WithValue(ctx, reporterKey{}, func(stage string) {
		q.watchers.tell(at, change{stage: stage})
		if q.news != nil {
			q.news.tell(message{Tenant: at.tenant, Job: at.job, Stage: stage})
		}
	})
}

// Report tells those who watch the job whose Render was called with this context that
// a stage of it begins.
func Report(ctx context.Context, stage string) {
	if f, ok := ctx.Value(reporterKey{}).(func(string)); ok {
		f(stage)
	}
}

func (w *watchers) add(at place) (c chan change, remove func()) {
	c = make(chan change, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[place]map[chan change]struct{}{}
	}
	if w.of[at] == nil {
		w.of[at] = map[chan change]struct{}{}
	}
	w.of[at][c] = struct{}{}
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.of[at], c); len(w.of[at]) == 0 {
			delete(w.of, at)
		}
	}
}

// Who watches asks the ledger, too, since other processes work as well, and news may be
// lost: less and less often.
const (
	lookFirst = 250 * time.Millisecond
	lookLast  = time.Second
)

// Watch calls f with the record of a job or notice now and each time it changes or
// comes to another stage, until it has ended, f returns false, or ctx ends.
func (q *Queue) Watch(ctx context.Context, tenant platen.TenantID, id string, f func(Record) bool) error {
	changed, remove := q.watchers.add(place{tenant, id})
	defer remove()
	r, err := q.record(ctx, tenant, id)
	if err != nil {
		return err
	}
	return q.watch(ctx, r, changed, f)
}

// Follow is Watch for a caller who has the record of a moment ago. What has happened in
// that moment it may tell a quarter of a second late.
func (q *Queue) Follow(ctx context.Context, r Record, f func(Record) bool) error {
	changed, remove := q.watchers.add(place{r.Tenant, r.ID})
	defer remove()
	return q.watch(ctx, r, changed, f)
}

func (q *Queue) watch(ctx context.Context, r Record, changed <-chan change, f func(Record) bool) error {
	pause := lookFirst
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for f(r) && !r.State.Ended() {
		for same := true; same; {
			var c change
			select {
			case c = <-changed:
			case <-timer.C:
				if c.look = lookEnd; pause >= lookLast {
					c.look = lookAll
				}
				pause = min(pause*3/2, lookLast)
				timer.Reset(pause)
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			next, err := q.next(ctx, r, c)
			if err != nil {
				return err
			}
			same = next.State == r.State && len(next.Attempts) == len(r.Attempts) && next.Stage == r.Stage
			r = next
		}
	}
	return nil
}

// next returns the record after a change. What is older than what is known already
// is left out: the ledger may have been read just before.
func (q *Queue) next(ctx context.Context, r Record, c change) (Record, error) {
	if a := c.attempt; a != nil && r.State == Queued && a.Number == len(r.Attempts)+1 {
		r.State, r.Attempts = Running, append(slices.Clip(r.Attempts), *a)
	} else if a != nil && a.Number > len(r.Attempts) || c.stage != "" && r.State == Queued {
		c.look = lookAll // what was said before was lost
	}
	if c.record == nil && c.look != noLook {
		now, err := q.look(ctx, r, c.look)
		if err != nil {
			return r, err
		}
		c.record = &now
	}
	if c.record != nil && progress(*c.record) > progress(r) {
		r = *c.record
	}
	if c.stage != "" && !r.State.Ended() {
		r.Stage = c.stage
	}
	return r, nil
}

// look reads as much of the ledger as is wanted. It returns the record as it was where
// that says nothing new.
func (q *Queue) look(ctx context.Context, r Record, much look) (Record, error) {
	if much == lookAll {
		return q.record(ctx, r.Tenant, r.ID)
	}
	l, err := q.ledger(r.Tenant)
	if err != nil {
		return r, err
	}
	end, err := l.terminal(ctx, r.ID)
	if errors.Is(err, platen.NotFound) {
		return r, nil
	}
	return end, err
}

// progress orders the records of a job by how far it is.
func progress(r Record) int {
	switch {
	case r.State.Ended():
		return math.MaxInt
	case r.State == Running:
		return 2*len(r.Attempts) - 1
	}
	return 2 * len(r.Attempts)
}
