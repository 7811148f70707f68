package storage_test

import (
	"bytes"
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

var quiet = slog.New(slog.DiscardHandler)

// redisClient returns a client as the command makes it.
func redisClient(t testing.TB, address string) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
	t.Cleanup(func() { c.Close() })
	return c
}

var secret = bytes.Repeat([]byte("s"), 32)

// openCache returns a cache with a client of its own, as another process has it.
func openCache(t testing.TB, address string) *storage.RedisCache {
	return storage.NewRedisCache(redisClient(t, address), secret, time.Minute, quiet)
}

// eventually waits until f is true, and fails after ten seconds.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not after ten seconds: " + what)
		}
	}
}

// cache keeps a value, and returns when it is there. It is put again when it was
// not kept, and not while it is being written.
func cache(t testing.TB, c storage.Cache, key, value string) {
	t.Helper()
	tries := 0
	eventually(t, key+" is cached", func() bool {
		if tries++; tries%50 == 1 {
			c.Set(t.Context(), key, []byte(value))
		}
		got, ok := c.Get(t.Context(), key)
		return ok && string(got) == value
	})
}

// wantHit waits for a value, since one that came too late is none.
func wantHit(t testing.TB, c storage.Cache, key, value string) {
	t.Helper()
	eventually(t, "the value of "+key, func() bool {
		got, ok := c.Get(t.Context(), key)
		return ok && string(got) == value
	})
}

func wantMiss(t testing.TB, what string, c storage.Cache, key string) {
	t.Helper()
	if value, ok := c.Get(t.Context(), key); ok {
		t.Errorf("%s: got %.40q, want nothing", what, value)
	}
}

func TestCachedInRedis(t *testing.T) {
	address := queuetest.Redis(t)
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
		b := openFS(t, t.TempDir())
		secret, err := storage.CacheSecret(t.Context(), openFS(t, t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		return storage.NewCached(b, storage.NewRedisCache(redisClient(t, address), secret, time.Minute, quiet), 64<<10)
	})
}

func TestRedisCacheIsShared(t *testing.T) {
	address := queuetest.Redis(t)
	for key, value := range map[string]string{"tenants/acme/documents/a.pdf": strings.Repeat("%PDF", 200_000), "empty": ""} {
		cache(t, openCache(t, address), key, value)
		wantHit(t, openCache(t, address), key, value)
	}
	other := storage.NewRedisCache(redisClient(t, address), bytes.Repeat([]byte("o"), 32), time.Minute, quiet)
	wantMiss(t, "another bucket", other, "empty")

	client := redisClient(t, address)
	for _, name := range names(t, client) {
		if ttl := client.TTL(t.Context(), name).Val(); ttl <= 0 || ttl > time.Minute {
			t.Errorf("%s expires in %s", name, ttl)
		}
		if strings.Contains(name, "acme") {
			t.Errorf("the name %s says whose value it is", name)
		}
	}
}

