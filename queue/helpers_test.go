package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
)

// A base is what queues stand on, as the processes of an installation share it.
type base struct {
	bucket   storage.Bucket
	dispatch queue.Dispatcher
	notices  queue.Dispatcher
	shares   queue.Shares
	forget   func() // the dispatcher's process has died, or FLUSHALL
}

// eachBase runs a test on every Dispatcher.
func eachBase(t *testing.T, run func(t *testing.T, b *base)) {
	t.Run("Memory", func(t *testing.T) {
		t.Parallel()
		b := &base{bucket: openBucket(t), shares: equalShares}
		b.forget = func() {
			b.dispatch, b.notices = queue.NewMemory(b.share, time.Now), queue.NewMemory(b.share, time.Now)
		}
		b.forget()
		run(t, b)
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		c := connect(t, queuetest.Redis(t))
		b := &base{bucket: openBucket(t), shares: equalShares}
		b.dispatch, b.notices = openRedis(t, c, b.share), openRedis(t, c, b.share)
		b.forget = func() {
			if err := c.FlushAll(context.Background()).Err(); err != nil {
				t.Fatal(err)
			}
		}
		run(t, b)
	})
}

func (b *base) share(tenant platen.TenantID) queue.Share { return b.shares(tenant) }

func openBucket(t *testing.T) storage.Bucket {
	t.Helper()
	b, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// queue returns the queue of another process.
func (b *base) queue(change ...func(*queue.Config)) *queue.Queue {
	cfg := queue.Config{
		Bucket: b.bucket, Dispatcher: b.dispatch, Notices: b.notices, Shares: b.share,
		Backoff: 4 * time.Millisecond, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&cfg)
	}
	return queue.New(cfg)
}

func tries(n int) func(*queue.Config) { return func(cfg *queue.Config) { cfg.Attempts = n } }

// work works until the test ends, or stop is called, which waits until it has ended.
func work(t *testing.T, q *queue.Queue, n int, render queue.Render) (stop func()) {
	return start(t, func(ctx context.Context) error { return q.Work(ctx, n, render) })
}

// notify delivers notices as work works.
func notify(t *testing.T, q *queue.Queue, n int, deliver queue.Deliver) (stop func()) {
	return start(t, func(ctx context.Context) error { return q.Notify(ctx, n, deliver) })
}

// start runs f until the test ends, or stop is called, which waits until f has ended.
func start(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("it ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("it does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

func job(tenant platen.TenantID, data string) platen.Job {
	return platen.Job{Tenant: tenant, Template: "baseline/batch-record", Data: json.RawMessage(data), By: "a test"}
}

func accept(t *testing.T, q *queue.Queue, j platen.Job) queue.Record {
	t.Helper()
	r, again, err := q.Accept(t.Context(), j, "")
	if err != nil || again {
		t.Fatalf("Accept: again %v, %v", again, err)
	}
	return r
}

// ended waits until a job has ended.
func ended(t *testing.T, q *queue.Queue, r queue.Record) queue.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	last := r
	err := q.Watch(ctx, r.Tenant, r.ID, func(now queue.Record) bool {
		last = now
		return true
	})
	if err != nil {
		t.Fatalf("job %s did not end: %v; it is %+v", r.ID, err, last)
	}
	return last
}

// A press counts what it renders.
type press struct {
	mu    sync.Mutex
	times map[string]int
	f     func(ctx context.Context, job platen.Job, n int) error // n is from 1; may be nil
}

func (p *press) render(ctx context.Context, job platen.Job) (platen.Document, error) {
	p.mu.Lock()
	if p.times == nil {
		p.times = map[string]int{}
	}
	p.times[job.ID]++
	n := p.times[job.ID]
	p.mu.Unlock()
	if p.f != nil {
		if err := p.f(ctx, job, n); err != nil {
			return platen.Document{}, err
		}
	}
	return platen.Document{Manifest: platen.Manifest{RenderKey: platen.Digest(job.Data), Pages: 2, Bytes: 3, SHA256: "4"}}, nil
}

func (p *press) rendered(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[id]
}

// wantLedger checks that the jobs have one terminal record each, and that nothing
// else is left, neither in the ledger nor in the dispatcher.
func wantLedger(t *testing.T, b *base, jobs ...queue.Record) {
	t.Helper()
	tenants, want := map[platen.TenantID]bool{}, map[string]bool{}
	for _, r := range jobs {
		tenants[r.Tenant], want[r.ID] = true, true
	}
	for tenant := range tenants {
		eventually(t, 5*time.Second, "nothing is queued or claimed", func() bool {
			for _, d := range []queue.Dispatcher{b.dispatch, b.notices} {
				if d == nil {
					continue
				}
				if queued, claimed, err := d.Depth(t.Context(), tenant); err != nil || queued+claimed > 0 {
					return false
				}
			}
			return true
		})
		if left := keys(t, b, tenant, "pending/"); len(left) > 0 {
			t.Errorf("there is still %q", left)
		}
		for _, key := range keys(t, b, tenant, "jobs/") {
			id := strings.TrimSuffix(key[strings.LastIndex(key, "/")+1:], ".json")
			if !want[id] {
				t.Errorf("there is another terminal record: %s", key)
			}
			delete(want, id)
		}
	}
	for id := range want {
		t.Errorf("job %s has no terminal record", id)
	}
}

// keys returns the keys of a tenant.
func keys(t *testing.T, b *base, tenant platen.TenantID, prefix string) (keys []string) {
	t.Helper()
	bucket, err := storage.ForTenant(b.bucket, tenant)
	if err != nil {
		t.Fatal(err)
	}
	for key, err := range bucket.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func wantErr(t *testing.T, what string, err error, want ...error) {
	t.Helper()
	for _, w := range want {
		if !errors.Is(err, w) {
			t.Errorf("%s: %v, want %v", what, err, w)
		}
	}
}
