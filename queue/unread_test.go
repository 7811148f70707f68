package queue_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
)

// A shutBucket gives what is pending of the tenant acme as it likes.
type shutBucket struct {
	storage.Bucket
	mu    sync.Mutex
	get   func() ([]byte, error) // nil: as it is
	reads []time.Time
}

func (b *shutBucket) Get(ctx context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.get != nil && strings.HasPrefix(key, "tenants/acme/pending/") {
		b.reads = append(b.reads, time.Now())
		return b.get()
	}
	return b.Bucket.Get(ctx, key)
}

func (b *shutBucket) set(get func() ([]byte, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.get = get
}

func (b *shutBucket) asked() []time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads
}

// shut has the bucket of a base shut for acme.
func shut(b *base, get func() ([]byte, error)) *shutBucket {
	s := &shutBucket{Bucket: b.bucket, get: get}
	b.bucket = s
	return s
}

// logged has a queue log all there is into a buffer.
func logged(to *bytes.Buffer) func(*queue.Config) {
	return func(cfg *queue.Config) {
		cfg.Log = slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// lines counts the lines of a level that a log has.
func lines(log *bytes.Buffer, level slog.Level) int {
	return strings.Count(log.String(), "level="+level.String())
}

var unreadable = map[string]func() ([]byte, error){
	"destroyed keys": func() ([]byte, error) { return nil, platen.WithKind(platen.Denied, errors.New("the keys are gone")) },
	"changed":        func() ([]byte, error) { return nil, platen.WithKind(platen.Internal, errors.New("it was changed")) },
	"damaged":        func() ([]byte, error) { return []byte("{"), nil },
}

// A job whose record cannot be read is asked for less and less often and told of once.
// Others go on, and it does when it can be read.
func TestRecordThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, get := range unreadable {
		t.Run(name, func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				const backoff, times = 4 * time.Millisecond, 6
				var log bytes.Buffer
				bucket := shut(b, get)
				q, p := b.queue(logged(&log)), &press{}
				shut, other := accept(t, q, job("acme", "1")), accept(t, q, job("globex", "2"))
				stop := work(t, q, 1, p.render)
				eventually(t, 10*time.Second, "it is asked for again", func() bool { return len(bucket.asked()) >= times })
				if other = ended(t, q, other); other.State != queue.Done {
					t.Errorf("the other job ended as %+v", other)
				}
				stop()
				reads := bucket.asked()
				for i := range reads[1:] {
					if pause, want := reads[i+1].Sub(reads[i]), backoff<<i; pause < want-time.Millisecond {
						t.Errorf("pause %d is %v, want %v", i+1, pause, want)
					}
				}
				if n := lines(&log, slog.LevelError); n != 1 {
					t.Errorf("%d errors are logged for %d reads:\n%s", n, len(reads), &log)
				}
				bucket.set(nil)
				work(t, q, 1, p.render)
				if shut = ended(t, q, shut); shut.State != queue.Done {
					t.Errorf("it ended as %+v", shut)
				}
				wantLedger(t, b, shut, other)
			})
		})
	}
}

// A bucket that is busy is asked as often as before.
func TestBusyLedger(t *testing.T) {
	t.Parallel()
	eachBase(t, func(t *testing.T, b *base) {
		bucket := shut(b, func() ([]byte, error) { return nil, platen.Busy })
		q := b.queue()
		accept(t, q, job("acme", "1"))
		work(t, q, 1, new(press).render)
		eventually(t, 10*time.Second, "it is asked for again", func() bool { return len(bucket.asked()) >= 30 })
	})
}

// Nor does who queues anew what was forgotten ask more often.
func TestReconcileWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, get := range unreadable {
		t.Run(name, func(t *testing.T) {
			eachBase(t, func(t *testing.T, b *base) {
				bucket := shut(b, get)
				accept(t, b.queue(), job("acme", "1"))
				b.forget()
				var log bytes.Buffer
				now := time.Now()
				q := b.queue(logged(&log), func(cfg *queue.Config) {
					cfg.Backoff, cfg.Now = time.Minute, func() time.Time { return now }
				})
				want := func(reads, queued int) {
					t.Helper()
					if err := q.ReconcileOnce(t.Context()); err != nil {
						t.Fatal(err)
					}
					if n := len(bucket.asked()); n != reads {
						t.Errorf("it was read %d times, want %d", n, reads)
					}
					if n, _, err := b.dispatch.Depth(t.Context(), "acme"); err != nil || n != queued {
						t.Errorf("%d are queued, %v, want %d", n, err, queued)
					}
				}
				want(1, 0)
				want(1, 0)
				now = now.Add(time.Minute)
				want(2, 0)
				now = now.Add(time.Minute)
				want(2, 0)
				if n := lines(&log, slog.LevelError); n != 1 || lines(&log, slog.LevelWarn) > 0 {
					t.Errorf("%d errors are logged:\n%s", n, &log)
				}
				now = now.Add(time.Minute)
				bucket.set(nil)
				want(2, 1)
			})
		})
	}
}
