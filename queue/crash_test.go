package queue_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
)

// faults decide what becomes of each call of a bucket or dispatcher: it is done or
// not, and succeeds or not.
type faults interface {
	fault() (done bool, err error)
}

type faultyBucket struct {
	storage.Bucket
	faults
}

func (b faultyBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if _, err := b.fault(); err != nil {
		return nil, err
	}
	return b.Bucket.Get(ctx, key)
}

func (b faultyBucket) Put(ctx context.Context, key string, value []byte) error {
	return change(b.faults, func() error { return b.Bucket.Put(ctx, key, value) })
}

func (b faultyBucket) Delete(ctx context.Context, key string) error {
	return change(b.faults, func() error { return b.Bucket.Delete(ctx, key) })
}

func (b faultyBucket) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if _, err := b.fault(); err != nil {
		return func(yield func(string, error) bool) { yield("", err) }
	}
	return b.Bucket.List(ctx, prefix)
}

// nowAndThen a call fails, or only says that it has.
type nowAndThen struct {
	mu     sync.Mutex
	random *rand.Rand
	one    int // of so many calls fails
}

func (n *nowAndThen) fault() (done bool, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.random.IntN(n.one) > 0 {
		return true, nil
	}
	kind := []platen.Kind{platen.Busy, platen.Internal}[n.random.IntN(2)]
	return n.random.IntN(2) == 0, fmt.Errorf("the store is not well: %w", kind)
}

// While the store fails now and then, nothing is lost, and nothing doubled.
func TestFaultyStore(t *testing.T) {
	t.Parallel()
	for _, one := range []int{3, 5, 11} {
		t.Run(fmt.Sprint("1 of ", one), func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				well := b.bucket
				b.bucket = faultyBucket{well, &nowAndThen{random: rand.New(rand.NewPCG(1, uint64(one))), one: one}}
				q, p := b.queue(tries(1000)), &press{}
				work(t, q, 4, p.render)
				var jobs []queue.Record
				for i := range 40 {
					jobs = append(jobs, acceptAnyway(t, q, job("acme", fmt.Sprint(i)), fmt.Sprint(i)))
				}
				b.bucket = well
				healthy := b.queue()
				eventually(t, 20*time.Second, "all jobs have ended", func() bool {
					if err := healthy.ReconcileOnce(t.Context()); err != nil {
						t.Fatal(err)
					}
					for _, r := range jobs {
						if now, err := healthy.Job(t.Context(), "acme", r.ID); err != nil || !now.State.Ended() {
							return false
						}
					}
					return true
				})
				for _, r := range jobs {
					if r = ended(t, healthy, r); r.State != queue.Done {
						t.Errorf("it ended as %+v", r)
					}
				}
				wantLedger(t, b, jobs...)
			})
		})
	}
}

// acceptAnyway tries until a job is accepted, as a caller does.
func acceptAnyway(t *testing.T, q *queue.Queue, j platen.Job, key string) queue.Record {
	t.Helper()
	for range 1000 {
		r, _, err := q.Accept(t.Context(), j, key)
		if err == nil {
			return r
		}
		if kind := platen.KindOf(err); kind != platen.Busy && kind != platen.Internal {
			t.Fatalf("Accept: %v", err)
		}
	}
	t.Fatal("the job was not accepted")
	return queue.Record{}
}

// A crash is the end of a process at one of its steps, which was done or not:
// nothing that it does afterwards has any effect.
type crash struct {
	mu    sync.Mutex
	at    int  // the step
	done  bool // that step
	steps int
	ended chan struct{} // closed when it has crashed
}

var errCrashed = errors.New("this process has crashed")

func (c *crash) fault() (done bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps++
	switch {
	case c.steps < c.at:
		return true, nil
	case c.steps == c.at:
		close(c.ended)
		return c.done, errCrashed
	}
	return false, errCrashed
}

// A faultyDispatcher is that of a process that may crash.
type faultyDispatcher struct {
	queue.Dispatcher
	faults
}

func (d faultyDispatcher) Push(ctx context.Context, t queue.Ticket) error {
	return change(d.faults, func() error { return d.Dispatcher.Push(ctx, t) })
}

func (d faultyDispatcher) Claim(ctx context.Context, pass platen.TenantID) (queue.Lease, error) {
	l, err := d.Dispatcher.Claim(ctx, pass)
	if err != nil {
		return nil, err
	}
	if _, err := d.fault(); err != nil {
		<-ctx.Done()
		return nil, err
	}
	return faultyLease{l, d.faults}, nil
}

