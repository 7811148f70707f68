package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

func TestQueueDone(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, p := b.queue(), &press{}
		work(t, q, 4, p.render)
		var jobs []queue.Record
		for i := range 24 {
			j := job([]platen.TenantID{"acme", "globex", "initech"}[i%3], fmt.Sprint(i))
			j.Priority = platen.Priorities[i%2]
			r := accept(t, q, j)
			if r.ID == "" || r.Tenant != j.Tenant || r.State != queue.Queued || r.Priority != j.Priority {
				t.Errorf("Accept returns %+v", r)
			}
			jobs = append(jobs, r)
		}
		for i, r := range jobs {
			r = ended(t, q, r)
			want := queue.Result{RenderKey: platen.Digest([]byte(fmt.Sprint(i))), Pages: 2, Bytes: 3, SHA256: "4"}
			if r.State != queue.Done || r.Document == nil || *r.Document != want || len(r.Attempts) != 1 || r.Ended.IsZero() || r.Job != nil {
				t.Errorf("job %d ended as %+v", i, r)
			}
			if n := p.rendered(r.ID); n != 1 {
				t.Errorf("job %d was rendered %d times", i, n)
			}
		}
		wantLedger(t, b, jobs...)
	})
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q, other, p := b.queue(), b.queue(), &press{}
		work(t, q, 4, p.render)
		const racers = 50
		ids := make(chan string, racers)
		var first sync.Map
		var wg sync.WaitGroup
		for i := range racers {
			wg.Go(func() {
				r, again, err := []*queue.Queue{q, other}[i%2].Accept(t.Context(), job("acme", "1"), "the key")
				if err != nil {
					t.Errorf("Accept: %v", err)
				}
				if !again {
					first.Store(i, r.ID)
				}
				ids <- r.ID
			})
		}
		wg.Wait()
		close(ids)
		id := <-ids
		for other := range ids {
			if other != id {
				t.Fatalf("one key has the jobs %s and %s", id, other)
			}
		}
		n := 0
		first.Range(func(_, _ any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d callers were told that the job is new", n)
		}
		r := ended(t, q, queue.Record{Tenant: "acme", ID: id})
		again, repeated, err := q.Accept(t.Context(), job("acme", "1"), "the key")
		if err != nil || !repeated || again.ID != id || again.State != queue.Done {
			t.Errorf("Accept of a job that is done: %+v, %v, %v", again, repeated, err)
		}
		_, _, err = q.Accept(t.Context(), job("acme", "2"), "the key")
		wantErr(t, "Accept of another job", err, platen.Conflict, queue.ErrKeyReused)
		elsewhere, repeated, err := q.Accept(t.Context(), job("globex", "2"), "the key")
		if err != nil || repeated || elsewhere.ID == id {
			t.Errorf("Accept for another tenant: %+v, %v, %v", elsewhere, repeated, err)
		}
		ended(t, q, elsewhere)
		if n := p.rendered(id); n != 1 {
			t.Errorf("it was rendered %d times", n)
		}
		wantLedger(t, b, r, elsewhere)
	})
}

// Asked knows what was accepted, and nothing else: not a key whose job was not kept, since
// there was no room for it.
func TestAsked(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		b.shares = func(platen.TenantID) queue.Share { return queue.Share{Queued: 1} }
		q := b.queue()
		asked := func(data, key, want string) {
			t.Helper()
			r, ok, err := q.Asked(t.Context(), job("acme", data), key)
			if err != nil || ok != (want != "") || ok && r.ID != want {
				t.Errorf("Asked of %s with %q: %q, %v, %v, want %q", data, key, r.ID, ok, err, want)
			}
		}
		asked("1", "k", "")
		r, _, err := q.Accept(t.Context(), job("acme", "1"), "k")
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = q.Accept(t.Context(), job("acme", "2"), "no room")
		wantErr(t, "Accept", err, platen.Busy)
		asked("1", "k", r.ID)
		asked("1", "", "")
		asked("2", "no room", "")
		_, _, err = q.Asked(t.Context(), job("acme", "2"), "k")
		wantErr(t, "Asked of another job", err, platen.Conflict, queue.ErrKeyReused)
	})
}

// What a job stands on is stored between its announcement and its record, for none that is
// refused, and for none that was accepted before.
func TestAcceptStoresFirst(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		b.shares = func(platen.TenantID) queue.Share { return queue.Share{Queued: 1} }
		var steps []string
		q := b.queue(func(cfg *queue.Config) {
			cfg.Announce = func(context.Context, ...platen.Job) error {
				steps = append(steps, "announced")
				return nil
			}
		})
		ask := func(data, key string, fails error) error {
			_, _, err := q.Accept(t.Context(), job("acme", data), key, func(context.Context) error {
				steps = append(steps, fmt.Sprintf("stored before %d are kept", len(keys(t, b, "acme", "pending/"))))
				return fails
			})
			return err
		}
		wantErr(t, "Accept", ask("1", "k", platen.Internal), platen.Internal)
		if err := errors.Join(ask("1", "k", nil), ask("1", "k", nil)); err != nil {
			t.Error(err)
		}
		wantErr(t, "Accept of another job", ask("2", "k", nil), queue.ErrKeyReused)
		wantErr(t, "Accept without room", ask("2", "", nil), platen.Busy)
		if want := []string{"announced", "stored before 0 are kept", "announced", "stored before 0 are kept"}; !slices.Equal(steps, want) {
			t.Errorf("it was %q, want %q", steps, want)
		}
	})
}

