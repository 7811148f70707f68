package api_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// A frailBucket fails with an error once there is one.
type frailBucket struct {
	storage.Bucket
	err *atomic.Pointer[error]
}

func (f frailBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if err := f.err.Load(); err != nil {
		return nil, *err
	}
	return f.Bucket.Get(ctx, key)
}

func (f frailBucket) Put(ctx context.Context, key string, value []byte) error {
	if err := f.err.Load(); err != nil {
		return *err
	}
	return f.Bucket.Put(ctx, key, value)
}

func (f frailBucket) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	if err := f.err.Load(); err != nil {
		return func(yield func(string, error) bool) { yield("", *err) }
	}
	return f.Bucket.List(ctx, prefix)
}

// A store that is full, slow or broken is no fault of the caller's, who gets to know
// nothing of it but whether to come again.
func TestAStoreThatFails(t *testing.T) {
	const secret = "s3.inside.example:9000"
	eachMode(t, func(t *testing.T, m mode) {
		var failing atomic.Pointer[error]
		var log syncBuffer
		s := m.serve(t, options{
			waiting: true, log: slog.New(slog.NewTextHandler(&log, nil)),
			bucket: func(b storage.Bucket) storage.Bucket { return frailBucket{b, &failing} },
		})
		d := s.create(t, request(t, "before"))
		batch := "/v1/batches/" + d.Id
		for kind, status := range map[platen.Kind]int{platen.Busy: http.StatusServiceUnavailable, platen.Internal: http.StatusInternalServerError} {
			err := fmt.Errorf("%s does not answer: %w", secret, kind)
			failing.Store(&err)
			for _, call := range [][3]string{
				{"POST", "/v1/documents", text(t, request(t, "after"))}, {"POST", "/v1/render", text(t, request(t, "after"))}, {"POST", "/v1/batches", batchOf(t, "after")},
				{"GET", "/v1/documents", ""}, {"GET", d.Links.Self, ""}, {"GET", d.Links.Self + "/content", ""}, {"GET", d.Links.Self + "/manifest", ""}, {"GET", d.Links.Events, ""},
				{"DELETE", d.Links.Self, ""}, {"POST", d.Links.Self + "/retry", ""}, {"GET", batch, ""}, {"GET", batch + "/content", ""},
			} {
				got := s.do(t, call[0], call[1], call[2])
				got.problem(t, status)
				if again := got.header.Get("Retry-After") != ""; again != (kind == platen.Busy) || strings.Contains(string(got.body), secret) {
					t.Errorf("%s %s: got %v: %s", call[0], call[1], got.header, got.body)
				}
			}
			if !strings.Contains(log.String(), secret) {
				t.Errorf("the log does not say why: %s", &log)
			}
			failing.Store(nil)
		}
		if got := s.do(t, "GET", d.Links.Self, ""); got.status != http.StatusOK {
			t.Errorf("afterwards: got %d: %s", got.status, got.body)
		}
	})
}

// A hangingBucket does not answer until it is given up.
type hangingBucket struct{ storage.Bucket }

func (h hangingBucket) Get(ctx context.Context, _ string) ([]byte, error) {
	<-ctx.Done()
	return nil, errors.Join(ctx.Err(), platen.Busy)
}

func TestNotReadyWhileTheStoreHangs(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, bucket: func(b storage.Bucket) storage.Bucket { return hangingBucket{b} }})
	answers := make(chan reply, 20)
	start := time.Now()
	for range cap(answers) {
		go func() { answers <- s.do(t, "GET", "/readyz", "") }()
	}
	for range cap(answers) {
		got := <-answers
		if got.problem(t, http.StatusServiceUnavailable); got.header.Get("Retry-After") == "" {
			t.Errorf("got %v", got.header)
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it takes %s", took)
	}
	if got := s.do(t, "GET", "/livez", ""); got.status != http.StatusOK {
		t.Errorf("/livez: got %d", got.status)
	}
}

func TestNotReadyWithoutRedisOrS3(t *testing.T) {
	server := queuetest.StartRedis(t)
	cfg, stopS3, err := storagetest.RunS3(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stopS3)
	m := mode{"Redis and S3", 1, func(t *testing.T, shares queue.Shares) func() parts {
		bucket, err := storage.OpenS3(cfg)
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		d, err := queue.NewRedis(t.Context(), client, shares, queue.RedisOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return func() parts { return parts{bucket, d, queue.NewMemory(noLimits, time.Now)} }
	}}
	s := m.serve(t, options{waiting: true})
	ready := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); s.do(t, "GET", "/readyz", "").status != want; <-time.After(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("/readyz does not give %d", want)
			}
		}
	}
	ready(http.StatusOK)
	server.Kill()
	ready(http.StatusServiceUnavailable)
	server.Restart(t)
	ready(http.StatusOK)
	stopS3()
	ready(http.StatusServiceUnavailable)
}
