package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// A Worker is a process that renders jobs.
type Worker struct {
	Name    string    `json:"name"`
	Slots   int       `json:"slots"`   // jobs that it takes at once
	Running int       `json:"running"` // jobs that it has
	Started time.Time `json:"started"`
}

// A crew is the workers that were heard of lately.
type crew struct {
	mu      sync.Mutex
	running int // jobs of this process
	heard   map[string]heard
}

type heard struct {
	Worker
	at time.Time
}

func (c *crew) begin() { c.add(1) }
func (c *crew) end()   { c.add(-1) }

func (c *crew) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running += n
}

func (c *crew) hear(w Worker, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard == nil {
		c.heard = map[string]heard{}
	}
	c.heard[w.Name] = heard{w, now}
	maps.DeleteFunc(c.heard, func(_ string, h heard) bool { return now.Sub(h.at) > silence })
}

// silence is after how long a worker that says nothing is not there any more.
const silence = 3*heartbeat + heartbeat/2

// Workers returns the processes that render, by name: those of the whole installation
// if there are News, and this one if there are not.
func (q *Queue) Workers() (list []Worker) {
	now := q.now()
	q.crew.mu.Lock()
	defer q.crew.mu.Unlock()
	for _, h := range q.crew.heard {
		if now.Sub(h.at) <= silence {
			list = append(list, h.Worker)
		}
	}
	slices.SortFunc(list, func(a, b Worker) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Lines returns what there is of each tenant in the queue.
func (q *Queue) Lines(ctx context.Context) ([]Line, error) { return q.jobs.Lines(ctx) }

// NoticeLines returns the same of the notices that are to be delivered.
func (q *Queue) NoticeLines(ctx context.Context) ([]Line, error) { return q.notices.Lines(ctx) }

// beat tells that this process is there, until ctx ends.
func (q *Queue) beat(ctx context.Context, slots int) {
	for {
		q.crew.mu.Lock()
		w := Worker{Name: q.name, Slots: slots, Running: q.crew.running, Started: q.started}
		q.crew.mu.Unlock()
		q.crew.hear(w, q.now())
		if q.news != nil {
			q.news.tell(message{Worker: &w})
		}
		if !sleep(ctx, heartbeat) {
			return
		}
	}
}
