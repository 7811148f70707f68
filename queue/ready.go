package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/dicode/platen"
)

// Ready returns an error, Busy or Internal, unless the bucket and the dispatcher
// answer.
func (q *Queue) Ready(ctx context.Context) error {
	if _, err := q.bucket.Get(ctx, "queue/probe"); err != nil && !errors.Is(err, platen.NotFound) {
		return fmt.Errorf("the bucket does not answer: %w", err)
	}
	if _, _, err := q.jobs.Depth(ctx, "probe"); err != nil {
		return fmt.Errorf("the dispatcher does not answer: %w", err)
	}
	return nil
}
