package queue

import "context"

// ReconcileOnce queues what the dispatcher has forgotten, once.
func (q *Queue) ReconcileOnce(ctx context.Context) error { return q.reconcile(ctx) }
