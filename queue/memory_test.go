package queue_test

import (
	"testing"
	"time"

	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

func TestMemory(t *testing.T) {
	queuetest.TestDispatcher(t, func(_ testing.TB, shares queue.Shares) queue.Dispatcher {
		return queue.NewMemory(shares, time.Now)
	}, queuetest.Options{})
}