func TestQueueIsFull(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		b.shares = func(platen.TenantID) queue.Share { return queue.Share{Queued: 2} }
		q := b.queue()
		jobs := []queue.Record{accept(t, q, job("acme", "1")), accept(t, q, job("acme", "2"))}
		_, _, err := q.Accept(t.Context(), job("acme", "3"), "")
		wantErr(t, "Accept", err, platen.Busy)
		jobs = append(jobs, accept(t, q, job("globex", "1")))
		work(t, q, 1, (&press{}).render)
		for _, r := range jobs {
			ended(t, q, r)
		}
		r := accept(t, q, job("acme", "3"))
		ended(t, q, r)
		wantLedger(t, b, append(jobs, r)...)
	})
}

// A batch is taken whole or not at all; one that was taken is not asked for room again.
func TestBatchNeedsRoom(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		b.shares = func(platen.TenantID) queue.Share { return queue.Share{Queued: 3} }
		q := b.queue()
		ask := func(n int, key string) (queue.Batch, error) {
			jobs := slices.Repeat([]platen.Job{job("acme", "1")}, n)
			return q.AcceptBatch(t.Context(), "acme", jobs, key)
		}
		_, err := ask(4, "")
		wantErr(t, "a batch that is larger than the queue", err, platen.Invalid)
		first, err := ask(2, "k")
		if err != nil {
			t.Fatal(err)
		}
		_, err = ask(2, "other")
		wantErr(t, "a batch for which there is no room", err, platen.Busy)
		if again, err := ask(2, "k"); err != nil || again.ID != first.ID {
			t.Errorf("the same batch once more: %+v, %v", again, err)
		}
		for key, want := range map[string]bool{"k": true, "other": false, "": false} {
			if begun, err := q.Begun(t.Context(), "acme", slices.Repeat([]platen.Job{job("acme", "1")}, 2), key); err != nil || begun != want {
				t.Errorf("Begun with %q: %v, %v, want %v", key, begun, err, want)
			}
		}
		_, err = q.Begun(t.Context(), "acme", []platen.Job{job("acme", "2")}, "k")
		wantErr(t, "Begun of another batch", err, platen.Conflict, queue.ErrKeyReused)
		last, err := ask(1, "")
		if err != nil {
			t.Errorf("a batch that fills the queue: %v", err)
		}
		work(t, q, 1, (&press{}).render)
		for _, id := range append(first.Jobs, last.Jobs...) {
			ended(t, q, queue.Record{Tenant: "acme", ID: id})
		}
		if second, err := ask(2, "other"); err != nil || second.ID == first.ID {
			t.Errorf("there is room again: %+v, %v", second, err)
		}
	})
}

func TestUnknownJob(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		r := accept(t, q, job("acme", "1"))
		for _, id := range []string{"", "x", "../acme", "019acb50-0000-7000-8000-000000000000"} {
			_, err := q.Job(t.Context(), "acme", id)
			wantErr(t, "Job", err, platen.NotFound)
			_, err = q.Cancel(t.Context(), "acme", id)
			wantErr(t, "Cancel", err, platen.NotFound)
			wantErr(t, "Watch", q.Watch(t.Context(), "acme", id, func(queue.Record) bool { return true }), platen.NotFound)
		}
		_, err := q.Job(t.Context(), "globex", r.ID)
		wantErr(t, "Job of another tenant", err, platen.NotFound)
	})
}

func TestWatch(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		here, elsewhere := b.queue(), b.queue() // the one that works, and another process
		r := accept(t, here, job("acme", "1"))
		queued, running := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		for _, q := range []*queue.Queue{here, elsewhere} {
			wg.Go(func() {
				var states []queue.State
				err := q.Watch(t.Context(), "acme", r.ID, func(now queue.Record) bool {
					switch states = append(states, now.State); now.State {
					case queue.Queued:
						queued <- struct{}{}
					case queue.Running:
						running <- struct{}{}
					}
					return true
				})
				if want := []queue.State{queue.Queued, queue.Running, queue.Done}; err != nil || !slices.Equal(states, want) {
					t.Errorf("Watch sees %v, %v, want %v", states, err, want)
				}
			})
		}
		<-queued
		<-queued
		work(t, here, 1, (&press{f: func(context.Context, platen.Job, int) error {
			<-running
			<-running
			return nil
		}}).render)
		wg.Wait()
	})
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		q := b.queue()
		r := accept(t, q, job("acme", "1"))
		if err := q.Watch(t.Context(), "acme", r.ID, func(queue.Record) bool { return false }); err != nil {
			t.Errorf("Watch: %v", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("the cause")
		err := q.Watch(ctx, "acme", r.ID, func(queue.Record) bool { cancel(cause); return true })
		wantErr(t, "Watch", err, cause)
	})
}
