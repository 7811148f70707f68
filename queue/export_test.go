package queue

import (
	"context"
	"time"
)

// SetAbout sets how long a tenant is about that has nothing more.
func (m *Memory) SetAbout(d time.Duration) { m.about = d }

// SetAbout sets how long a tenant is about that has nothing more.
func (r *Redis) SetAbout(d time.Duration) { r.about = d }

// ReconcileOnce queues what the dispatcher has forgotten, once.
func (q *Queue) ReconcileOnce(ctx context.Context) error { return q.reconcile(ctx) }
