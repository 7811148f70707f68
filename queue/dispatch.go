package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// A Ticket is a job's place in the queue.
type Ticket struct {
	Tenant    platen.TenantID
	Job       string
	Priority  platen.Priority
	NotBefore time.Time // not to be claimed before; zero: at once
}

// A Dispatcher decides which job is next. It is fair: tenants take turns, each as
// often as its weight says, whatever the others have queued. One that had nothing
// waiting, or ran as many jobs as it may, comes before those that had; but it does
// not get the turns that it missed. When it is the turn of several, the one with
// fewer tickets comes first, and then the one that has waited longer: so a single
// job waits for one other at most, unless many tenants come with as little at once.
// Of one tenant's tickets interactive ones come first, but nine of them at most while
// a bulk one waits, and then those that came first. It is safe for concurrent use.
//
// It may forget everything at any time. Errors are Busy or Internal; a context that
// ends is Busy.
type Dispatcher interface {
	// Push queues a ticket, unless its job is queued or claimed already.
	Push(ctx context.Context, t Ticket) error
	// Claim waits for the next ticket and leases it to the caller. Where nobody else has
	// one waiting that may run, it leaves those of one tenant there, "" for none, as long
	// as another one is about: has a ticket that is claimed, or had one lately.
	Claim(ctx context.Context, pass platen.TenantID) (Lease, error)
	// Depth returns how many tickets of a tenant are queued, those that wait for
	// their time among them, and how many are claimed.
	Depth(ctx context.Context, tenant platen.TenantID) (queued, claimed int, err error)
	// Remove takes a ticket that is queued out of the queue.
	Remove(ctx context.Context, tenant platen.TenantID, job string) error
	// Missing returns those jobs of a tenant that are neither queued nor claimed, in
	// their order.
	Missing(ctx context.Context, tenant platen.TenantID, jobs []string) ([]string, error)
	// Lines returns what there is of each tenant that has a ticket, by tenant.
	Lines(ctx context.Context) ([]Line, error)
	// Forgotten returns a channel that is closed when the dispatcher finds that it
	// has lost what it had.
	Forgotten() <-chan struct{}
}

// A Line is what there is of one tenant in the queue.
type Line struct {
	Tenant  platen.TenantID `json:"tenant"`
	Queued  int             `json:"queued"`          // those that wait for their time among them
	Claimed int             `json:"claimed"`         // which are worked on
	Oldest  time.Time       `json:"oldest,omitzero"` // when the job was accepted that waits first for its turn; zero: none does
}

// oldest returns when the first of some jobs was accepted, which their ids say.
func oldest(ids ...string) (first time.Time) {
	for _, id := range ids {
		if at, err := acceptedAt(id); err == nil && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// A Lease is a claimed ticket. It ends with Done or Release, or when it was not
// extended for the dispatcher's lease time: then another worker gets the ticket.
// Once it has ended, or the dispatcher has forgotten it, every call is NotFound.
type Lease interface {
	Ticket() Ticket
	// Extend keeps the lease. An error that is NotFound says that it was lost.
	Extend(ctx context.Context) error
	// Done takes the ticket out of the queue for good.
	Done(ctx context.Context) error
	// Release gives the ticket back, to its place in the order, not to be claimed
	// before a time.
	Release(ctx context.Context, notBefore time.Time) error
}

// A Share is what a tenant gets of the workers.
type Share struct {
	Weight  float64 // twice the weight, twice the turns; 0: 1
	Running int     // jobs at once; 0: no limit
	Queued  int     // jobs that may wait; 0: no limit
}

// about is how long a tenant is about after a ticket of it was pushed, or a claim ended.
const about = 30 * time.Second

// patience is how many interactive tickets may go before a bulk one of their tenant
// that waits. It stands in lua/lib.lua too.
const patience = 9

// credit is how far a tenant that was not ready comes before the turn of those that were.
const credit = 1. / 1024

// step is how far one ticket moves a tenant's turn.
func (s Share) step() float64 {
	if s.Weight > 0 {
		return 1 / s.Weight
	}
	return 1
}

// Shares returns the share of a tenant. It is asked often: each time that a
// tenant's tickets change.
type Shares func(platen.TenantID) Share

// errEnded says that a lease has ended.
var errEnded = fmt.Errorf("the lease was lost: %w", platen.NotFound)

// pause waits for a change, at most so long, or until ctx ends.
func pause(ctx context.Context, changed <-chan struct{}, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-changed:
	case <-timer.C:
	}
}

// claimEnded is the error of a Claim whose context has ended.
func claimEnded(ctx context.Context) error {
	return fmt.Errorf("claim a job: %w: %w", context.Cause(ctx), platen.Busy)
}
