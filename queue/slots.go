package queue

import (
	"context"
	"sync"

	"github.com/dicode/platen"
)

// slots are what a process works on jobs with, each on one at a time. One of them is
// kept for those who come: a tenant that has all others, and alone has jobs waiting, gets
// the last one only while nobody else is about.
type slots struct {
	taken chan struct{}

	mu    sync.Mutex
	held  map[platen.TenantID]int
	again context.CancelFunc // has the claim that waits, with a tenant passed over, begin anew; nil: none does
}

func newSlots(n int) *slots {
	return &slots{taken: make(chan struct{}, n), held: map[platen.TenantID]int{}}
}

// claim waits for a slot and then for a job, which has the slot until it is given back.
func (s *slots) claim(ctx context.Context, d Dispatcher) (Lease, error) {
	select {
	case s.taken <- struct{}{}:
	case <-ctx.Done():
		return nil, claimEnded(ctx)
	}
	for {
		claiming, end := context.WithCancel(ctx)
		lease, err := d.Claim(claiming, s.begin(end))
		anew := claiming.Err() != nil && ctx.Err() == nil
		end()
		if s.begun(lease); err == nil {
			return lease, nil
		}
		if !anew {
			<-s.taken
			return nil, err
		}
	}
}

// begin returns the tenant that a claim is to pass over, "" if there is none. When that
// is so no more, end ends the claim.
func (s *slots) begin(end context.CancelFunc) platen.TenantID {
	s.mu.Lock()
	defer s.mu.Unlock()
	for tenant, n := range s.held {
		if n == cap(s.taken)-1 {
			s.again = end
			return tenant
		}
	}
	return ""
}

// begun notes what a claim has returned.
func (s *slots) begun(lease Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.again = nil; lease != nil {
		s.held[lease.Ticket().Tenant]++
	}
}

// give gives back the slot that a job of a tenant had.
func (s *slots) give(tenant platen.TenantID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[tenant]--; s.held[tenant] == 0 {
		delete(s.held, tenant)
	}
	if s.again != nil {
		s.again()
	}
	<-s.taken
}
