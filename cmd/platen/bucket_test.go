package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// An installation is what its processes share.
type installation struct {
	flags serviceFlags
	redis *redis.Client
}

// install has a main bucket in a folder, one of acme in S3, and a Redis.
func install(t *testing.T) installation {
	t.Helper()
	dir, s3, address := t.TempDir(), storagetest.S3(t), queuetest.StartRedis(t, "--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru").Addr
	file := filepath.Join(dir, "buckets.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "secret"), s3.SecretKey)
	write(file, fmt.Sprintf("acme: {bucket: 's3://%s?endpoint=%s&region=%s', access-key: %s, secret-key-file: secret}", s3.Bucket, s3.Endpoint, s3.Region, s3.AccessKey))
	client := redis.NewClient(&redis.Options{Addr: address})
	t.Cleanup(func() { client.Close() })
	return installation{redis: client, flags: serviceFlags{
		Redis: "redis://" + address, MaxBody: 1,
		Store: storeFlags{Bucket: filepath.Join(dir, "main"), TenantBuckets: file, Keys: testKeys()},
	}}
}

// open opens the bucket as a process does.
func (i installation) open(t *testing.T, log *slog.Logger) (storage.Bucket, *service) {
	t.Helper()
	s := &service{metrics: api.NewMetrics()}
	t.Cleanup(s.close)
	b, err := i.flags.openBucket(t.Context(), s, log)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

func wantValue(t *testing.T, b storage.Bucket, key, want string) {
	t.Helper()
	if got, err := b.Get(t.Context(), key); err != nil || string(got) != want {
		t.Errorf("Get(%q) = %q, %v", key, got, err)
	}
}

// One process finds in Redis what another one has read from the main bucket; what stands
// in a tenant's own bucket does not get there.
func TestProcessesShareTheCache(t *testing.T) {
	i := install(t)
	quiet := slog.New(slog.DiscardHandler)
	first, _ := i.open(t, quiet)
	const own, shared = "tenants/acme/documents/1", "tenants/globex/documents/1"
	for _, key := range []string{own, shared} {
		if err := first.Put(t.Context(), key, []byte(key)); err != nil {
			t.Fatal(err)
		}
		wantValue(t, first, key, key)
	}
	for end := time.Now().Add(10 * time.Second); i.redis.DBSize(t.Context()).Val() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is cached")
		}
	}
	if n := i.redis.DBSize(t.Context()).Val(); n != 1 {
		t.Errorf("%d values in Redis, want that of %s", n, shared)
	}
	if err := os.Remove(filepath.Join(i.flags.Store.Bucket, shared)); err != nil {
		t.Fatal(err)
	}
	second, s := i.open(t, quiet)
	for range 3 {
		wantValue(t, second, shared, shared) // from Redis, and then from the process
		wantValue(t, second, own, own)
	}
	answer := httptest.NewRecorder()
	s.metrics.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{`hits_total{cache="memory"} 4`, `misses_total{cache="memory"} 2`, `hits_total{cache="redis"} 1`, `misses_total{cache="redis"} 0`} {
		if !strings.Contains(answer.Body.String(), "platen_cache_"+want+"\n") {
			t.Errorf("the metrics lack %q", want)
		}
	}
}

// A Redis that would drop jobs, or grow without end, before it drops copies is no cache.
func TestRedisThatIsNoCache(t *testing.T) {
	for policy, limit := range map[string]string{"noeviction": "64mb", "volatile-lru": "0"} {
		i := install(t)
		for name, value := range map[string]string{"maxmemory": limit, "maxmemory-policy": policy} {
			if err := i.redis.ConfigSet(t.Context(), name, value).Err(); err != nil {
				t.Fatal(err)
			}
		}
		var log bytes.Buffer
		_, s := i.open(t, slog.New(slog.NewTextHandler(&log, nil)))
		if !strings.Contains(log.String(), "volatile-lru, or name another one in --cache-redis") {
			t.Errorf("%s, %s: the log says %q", policy, limit, &log)
		}
		answer := httptest.NewRecorder()
		s.metrics.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
		if strings.Contains(answer.Body.String(), `cache="redis"`) {
			t.Errorf("%s, %s: it is a cache", policy, limit)
		}
	}
}

// A Redis of the cache that does not answer is none, and keeps nobody waiting.
func TestAnotherRedisForTheCache(t *testing.T) {
	i := install(t)
	i.flags.CacheRedis = "redis://127.0.0.1:1"
	b, _ := i.open(t, slog.New(slog.DiscardHandler))
	const key = "tenants/globex/documents/1"
	if err := b.Put(t.Context(), key, []byte(key)); err != nil {
		t.Fatal(err)
	}
	wantValue(t, b, key, key)
	if n := i.redis.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d values in the Redis of the queue", n)
	}
}

// The bucket of one tenant that is away when the service starts is that tenant's trouble.
func TestStartWithoutTheBucketOfATenant(t *testing.T) {
	i := install(t)
	text := "acme: {bucket: 's3://records?endpoint=http://127.0.0.1:1&region=a', access-key: a, secret-key-file: secret}"
	if err := os.WriteFile(i.flags.Store.TenantBuckets, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	b, _ := i.open(t, slog.New(slog.NewTextHandler(&log, nil)))
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "tenant=acme") {
		t.Errorf("the log says %q", &log)
	}
	if err := b.Put(t.Context(), "tenants/globex/documents/1", nil); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := b.Put(ctx, "tenants/acme/documents/1", nil); err == nil {
		t.Error("it was put somewhere else")
	}
}
