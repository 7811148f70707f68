package queue

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// Memory is a Dispatcher within one process.
type Memory struct {
	shares Shares
	now    func() time.Time

	mu      sync.Mutex
	lanes   map[platen.TenantID]*lane
	places  map[place]*item
	delayed delayed
	turn    float64       // of the tenant that was served last
	pushed  uint64        // tickets so far
	changed chan struct{} // closed when a ticket may have become claimable
}

// NewMemory returns an empty dispatcher.
func NewMemory(shares Shares, now func() time.Time) *Memory {
	return &Memory{shares: shares, now: now, lanes: map[platen.TenantID]*lane{}, places: map[place]*item{}, changed: make(chan struct{})}
}

// A place names a job.
type place struct {
	tenant platen.TenantID
	job    string
}

// An item is a ticket in the queue.
type item struct {
	Ticket
	order   uint64
	claimed bool
	index   int // in the delayed ones; -1 when it is not there
}

// A lane is what waits of one tenant.
type lane struct {
	waiting map[platen.Priority][]*item // in their order
	queued  int                         // with those that wait for their time
	running int
	turn    float64 // when its next ticket is served, in turns of all tenants
}

func (l *lane) next() *item {
	for _, p := range platen.Priorities {
		if len(l.waiting[p]) > 0 {
			return l.waiting[p][0]
		}
	}
	return nil
}

// Push implements Dispatcher.
func (m *Memory) Push(_ context.Context, t Ticket) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.places[place{t.Tenant, t.Job}] == nil {
		m.pushed++
		m.enqueue(&item{Ticket: t, order: m.pushed})
	}
	return nil
}

// enqueue puts an item among those that wait, for a turn or for their time.
func (m *Memory) enqueue(i *item) {
	m.places[place{i.Tenant, i.Job}] = i
	l := m.lane(i.Tenant)
	l.queued++
	if i.index = -1; i.NotBefore.After(m.now()) {
		heap.Push(&m.delayed, i)
	} else {
		m.ready(l, i)
	}
	m.wake()
}

func (m *Memory) lane(tenant platen.TenantID) *lane {
	l := m.lanes[tenant]
	if l == nil {
		l = &lane{waiting: map[platen.Priority][]*item{}}
		m.lanes[tenant] = l
	}
	return l
}

// ready lets an item be claimed. A lane that was empty does not get the turns that
// it missed, but for one: so it is next, once.
func (m *Memory) ready(l *lane, i *item) {
	if l.next() == nil {
		l.turn = max(l.turn, m.turn-m.step(i.Tenant))
	}
	l.waiting[i.Priority] = append(l.waiting[i.Priority], i)
}

// step is how far one ticket moves a tenant's turn.
func (m *Memory) step(tenant platen.TenantID) float64 {
	if weight := m.shares(tenant).Weight; weight > 0 {
		return 1 / weight
	}
	return 1
}

// wake lets every Claim that waits look again.
func (m *Memory) wake() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// Claim implements Dispatcher.
func (m *Memory) Claim(ctx context.Context) (Lease, error) {
	for {
		m.mu.Lock()
		i, wait := m.claim()
		changed := m.changed
		m.mu.Unlock()
		if i != nil {
			return &memoryLease{m, i}, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// longWait is how long a Claim waits at most until it looks again.
const longWait = time.Minute

// claim takes the next item, or says how long to wait for one.
func (m *Memory) claim() (*item, time.Duration) {
	now := m.now()
	for len(m.delayed) > 0 && !m.delayed[0].NotBefore.After(now) {
		i := heap.Pop(&m.delayed).(*item)
		m.ready(m.lane(i.Tenant), i)
	}
	var first *lane
	for tenant, l := range m.lanes {
		if limit := m.shares(tenant).Running; l.next() == nil || limit > 0 && l.running >= limit {
			continue
		}
		if first == nil || l.turn < first.turn || l.turn == first.turn && l.next().order < first.next().order {
			first = l
		}
	}
	if first == nil {
		if len(m.delayed) > 0 {
			return nil, min(m.delayed[0].NotBefore.Sub(now), longWait)
		}
		return nil, longWait
	}
	i := first.next()
	first.waiting[i.Priority] = first.waiting[i.Priority][1:]
	m.turn = max(m.turn, first.turn)
	first.turn += m.step(i.Tenant)
	first.queued--
	first.running++
	i.claimed = true
	return i, 0
}

// Depth implements Dispatcher.
func (m *Memory) Depth(_ context.Context, tenant platen.TenantID) (queued, claimed int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.lanes[tenant]; l != nil {
		return l.queued, l.running, nil
	}
	return 0, 0, nil
}

// Remove implements Dispatcher.
func (m *Memory) Remove(_ context.Context, tenant platen.TenantID, job string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.places[place{tenant, job}]
	if i == nil || i.claimed {
		return nil
	}
	delete(m.places, place{tenant, job})
	l := m.lane(tenant)
	l.queued--
	if i.index >= 0 {
		heap.Remove(&m.delayed, i.index)
		return nil
	}
	waiting := l.waiting[i.Priority]
	for n, other := range waiting {
		if other == i {
			l.waiting[i.Priority] = append(waiting[:n:n], waiting[n+1:]...)
			break
		}
	}
	return nil
}

// give ends the lease of an item.
func (m *Memory) give(i *item, back bool, notBefore time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !i.claimed {
		return platen.NotFound
	}
	i.claimed = false
	m.lane(i.Tenant).running--
	delete(m.places, place{i.Tenant, i.Job})
	if back {
		i.NotBefore = notBefore
		m.enqueue(i)
	} else {
		m.wake() // the tenant may run another one
	}
	return nil
}

type memoryLease struct {
	memory *Memory
	item   *item
}

// Ticket implements Lease.
func (l *memoryLease) Ticket() Ticket { return l.item.Ticket }

// Extend implements Lease: a worker of this process cannot die alone.
func (l *memoryLease) Extend(context.Context) error { return nil }

// Done implements Lease.
func (l *memoryLease) Done(context.Context) error { return l.memory.give(l.item, false, time.Time{}) }

// Release implements Lease.
func (l *memoryLease) Release(_ context.Context, notBefore time.Time) error {
	return l.memory.give(l.item, true, notBefore)
}

// delayed are the items that wait for their time, the next one first.
type delayed []*item

func (d delayed) Len() int           { return len(d) }
func (d delayed) Less(i, j int) bool { return d[i].NotBefore.Before(d[j].NotBefore) }
func (d delayed) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].index, d[j].index = i, j
}
func (d *delayed) Push(x any) {
	i := x.(*item)
	i.index = len(*d)
	*d = append(*d, i)
}
func (d *delayed) Pop() any {
	last := len(*d) - 1
	i := (*d)[last]
	i.index = -1
	*d = (*d)[:last]
	return i
}