// names returns the names of all that stands in Redis.
func names(t testing.TB, client *redis.Client) []string {
	t.Helper()
	found, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever stands in Redis, a value is the one that was put, or none.
func TestRedisCacheIsWrong(t *testing.T) {
	address := queuetest.Redis(t)
	client, c := redisClient(t, address), openCache(t, address)
	cache(t, c, "other", "its own value")
	other := client.Get(t.Context(), names(t, client)[0]).Val()
	tests := map[string]func(name, stored string) error{
		"value changed": func(name, stored string) error {
			return client.SetRange(t.Context(), name, int64(len(stored)-1), "!").Err()
		},
		"digest changed": func(name, _ string) error { return client.SetRange(t.Context(), name, 3, "!!").Err() },
		"cut":            func(name, stored string) error { return client.Set(t.Context(), name, stored[:len(stored)-1], 0).Err() },
		"cut to nothing": func(name, _ string) error { return client.Set(t.Context(), name, "", 0).Err() },
		"cut short":      func(name, stored string) error { return client.Set(t.Context(), name, stored[:31], 0).Err() },
		"longer":         func(name, _ string) error { return client.Append(t.Context(), name, "!").Err() },
		"much longer":    func(name, _ string) error { return client.SetRange(t.Context(), name, 2<<20, "!").Err() },
		"another key's":  func(name, _ string) error { return client.Set(t.Context(), name, other, 0).Err() },
		"another type": func(name, _ string) error {
			return client.Del(t.Context(), name).Err()
		},
	}
	for what, change := range tests {
		t.Run(what, func(t *testing.T) {
			before := names(t, client)
			cache(t, c, what, "value of "+what)
			for _, name := range names(t, client) {
				if strings.Contains(strings.Join(before, " "), name) {
					continue
				}
				if err := change(name, client.Get(t.Context(), name).Val()); err != nil {
					t.Fatal(err)
				}
				if what == "another type" {
					client.LPush(t.Context(), name, "value")
				}
			}
			wantMiss(t, what, c, what)
			cache(t, c, what, "value of "+what) // and is mended
		})
	}
}

// signalRedis stops the server, so that it hangs with open connections, or lets it go on.
func signalRedis(t testing.TB, client *redis.Client) func(syscall.Signal) {
	t.Helper()
	info := client.InfoMap(t.Context(), "server").Val()
	pid, err := strconv.Atoi(info["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	return func(s syscall.Signal) { syscall.Kill(pid, s) }
}

// wantQuick fails if the calls wait for a Redis that hangs: 100 ms each, or more.
func wantQuick(t testing.TB, what string, f func()) {
	t.Helper()
	start := time.Now()
	for range 100 {
		f()
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%s: 100 calls took %s", what, took)
	}
}

func TestRedisCacheWhileRedisIsAway(t *testing.T) {
	for _, how := range []string{"killed", "hung"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			server := queuetest.StartRedis(t)
			client := redisClient(t, server.Addr)
			stop, goOn := server.Kill, func() { server.Restart(t) }
			if how == "hung" {
				signal := signalRedis(t, client)
				stop, goOn = func() { signal(syscall.SIGSTOP) }, func() { signal(syscall.SIGCONT) }
			}
			below := openFS(t, t.TempDir())
			put(t, below, "a", "value")
			c := openCache(t, server.Addr)
			cache(t, c, "a", "value")
			b := storage.NewCached(below, c, 100)
			want(t, b, "a", "value")

			stop()
			start := time.Now()
			want(t, b, "a", "value")
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("the first Get took %s", took)
			}
			wantQuick(t, "Get and Set", func() { want(t, b, "a", "value") })
			goOn()
			cache(t, c, "a", "value")
		})
	}
}

// Writing is not waited for, also while nobody has seen that Redis does not answer.
func TestRedisCacheSetReturnsAtOnce(t *testing.T) {
	address := queuetest.Redis(t)
	client := redisClient(t, address)
	c := openCache(t, address)
	cache(t, c, "a", "value")
	signal := signalRedis(t, client)
	signal(syscall.SIGSTOP)
	defer signal(syscall.SIGCONT)
	value := make([]byte, 1<<20)
	wantQuick(t, "Set", func() { c.Set(t.Context(), "b", value) })
}

func TestRedisCacheIsFull(t *testing.T) {
	address := queuetest.StartRedis(t, "--maxmemory", "4mb", "--maxmemory-policy", "noeviction").Addr
	c := openCache(t, address)
	cache(t, c, "a", "value")
	client := redisClient(t, address)
	for err := error(nil); err == nil; {
		err = client.Append(t.Context(), "filling", strings.Repeat("x", 100_000)).Err()
	}
	b := storage.NewCached(openFS(t, t.TempDir()), c, 1<<20)
	put(t, b, "b", "value")
	for range 20 {
		want(t, b, "b", "value")
	}
	wantMiss(t, "a value for which there was no room", c, "b")
	wantHit(t, c, "a", "value")
}

// A caller who goes away says nothing about Redis.
func TestRedisCacheOfACallerWhoHasLeft(t *testing.T) {
	c := openCache(t, queuetest.Redis(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 { // on a busy machine Redis may be late, too
		cache(t, c, "a", "value")
		if _, ok := c.Get(ctx, "a"); ok {
			t.Error("got a value with a context that has ended")
		}
		if _, ok := c.Get(t.Context(), "a"); ok {
			return
		}
	}
	t.Error("Redis was left alone")
}

func TestCacheSecret(t *testing.T) {
	dir := t.TempDir()
	secrets := make([]string, 10)
	var group sync.WaitGroup
	for i := range secrets {
		b := openFS(t, dir)
		group.Go(func() {
			s, err := storage.CacheSecret(t.Context(), b)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = string(s)
		})
	}
	group.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) != 32 {
			t.Errorf("secrets %x and %x", s, secrets[0])
		}
	}
	other := openFS(t, t.TempDir())
	if s, err := storage.CacheSecret(t.Context(), other); err != nil || string(s) == secrets[0] {
		t.Errorf("another bucket: %v, the same secret or %v", string(s) == secrets[0], err)
	}
	damaged := openFS(t, t.TempDir())
	put(t, damaged, "cache/secret", "short")
	_, err := storage.CacheSecret(t.Context(), damaged)
	wantErr(t, "a short secret", err, platen.Internal, "delete it")
}
