package queue

import (
	"cmp"
	"container/heap"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// Memory is a Dispatcher within one process. A claim lasts as long as the process:
// a worker cannot die alone.
type Memory struct {
	shares Shares
	now    func() time.Time
	about  time.Duration

	mu      sync.Mutex
	lanes   map[platen.TenantID]*lane
	places  map[place]*item
	delayed delayed
	turn    float64 // the latest at which a tenant was served
	pushed  uint64  // tickets so far
	changed signal  // a ticket may have become claimable
}

// NewMemory returns an empty dispatcher.
func NewMemory(shares Shares, now func() time.Time) *Memory {
	return &Memory{shares: shares, now: now, about: about, lanes: map[platen.TenantID]*lane{}, places: map[place]*item{}}
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

// A lane is what there is of one tenant.
type lane struct {
	waiting items
	passed  int // interactive tickets that went before a bulk one since the last of these
	queued  int // with those that wait for their time
	running int
	ready   bool      // something waits, and one more may run
	turn    float64   // when its next ticket is served, in turns of all tenants
	seen    time.Time // when one was queued or claimed, or a claim of one ended
}

// next returns where its next ticket is among those that wait.
func (l *lane) next() int {
	if bulk := l.waiting.bulk(); l.passed >= patience && bulk < len(l.waiting) {
		return bulk
	}
	return 0
}

// take takes the next ticket.
func (l *lane) take() *item {
	n, bulk := l.next(), l.waiting.bulk()
	if l.passed++; n >= bulk || bulk == len(l.waiting) {
		l.passed = 0
	}
	i := l.waiting[n]
	l.waiting = slices.Delete(l.waiting, n, n+1)
	return i
}

// before reports whether a lane that is ready is served before another one: it is
// its turn, or less waits in it, or it has waited longer.
func (l *lane) before(o *lane) bool {
	return cmp.Or(
		cmp.Compare(l.turn, o.turn),
		cmp.Compare(len(l.waiting), len(o.waiting)),
		cmp.Compare(l.waiting[l.next()].order, o.waiting[o.next()].order),
	) < 0
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
	l.seen = m.now()
	if i.index = -1; i.NotBefore.After(m.now()) {
		heap.Push(&m.delayed, i)
		m.changed.send() // it may be the one to wait for
		return
	}
	l.waiting.add(i)
	m.settle(i.Tenant)
}

func (m *Memory) lane(tenant platen.TenantID) *lane {
	l := m.lanes[tenant]
	if l == nil {
		l = &lane{}
		m.lanes[tenant] = l
	}
	return l
}

// settle is called when what waits or runs of a tenant has changed. A lane that
// was not ready gets no turns that it missed, but comes before those that were.
func (m *Memory) settle(tenant platen.TenantID) {
	l, share := m.lane(tenant), m.shares(tenant)
	was := l.ready
	l.ready = len(l.waiting) > 0 && (share.Running == 0 || l.running < share.Running)
	if l.ready && !was {
		l.turn = max(l.turn, m.turn-credit)
		m.changed.send()
	}
}

// Claim implements Dispatcher.
func (m *Memory) Claim(ctx context.Context, pass platen.TenantID) (Lease, error) {
	for {
		if ctx.Err() != nil {
			return nil, claimEnded(ctx)
		}
		changed := m.changed.next()
		i, wait := m.claim(pass)
		if i != nil {
			return &memoryLease{m, i}, nil
		}
		pause(ctx, changed, wait)
	}
}

// longWait is how long a Claim waits at most until it looks again.
const longWait = time.Minute

// claim takes the next item, or says how long to wait for one.
func (m *Memory) claim(pass platen.TenantID) (*item, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for len(m.delayed) > 0 && !m.delayed[0].NotBefore.After(now) {
		i := heap.Pop(&m.delayed).(*item)
		m.lane(i.Tenant).waiting.add(i)
		m.settle(i.Tenant)
	}
	first, wait := m.first(""), longWait
	if first != nil && first == m.lanes[pass] && m.first(pass) == nil {
		if kept := m.othersAbout(pass, now); kept > 0 {
			first, wait = nil, kept
		}
	}
	if first == nil {
		if len(m.delayed) > 0 {
			wait = min(wait, m.delayed[0].NotBefore.Sub(now))
		}
		return nil, min(wait, longWait)
	}
	i := first.take()
	i.claimed = true
	first.queued--
	first.running++
	first.seen = now
	m.turn = max(m.turn, first.turn)
	first.turn = m.turn + m.shares(i.Tenant).step()
	m.settle(i.Tenant)
	return i, 0
}

// first returns the lane whose turn it is, but for that of one tenant.
func (m *Memory) first(pass platen.TenantID) (first *lane) {
	for tenant, l := range m.lanes {
		if l.ready && tenant != pass && (first == nil || l.before(first)) {
			first = l
		}
	}
	return first
}

// othersAbout returns how long tenants other than one will be about at least.
func (m *Memory) othersAbout(than platen.TenantID, now time.Time) (most time.Duration) {
	for tenant, l := range m.lanes {
		switch {
		case tenant == than:
		case l.running > 0:
			return m.about
		default:
			most = max(most, l.seen.Add(m.about).Sub(now))
		}
	}
	return most
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

// Missing implements Dispatcher.
func (m *Memory) Missing(_ context.Context, tenant platen.TenantID, jobs []string) (missing []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, job := range jobs {
		if m.places[place{tenant, job}] == nil {
			missing = append(missing, job)
		}
	}
	return missing, nil
}

// Lines implements Dispatcher.
func (m *Memory) Lines(context.Context) (lines []Line, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, tenant := range slices.Sorted(maps.Keys(m.lanes)) {
		if l := m.lanes[tenant]; l.queued+l.running > 0 {
			lines = append(lines, Line{tenant, l.queued, l.running, oldest(l.waiting.heads()...)})
		}
	}
	return lines, nil
}

// Forgotten implements Dispatcher. What a process knows it does not lose alone.
func (m *Memory) Forgotten() <-chan struct{} { return nil }

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
	l.waiting.remove(i)
	m.settle(tenant)
	return nil
}

// give ends the lease of an item.
func (m *Memory) give(i *item, back bool, notBefore time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !i.claimed {
		return errEnded
	}
	i.claimed = false
	l := m.lane(i.Tenant)
	l.running--
	l.seen = m.now()
	delete(m.places, place{i.Tenant, i.Job})
	if back {
		again := *i // so that this lease stays ended
		again.NotBefore = notBefore
		m.enqueue(&again)
	}
	m.settle(i.Tenant)
	return nil
}

// held returns NotFound when the lease of an item has ended.
func (m *Memory) held(i *item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !i.claimed {
		return errEnded
	}
	return nil
}

type memoryLease struct {
	memory *Memory
	item   *item
}

// Ticket implements Lease.
func (l *memoryLease) Ticket() Ticket { return l.item.Ticket }

// Extend implements Lease.
func (l *memoryLease) Extend(context.Context) error { return l.memory.held(l.item) }

// Done implements Lease.
func (l *memoryLease) Done(context.Context) error { return l.memory.give(l.item, false, time.Time{}) }

// Release implements Lease.
func (l *memoryLease) Release(_ context.Context, notBefore time.Time) error {
	return l.memory.give(l.item, true, notBefore)
}