type faultyLease struct {
	queue.Lease
	faults
}

func (l faultyLease) Done(ctx context.Context) error {
	return change(l.faults, func() error { return l.Lease.Done(ctx) })
}

func (l faultyLease) Release(ctx context.Context, notBefore time.Time) error {
	return change(l.faults, func() error { return l.Lease.Release(ctx, notBefore) })
}

func change(f faults, call func() error) error {
	done, fault := f.fault()
	if done {
		if err := call(); err != nil {
			return err
		}
	}
	return fault
}

// A process may end between any two steps: what it has accepted is done all the
// same, and once.
func TestCrashAtEachStep(t *testing.T) {
	t.Parallel()
	stories := map[string]story{
		"done":    {want: queue.Done},
		"failed":  {f: func(context.Context, platen.Job, int) error { return platen.Invalid }, want: queue.Failed},
		"retried": {f: func(_ context.Context, _ platen.Job, n int) error { return []error{platen.Busy, nil}[min(n-1, 1)] }, want: queue.Done},
		"told":    {webhooks: []string{"lims", "mes"}, want: queue.Done},
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				steps := 1
				for ; ; steps++ {
					crashed := false
					for _, done := range []bool{false, true} {
						c := &crash{at: steps, done: done, ended: make(chan struct{})}
						crashed = crashOnce(t, b, c, story, fmt.Sprint(name, steps, done))
					}
					if !crashed {
						break
					}
				}
				if steps < 10 {
					t.Errorf("there were %d steps, want all of Accept and an attempt", steps-1)
				}
			})
		})
	}
}

// A story is what happens to a job.
type story struct {
	f        func(ctx context.Context, j platen.Job, n int) error
	webhooks []string
	want     queue.State
}

// crashOnce has a job accepted and worked on by a process that crashes, and then by
// one that does not. It reports whether the first one came to its crash.
func crashOnce(t *testing.T, b *base, c *crash, s story, key string) bool {
	t.Helper()
	p := &press{f: s.f}
	j := job("acme", fmt.Sprintf("%q", key))
	j.Delivery.Webhooks = s.webhooks
	dying := b.queue(func(cfg *queue.Config) {
		cfg.Bucket, cfg.Dispatcher, cfg.Notices = faultyBucket{b.bucket, c}, faultyDispatcher{b.dispatch, c}, faultyDispatcher{b.notices, c}
	})
	stop := work(t, dying, 1, p.render)
	stopNotices := notify(t, dying, 1, new(ears).deliver)
	r, _, err := dying.Accept(t.Context(), j, key)
	accepted := err == nil
	crashed := true
	if accepted {
		crashed = endedOrCrashed(t, b, r, c)
	}
	stop()
	stopNotices()
	b.forget()

	q := b.queue()
	if err := q.ReconcileOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop = work(t, q, 1, p.render)
	defer stop()
	defer notify(t, q, 1, new(ears).deliver)()
	if !accepted { // the caller tries again
		if r, _, err = q.Accept(t.Context(), j, key); err != nil {
			t.Fatalf("step %d: Accept: %v", c.at, err)
		}
	}
	if got := ended(t, q, r); got.State != s.want {
		t.Errorf("step %d: it ended as %+v", c.at, got)
	}
	wantOnly(t, b, r)
	wantTold(t, q, r, s.webhooks)
	return crashed
}

// endedOrCrashed waits for the first process, and reports whether it has crashed.
func endedOrCrashed(t *testing.T, b *base, r queue.Record, c *crash) bool {
	t.Helper()
	for {
		select {
		case <-c.ended:
			return true
		case <-time.After(time.Millisecond):
		}
		queued, claimed, err := b.dispatch.Depth(t.Context(), r.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if queued+claimed == 0 {
			return false
		}
	}
}

// wantOnly checks the ledger of a tenant that has had other jobs too.
func wantOnly(t *testing.T, b *base, r queue.Record) {
	t.Helper()
	eventually(t, 5*time.Second, "nothing is pending", func() bool { return len(keys(t, b, r.Tenant, "pending/")) == 0 })
	n := 0
	for _, key := range keys(t, b, r.Tenant, "jobs/") {
		if len(key) > len(r.ID) && key[len(key)-len(r.ID)-len(".json"):] == r.ID+".json" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("job %s has %d terminal records", r.ID, n)
	}
}
