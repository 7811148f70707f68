package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
)

// A child is this test program again, as a worker on the same folder and, if there
// is one, the same Redis.
const (
	childMode  = "PLATEN_TEST_CHILD"
	childDir   = "PLATEN_TEST_DIR"
	childRedis = "PLATEN_TEST_REDIS"
)

const (
	hangLease   = 4 * time.Second // longer than the time between two heartbeats
	poisonLease = 300 * time.Millisecond
)

func TestMain(m *testing.M) {
	redis.SetLogger(silence{})
	if mode := os.Getenv(childMode); mode != "" {
		if err := childWork(context.Background(), mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// silence keeps the client from telling on stderr what the tests do to its server.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// childWork works without end.
func childWork(ctx context.Context, mode string) error {
	bucket, err := storage.OpenFS(os.Getenv(childDir))
	if err != nil {
		return err
	}
	modes := map[string]struct {
		render queue.Render
		lease  time.Duration
	}{"hang": {childHang, hangLease}, "poison": {childPoison, poisonLease}}
	d, err := childDispatcher(ctx, os.Getenv(childRedis), modes[mode].lease)
	if err != nil {
		return err
	}
	q := queue.New(queue.Config{
		Bucket: bucket, Dispatcher: d, Backoff: time.Millisecond, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	go q.Reconcile(ctx)
	return q.Work(ctx, 1, modes[mode].render)
}

func childDispatcher(ctx context.Context, addr string, lease time.Duration) (queue.Dispatcher, error) {
	if addr == "" {
		return queue.NewMemory(equalShares, time.Now), nil
	}
	c := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true})
	return queue.NewRedis(ctx, c, equalShares, queue.RedisOptions{Lease: lease})
}

// childHang says which job it has, and does nothing more.
func childHang(_ context.Context, job platen.Job) (platen.Document, error) {
	fmt.Println(job.ID)
	select {}
}

// childPoison does what a job does that kills its worker.
func childPoison(context.Context, platen.Job) (doc platen.Document, err error) {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// startChild starts a worker, and returns what it prints.
func startChild(t *testing.T, mode, dir, redis string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childDir+"="+dir, childRedis+"="+redis)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// eachProcess runs a test on processes with a dispatcher each, and on processes
// that share one. open is the base of one more process.
func eachProcess(t *testing.T, run func(t *testing.T, dir, redis string, open func() *base)) {
	for name, addr := range map[string]func(testing.TB) string{
		"Memory": func(testing.TB) string { return "" },
		"Redis":  queuetest.Redis,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, addr := t.TempDir(), addr(t)
			run(t, dir, addr, func() *base {
				bucket, err := storage.OpenFS(dir)
				if err != nil {
					t.Fatal(err)
				}
				d, err := childDispatcher(t.Context(), addr, hangLease)
				if err != nil {
					t.Fatal(err)
				}
				return &base{bucket: bucket, dispatch: d, shares: equalShares}
			})
		})
	}
}

// The job of a worker that dies is done by another one.
func TestWorkerDies(t *testing.T) {
	t.Parallel()
	eachProcess(t, func(t *testing.T, dir, redis string, open func() *base) {
		r := accept(t, open().queue(), job("acme", "1"))
		child, out := startChild(t, "hang", dir, redis)
		if id, err := bufio.NewReader(out).ReadString('\n'); id != r.ID+"\n" {
			t.Fatalf("the worker has %q, %v, want %s", id, err, r.ID)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait()

		b := open()
		q := b.queue()
		if err := q.ReconcileOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		work(t, q, 1, (&press{}).render)
		if r = ended(t, q, r); r.State != queue.Done || len(r.Attempts) != 2 || !r.Attempts[0].Ended.IsZero() {
			t.Errorf("it ended as %+v", r)
		}
		if took := time.Since(began); took > hangLease+3*time.Second {
			t.Errorf("the dead worker was noticed after %v", took)
		}
		wantLedger(t, b, r)
	})
}

// A job that kills its worker each time is given up after so many attempts.
func TestPoison(t *testing.T) {
	t.Parallel()
	eachProcess(t, func(t *testing.T, dir, redis string, open func() *base) {
		b := open()
		q := b.queue()
		r := accept(t, q, job("acme", "1"))
		const attempts = 5
		for n := range attempts {
			child, _ := startChild(t, "poison", dir, redis)
			if err := child.Wait(); child.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("worker %d: %v, want that the job kills it", n+1, err)
			}
		}
		startChild(t, "poison", dir, redis) // which lives
		if r = ended(t, q, r); !r.Dead || r.Kind != platen.Internal || len(r.Attempts) != attempts || r.Job == nil {
			t.Errorf("it ended as %+v", r)
		}
	})
}
