package queue_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

// stages is a render with three stages; each ends when the watcher has seen it.
func stages(seen <-chan string) queue.Render {
	return func(ctx context.Context, _ platen.Job) (platen.Document, error) {
		for _, stage := range []string{"fill", "print", "finish"} {
			queue.Report(ctx, stage)
			for got := ""; got != stage; {
				select {
				case got = <-seen:
				case <-ctx.Done():
					return platen.Document{}, platen.Busy
				}
			}
		}
		return platen.Document{}, nil
	}
}

// watchStages returns what a watcher sees of a job until it has ended.
func watchStages(t *testing.T, q *queue.Queue, r queue.Record, seen chan<- string) (states []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := q.Watch(ctx, r.Tenant, r.ID, func(r queue.Record) bool {
		states = append(states, strings.TrimSpace(string(r.State)+" "+r.Stage))
		if r.Stage != "" {
			seen <- r.Stage
		}
		return true
	})
	if err != nil {
		t.Fatalf("saw %q: %v", states, err)
	}
	return states
}

func TestStages(t *testing.T) {
	t.Parallel()
	b := &base{bucket: openBucket(t), shares: equalShares}
	b.dispatch = queue.NewMemory(b.share, time.Now)
	q, seen := b.queue(), make(chan string, 10)
	r := accept(t, q, job("acme", "{}"))
	work(t, q, 1, stages(seen))
	got := watchStages(t, q, r, seen)
	if got[0] == "queued" {
		got = got[1:]
	}
	if got[0] == "running" {
		got = got[1:]
	}
	if want := []string{"running fill", "running print", "running finish", "done"}; !slices.Equal(got, want) {
		t.Errorf("saw %q, want %q", got, want)
	}
}

// Another process sees the same.
func TestStagesElsewhere(t *testing.T) {
	t.Parallel()
	b := &base{bucket: openBucket(t), shares: equalShares}
	c := connect(t, queuetest.Redis(t))
	b.dispatch = openRedis(t, c, b.share)
	here, there := b.queue(news(t, c)), b.queue(news(t, c))
	seen := make(chan string, 10)
	r := accept(t, here, job("acme", "{}"))
	ready := make(chan struct{})
	work(t, there, 1, func(ctx context.Context, j platen.Job) (platen.Document, error) {
		<-ready
		return stages(seen)(ctx, j)
	})
	states := make(chan []string)
	go func() { states <- watchStages(t, here, r, seen) }()
	eventually(t, 5*time.Second, "the watcher is there and sees that it runs", func() bool {
		now, err := here.Job(t.Context(), "acme", r.ID)
		return err == nil && now.State == queue.Running
	})
	close(ready)
	got := <-states
	if len(got) < 4 || !slices.Equal(got[len(got)-4:], []string{"running fill", "running print", "running finish", "done"}) {
		t.Errorf("saw %q", got)
	}
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	b := &base{bucket: openBucket(t), shares: equalShares}
	c := connect(t, queuetest.Redis(t))
	b.dispatch = openRedis(t, c, b.share)
	name := func(name string) func(*queue.Config) { return func(cfg *queue.Config) { cfg.Name = name } }
	api, one, two := b.queue(news(t, c)), b.queue(news(t, c), name("one")), b.queue(news(t, c), name("two"))
	pass := make(chan struct{})
	busy := func(context.Context, platen.Job) (platen.Document, error) { <-pass; return platen.Document{}, nil }
	work(t, one, 3, busy)
	stop := work(t, two, 2, busy)
	for range 5 {
		accept(t, api, job("acme", "{}"))
	}
	eventually(t, 10*time.Second, "both are there, and busy", func() bool {
		w := api.Workers()
		return len(w) == 2 && w[0].Name == "one" && w[0].Slots == 3 && w[0].Running == 3 && w[1].Name == "two" && w[1].Running == 2
	})
	close(pass)
	stop()
	eventually(t, 20*time.Second, "one is there, and idle", func() bool {
		w := api.Workers()
		return len(w) == 1 && w[0].Name == "one" && w[0].Running == 0
	})
}

// A Redis that forgets is noticed when a worker looks for a job, and the queue is
// filled again.
func TestForgottenIsNoticed(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		if _, memory := b.dispatch.(*queue.Memory); memory {
			return // it dies with its process
		}
		q := b.queue()
		pass := make(chan struct{})
		work(t, q, 1, func(context.Context, platen.Job) (platen.Document, error) { <-pass; return platen.Document{}, nil })
		start(t, q.Reconcile)
		var jobs []queue.Record
		for range 20 {
			jobs = append(jobs, accept(t, q, job("acme", "{}")))
		}
		eventually(t, 5*time.Second, "one is claimed", func() bool {
			_, claimed, err := b.dispatch.Depth(t.Context(), "acme")
			return err == nil && claimed == 1
		})
		b.forget()
		close(pass)
		for _, r := range jobs { // long before the ledger is searched anyway
			ended(t, q, r)
		}
		wantLedger(t, b, jobs...)
	})
}

// news lets a process tell the others.
func news(t *testing.T, c redis.UniversalClient) func(*queue.Config) {
	t.Helper()
	n, err := queue.NewNews(t.Context(), c, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return func(cfg *queue.Config) { cfg.News = n }
}
