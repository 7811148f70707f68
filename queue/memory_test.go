package queue_test

import (
	"testing"
	"time"

	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

// shortAbout is how long a tenant is about in the tests.
const shortAbout = 600 * time.Millisecond

func TestMemory(t *testing.T) {
	queuetest.TestDispatcher(t, func(_ testing.TB, shares queue.Shares) queue.Dispatcher {
		d := queue.NewMemory(shares, time.Now)
		d.SetAbout(shortAbout)
		return d
	}, queuetest.Options{About: shortAbout})
}
