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
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/keys/keystest"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/renderer"
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

// quiet checks that a reply says nothing of how the store names things.
func (r reply) quiet(t *testing.T, call [3]string) {
	t.Helper()
	for _, inside := range []string{"tenants/", `.json"`, `.json\"`} {
		if r.status >= 400 && strings.Contains(string(r.body), inside) {
			t.Errorf("%s %s: %d tells %s: %s", call[0], call[1], r.status, inside, r.body)
		}
	}
}

// What a store says when it refuses something is for the log.
func TestAStoreThatRefuses(t *testing.T) {
	const inside = "tenants/acme/audit/00000003.json"
	var failing atomic.Pointer[error]
	var log syncBuffer
	s := modes[0].serve(t, options{
		waiting: true, log: slog.New(slog.NewTextHandler(&log, nil)), renderer: func(*renderer.Config) {},
		bucket: func(b storage.Bucket) storage.Bucket { return frailBucket{b, &failing} },
	})
	d := s.create(t, request(t, "before"))
	pdfs, form := diffForm(t, map[string]string{"a": "%PDF-1.7 a", "b": "%PDF-1.7 b"})
	for _, kind := range []platen.Kind{platen.NotFound, platen.Invalid, platen.Denied, platen.Conflict} {
		err := fmt.Errorf("get %q: it cannot be: %w", inside, kind)
		failing.Store(&err)
		for _, call := range [][3]string{
			{"POST", "/v1/documents", text(t, request(t, "after"))}, {"POST", "/v1/render", text(t, request(t, "after"))}, {"POST", "/v1/batches", batchOf(t, "after")},
			{"POST", "/v1/diffs", pdfs}, {"GET", "/v1/documents", ""}, {"GET", d.Links.Self, ""}, {"GET", d.Links.Self + "/content", ""}, {"GET", d.Links.Events, ""},
			{"DELETE", d.Links.Self, ""}, {"POST", d.Links.Self + "/retry", ""}, {"GET", "/v1/batches/" + d.Id, ""}, {"GET", "/v1/tenant/settings", ""},
			{"GET", "/v1/webhooks", ""}, {"PUT", "/v1/webhooks/lims", `{"url":"https://lims.example/x"}`}, {"GET", "/v1/templates", ""}, {"GET", "/v1/templates/record", ""},
		} {
			contentType := "application/json"
			if call[1] == "/v1/diffs" {
				contentType = form
			}
			got := s.do(t, call[0], call[1], call[2], "Content-Type", contentType, "If-Match", "*")
			got.quiet(t, call)
			if kind == platen.Denied {
				if p := got.problem(t, http.StatusForbidden); !strings.Contains(p.Detail, "the keys of this tenant were destroyed") {
					t.Errorf("%s %s: %s", call[0], call[1], p.Detail)
				}
			}
		}
		failing.Store(nil)
		if !strings.Contains(log.String(), inside) {
			t.Errorf("the log does not say why it was %s: %s", kind, &log)
		}
	}
}

// The keys of a tenant are destroyed while the server runs.
func TestATenantWhoseKeysWereDestroyed(t *testing.T) {
	master := keystest.Master(t)
	var later atomic.Int64
	var ring *keys.Ring
	s := modes[0].serve(t, options{waiting: true, renderer: func(*renderer.Config) {}, bucket: func(b storage.Bucket) storage.Bucket {
		ring = keys.NewRing(b, time.Now, master)
		return storage.NewSealed(b, keys.NewRing(b, func() time.Time { return time.Now().Add(time.Duration(later.Load())) }, master))
	}})
	d := s.create(t, request(t, "before"))
	_, asked := ring.RequestDestruction(t.Context(), "acme", "A. Meier", "the contract has ended")
	_, done := ring.Destroy(t.Context(), "acme", "B. Roth", "the contract has ended")
	if err := errors.Join(asked, done); err != nil {
		t.Fatal(err)
	}
	later.Store(int64(time.Hour))
	for _, call := range [][3]string{{"POST", "/v1/documents", text(t, request(t, "after"))}, {"POST", "/v1/batches", batchOf(t, "after")}, {"GET", "/v1/documents", ""}, {"GET", d.Links.Self, ""}} {
		got := s.do(t, call[0], call[1], call[2])
		got.quiet(t, call)
		if p := got.problem(t, http.StatusForbidden); !strings.Contains(p.Detail, "the keys of this tenant were destroyed") {
			t.Errorf("%s %s: %s", call[0], call[1], p.Detail)
		}
	}
}

// A job that has failed since the store had not what it needs does not tell its names either.
func TestAJobThatTheStoreHasFailed(t *testing.T) {
	missing := func(queue.Render) queue.Render {
		return func(context.Context, platen.Job) (platen.Document, error) {
			return platen.Document{}, fmt.Errorf(`read version 1 of template x: get "tenants/acme/templates/x/bundles/1.json": %w`, platen.NotFound)
		}
	}
	s := modes[0].serve(t, options{render: missing, renderer: func(*renderer.Config) {}})
	d := s.create(t, request(t, "lost"))
	failed := s.until(t, d.Id, client.DocumentStateFailed)
	if failed.Problem.Detail == "" || strings.Contains(failed.Problem.Detail, "tenants/") {
		t.Errorf("the problem is %+v", failed.Problem)
	}
}
