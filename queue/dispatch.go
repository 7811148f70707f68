package queue

import (
	"context"
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

// A Dispatcher decides which job is next. It is fair: of the tenants that wait,
// each gets its weighted share, whatever the others have queued; a tenant that
// comes after a while is next but for one. Of one tenant's tickets interactive
// ones come first, and then those that came first. It is safe for concurrent use.
//
// It may forget everything at any time. Errors are Busy or Internal.
type Dispatcher interface {
	// Push queues a ticket, unless its job is queued or claimed already.
	Push(ctx context.Context, t Ticket) error
	// Claim waits for the next ticket and leases it to the caller.
	Claim(ctx context.Context) (Lease, error)
	// Depth returns how many tickets of a tenant are queued, those that wait for
	// their time among them, and how many are claimed.
	Depth(ctx context.Context, tenant platen.TenantID) (queued, claimed int, err error)
	// Remove takes a ticket that is queued out of the queue.
	Remove(ctx context.Context, tenant platen.TenantID, job string) error
}

// A Lease is a claimed ticket. It ends with Done or Release, or when it was not
// extended for the dispatcher's lease time: then another worker gets the ticket.
type Lease interface {
	Ticket() Ticket
	// Extend keeps the lease. An error that is NotFound says that it was lost.
	Extend(ctx context.Context) error
	// Done takes the ticket out of the queue for good.
	Done(ctx context.Context) error
	// Release gives the ticket back, not to be claimed before a time.
	Release(ctx context.Context, notBefore time.Time) error
}

// A Share is what a tenant gets of the workers.
type Share struct {
	Weight  float64 // twice the weight, twice the turns; 0: 1
	Running int     // jobs at once; 0: no limit
	Queued  int     // jobs that may wait; 0: no limit
}

// Shares returns the share of a tenant.
type Shares func(platen.TenantID) Share
