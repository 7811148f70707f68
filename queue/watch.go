package queue

import (
	"context"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// watchers tell those who wait for a job how far it is.
type watchers struct {
	mu sync.Mutex
	of map[place]map[chan Record]struct{}
}

// tell passes a record on. It does not wait: a watcher that is behind gets the
// newest record only.
func (w *watchers) tell(r Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.of[place{r.Tenant, r.ID}] {
		select {
		case <-c:
		default:
		}
		c <- r
	}
}

// tell passes a change of a job on to whoever wants to know.
func (q *Queue) tell(r Record) {
	if q.observe != nil {
		q.observe(r)
	}
	q.watchers.tell(r)
}

func (w *watchers) add(at place) (c chan Record, remove func()) {
	c = make(chan Record, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[place]map[chan Record]struct{}{}
	}
	if w.of[at] == nil {
		w.of[at] = map[chan Record]struct{}{}
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

// Watch asks the ledger, too, since other processes work as well: soon at first,
// and then less and less often.
const (
	lookFirst = 20 * time.Millisecond
	lookLast  = time.Second
)

// Watch calls f with the job's record now and each time it changes, until the job
// has ended, f returns false, or ctx ends.
func (q *Queue) Watch(ctx context.Context, tenant platen.TenantID, id string, f func(Record) bool) error {
	changed, remove := q.watchers.add(place{tenant, id})
	defer remove()
	r, err := q.Job(ctx, tenant, id)
	if err != nil {
		return err
	}
	pause := lookFirst
	look := time.NewTimer(pause)
	defer look.Stop()
	for f(r) && !r.State.Ended() {
		for same := true; same; {
			next := r
			select {
			case next = <-changed:
			case <-look.C:
				if next, err = q.Job(ctx, tenant, id); err != nil {
					return err
				}
				pause = min(pause*3/2, lookLast)
				look.Reset(pause)
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			same = next.State == r.State && len(next.Attempts) == len(r.Attempts)
			r = next
		}
	}
	return nil
}
