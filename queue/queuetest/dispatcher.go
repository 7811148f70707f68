package queuetest

import (
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// Options say what else a Dispatcher promises.
type Options struct {
	Lease time.Duration // a lease that is not extended ends after that; 0: never
	About time.Duration // how long a tenant is about that has nothing more; less than a second or two
}

// Open returns an empty Dispatcher.
type Open func(t testing.TB, shares queue.Shares) queue.Dispatcher

// TestDispatcher tests what the documentation of queue.Dispatcher promises.
func TestDispatcher(t *testing.T, open Open, opt Options) {
	tests := []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"Claim returns what was pushed", pushClaim},
		{"a job is queued once", once},
		{"a ticket that was Done is forgotten", doneIsForgotten},
		{"Remove", remove},
		{"Depth", depth},
		{"Missing", missing},
		{"Lines", lines},
		{"an ended context is Busy", endedContext},
		{"a lease ends once", endsOnce},

		{"Claim waits for Push", waitsForPush},
		{"Claim waits for the time of a ticket", waitsForTime},
		{"Claim waits for the next time, not the first", waitsForNext},
		{"Claim waits for its context", waitsForContext},
		{"a delayed ticket is not there yet", delayed},
		{"Release", release},
		{"Release with a time", releaseDelayed},

		{"interactive before bulk, then in order", order},
		{"bulk has one turn in ten", patience},
		{"a released ticket has its old place", releasedOrder},
		{"tenants take turns", turns},
		{"a crowd of newcomers is served in order", crowd},
		{"a flood delays another tenant by one ticket", flood},
		{"a newcomer among many tenants", newcomer},
		{"newcomers one after the other", procession},
		{"coming back often gains nothing", comesBack},
		{"twice the weight, twice the turns", weights},
		{"weights below one", lightWeights},

		{"at most so many run", limit},
		{"at most so many run, with many workers", limitRaced},
		{"a tenant at its limit saves up no turns", limitSavesNothing},

		{"many workers get each ticket once", exactlyOnce},
		{"contexts that end lose no ticket", endingContexts},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
	testPasses(t, open, opt.About)
	if opt.Lease > 0 {
		testLeases(t, open, opt.Lease)
	}
}

// equal gives all tenants the same share.
func equal(platen.TenantID) queue.Share { return queue.Share{} }

// the tenants of the tests
const (
	acme   platen.TenantID = "acme"
	globex platen.TenantID = "globex"
)

// soon is far more than a Dispatcher needs to notice something, and less than it
// would need if it only looked now and then.
const soon = 500 * time.Millisecond
