package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
)

// shortLease is short, so that the tests do not wait for long, and long enough for
// a machine that is busy.
const shortLease = time.Second

func connect(t testing.TB, addr string) redis.UniversalClient {
	c := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() { c.Close() })
	return c
}

var prefixes atomic.Int64

// openRedis returns a queue of its own in Redis.
func openRedis(t testing.TB, c redis.UniversalClient, shares queue.Shares) *queue.Redis {
	return joinRedis(t, c, shares, fmt.Sprint("test-", prefixes.Add(1)))
}

func joinRedis(t testing.TB, c redis.UniversalClient, shares queue.Shares, prefix string) *queue.Redis {
	t.Helper()
	d, err := queue.NewRedis(t.Context(), c, shares, queue.RedisOptions{Prefix: prefix, Lease: shortLease})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func equalShares(platen.TenantID) queue.Share { return queue.Share{} }

func TestRedis(t *testing.T) {
	t.Parallel()
	c := connect(t, queuetest.Redis(t))
	queuetest.TestDispatcher(t, func(t testing.TB, shares queue.Shares) queue.Dispatcher {
		d := openRedis(t, c, shares)
		d.SetAbout(shortAbout)
		return d
	}, queuetest.Options{Lease: shortLease, About: shortAbout})
}

// In a cluster a script may touch only keys of one slot, which all of them name.
func TestRedisCluster(t *testing.T) {
	t.Parallel()
	addr := queuetest.StartRedis(t, "--cluster-enabled", "yes").Addr
	node := connect(t, addr)
	if err := node.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, "the cluster is up", func() bool {
		return strings.Contains(node.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	})
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{addr}, ContextTimeoutEnabled: true})
	t.Cleanup(func() { c.Close() })
	queuetest.TestDispatcher(t, func(t testing.TB, shares queue.Shares) queue.Dispatcher {
		d := openRedis(t, c, shares)
		d.SetAbout(shortAbout)
		return d
	}, queuetest.Options{Lease: shortLease, About: shortAbout})
}

// eventually waits until something is true.
func eventually(t *testing.T, atMost time.Duration, what string, is func() bool) {
	t.Helper()
	deadline := time.After(atMost)
	for !is() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", atMost, what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// All that a queue keeps stands under its hash tag, and has no expiry.
func TestRedisKeys(t *testing.T) {
	t.Parallel()
	c := connect(t, queuetest.Redis(t))
	d := joinRedis(t, c, equalShares, "")
	for _, ticket := range []queue.Ticket{
		{Tenant: "acme", Job: "1"}, {Tenant: "acme", Job: "2"}, {Tenant: "globex", Job: "1"},
		{Tenant: "acme", Job: "3", NotBefore: time.Now().Add(time.Hour)},
	} {
		if err := d.Push(t.Context(), ticket); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Claim(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	keys := c.Keys(t.Context(), "*").Val()
	if len(keys) != 11 {
		t.Errorf("there are %d keys, want all 11: %q", len(keys), keys)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "{platen}:") {
			t.Errorf("the key %q is not under the hash tag", key)
		}
		if ttl := c.TTL(t.Context(), key).Val(); ttl >= 0 {
			t.Errorf("%s expires in %v", key, ttl)
		}
	}
}

// When all is done, nothing is left that grows with the number of jobs.
func TestRedisLeavesNothing(t *testing.T) {
	t.Parallel()
	c := connect(t, queuetest.Redis(t))
	d := joinRedis(t, c, equalShares, "")
	for i := range 50 {
		if err := d.Push(t.Context(), queue.Ticket{Tenant: "acme", Job: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		l, err := d.Claim(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Done(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range c.Keys(t.Context(), "*").Val() {
		switch name := strings.TrimPrefix(key, "{platen}:"); name {
		case "turns", "shares", "clock": // of a size that the number of tenants gives
			if n := c.HLen(t.Context(), key).Val(); n > 3 {
				t.Errorf("%s has %d fields", name, n)
			}
		case "seen":
			if n := c.ZCard(t.Context(), key).Val(); n > 1 {
				t.Errorf("%s has %d tenants", name, n)
			}
		default:
			t.Errorf("%s is left", name)
		}
	}
}

// Redis may forget everything at any time: then the queue is empty, what was a
// lease is none, and the next job is taken as if nothing had been.
func TestRedisForgets(t *testing.T) {
	t.Parallel()
	server := queuetest.StartRedis(t)
	c := connect(t, server.Addr)
	tests := map[string]func(t *testing.T){
		"FLUSHALL": func(t *testing.T) {
			if err := c.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
		},
		"kill -9": func(t *testing.T) {
			server.Kill()
			server.Restart(t)
		},
	}
	for name, forget := range tests {
		t.Run(name, func(t *testing.T) {
			d := openRedis(t, c, func(platen.TenantID) queue.Share { return queue.Share{Running: 1} })
			ticket := queue.Ticket{Tenant: "acme", Job: "1"}
			mustPush(t, d, ticket, queue.Ticket{Tenant: "acme", Job: "2"})
			old := mustClaim(t, d)
			forget(t)
			eventually(t, 10*time.Second, "the lease is lost", func() bool {
				return errors.Is(old.Extend(t.Context()), platen.NotFound)
			})
			if queued, claimed, err := d.Depth(t.Context(), "acme"); queued+claimed != 0 || err != nil {
				t.Errorf("Depth is %d, %d, %v, want nothing", queued, claimed, err)
			}
			mustPush(t, d, ticket)
			l := mustClaim(t, d)
			if l.Ticket() != ticket {
				t.Errorf("claimed %v, want %v", l.Ticket(), ticket)
			}
			for what, err := range map[string]error{"Done": old.Done(t.Context()), "Release": old.Release(t.Context(), time.Time{})} {
				if !errors.Is(err, platen.NotFound) {
					t.Errorf("%s of the old lease: %v, want not found", what, err)
				}
			}
			if err := l.Done(t.Context()); err != nil {
				t.Errorf("Done: %v", err)
			}
		})
	}
}

func mustPush(t *testing.T, d queue.Dispatcher, tickets ...queue.Ticket) {
	t.Helper()
	for _, ticket := range tickets {
		if err := d.Push(t.Context(), ticket); err != nil {
			t.Fatal(err)
		}
	}
}

func mustClaim(t *testing.T, d queue.Dispatcher) queue.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	l, err := d.Claim(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A Claim that waits wakes again after the connections were cut, and without scripts.
func TestRedisWaitsThrough(t *testing.T) {
	t.Parallel()
	server := queuetest.StartRedis(t)
	c := connect(t, server.Addr)
	d := openRedis(t, c, equalShares)
	tests := map[string]func() error{
		"SCRIPT FLUSH": func() error { return c.ScriptFlush(t.Context()).Err() },
		"FLUSHALL":     func() error { return c.FlushAll(t.Context()).Err() },
		"CLIENT KILL": func() error {
			for _, kind := range []string{"pubsub", "normal"} {
				if err := c.Do(t.Context(), "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes").Err(); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for name, disturb := range tests {
		t.Run(name, func(t *testing.T) {
			got := make(chan queue.Lease, 1)
			go func() {
				if l, err := d.Claim(t.Context(), ""); err != nil {
					t.Errorf("Claim: %v", err)
				} else {
					got <- l
				}
			}()
			if err := disturb(); err != nil {
				t.Fatal(err)
			}
			mustPush(t, d, queue.Ticket{Tenant: "acme", Job: name})
			select {
			case l := <-got:
				l.Done(t.Context())
			case <-time.After(5 * time.Second):
				t.Fatal("the ticket was not claimed")
			}
		})
	}
}

// While Redis is away every call is Busy, soon, and says what to do; when it is
// back, so is the queue.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	server := queuetest.StartRedis(t)
	c := connect(t, server.Addr)
	d := openRedis(t, c, equalShares)
	mustPush(t, d, queue.Ticket{Tenant: "acme", Job: "1"})
	l := mustClaim(t, d)
	tests := map[string]struct{ away, back func() }{
		"killed": {server.Kill, func() { server.Restart(t) }},
		"slow": {
			func() { c.Do(t.Context(), "CLIENT", "PAUSE", "60000", "ALL") },
			func() { server.Kill(); server.Restart(t) },
		},
	}
	for name, test := range tests {
		test.away()
		wantBusy(t, name, map[string]func() error{
			"Push":    func() error { return d.Push(t.Context(), queue.Ticket{Tenant: "acme", Job: "2"}) },
			"Claim":   func() error { _, err := d.Claim(t.Context(), ""); return err },
			"Depth":   func() error { _, _, err := d.Depth(t.Context(), "acme"); return err },
			"Remove":  func() error { return d.Remove(t.Context(), "acme", "1") },
			"Extend":  func() error { return l.Extend(t.Context()) },
			"Done":    func() error { return l.Done(t.Context()) },
			"Release": func() error { return l.Release(t.Context(), time.Time{}) },
		})
		test.back()
		eventually(t, 10*time.Second, "the queue is back", func() bool {
			return d.Push(t.Context(), queue.Ticket{Tenant: "acme", Job: "1"}) == nil
		})
		l = mustClaim(t, d)
	}
}

// wantBusy makes calls at once, and checks that each is Busy soon, and says what to do.
func wantBusy(t *testing.T, name string, calls map[string]func() error) {
	t.Helper()
	var wg sync.WaitGroup
	for what, call := range calls {
		wg.Go(func() {
			began := time.Now()
			err := call()
			if platen.KindOf(err) != platen.Busy || !strings.Contains(err.Error(), "see that it runs") {
				t.Errorf("%s: %s: %v, want busy and what to do", name, what, err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s: %s took %v", name, what, took)
			}
		})
	}
	wg.Wait()
}

func TestRedisUnfit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config []string
		kind   platen.Kind
		says   string
	}{
		"evicts":   {[]string{"--maxmemory-policy", "allkeys-lru"}, platen.Invalid, "noeviction"},
		"password": {[]string{"--requirepass", "secret"}, platen.Internal, "user and password"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := connect(t, queuetest.StartRedis(t, test.config...).Addr)
			_, err := queue.NewRedis(t.Context(), c, equalShares, queue.RedisOptions{})
			if platen.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("NewRedis: %v, want %s and %q", err, test.kind, test.says)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		server := queuetest.StartRedis(t)
		server.Kill()
		_, err := queue.NewRedis(t.Context(), connect(t, server.Addr), equalShares, queue.RedisOptions{})
		if platen.KindOf(err) != platen.Busy {
			t.Errorf("NewRedis: %v, want busy", err)
		}
	})
}

// A Redis whose memory is full refuses new tickets, all of it, and lets the others be done.
func TestRedisFull(t *testing.T) {
	t.Parallel()
	c := connect(t, queuetest.Redis(t))
	d := openRedis(t, c, equalShares)
	for i := range 20 {
		mustPush(t, d, queue.Ticket{Tenant: "acme", Job: fmt.Sprint(i)})
	}
	if err := c.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	err := d.Push(t.Context(), queue.Ticket{Tenant: "acme", Job: "more"})
	if platen.KindOf(err) != platen.Busy || !strings.Contains(err.Error(), "maxmemory") {
		t.Errorf("Push: %v, want busy and what to do", err)
	}
	for i := range 20 {
		l := mustClaim(t, d)
		if l.Ticket().Job != fmt.Sprint(i) {
			t.Errorf("claimed %s, want %d", l.Ticket().Job, i)
		}
		if err := l.Done(t.Context()); err != nil {
			t.Errorf("Done: %v", err)
		}
	}
}

// Processes that share a Redis share the queue, wake each other, and need not agree
// about the time.
func TestRedisTwoProcesses(t *testing.T) {
	t.Parallel()
	addr := queuetest.Redis(t)
	one := joinRedis(t, connect(t, addr), equalShares, "shared")
	two := joinRedis(t, connect(t, addr), equalShares, "shared")
	other := joinRedis(t, connect(t, addr), equalShares, "other")
	for i := range 20 {
		got := make(chan error, 1)
		go func() {
			l, err := two.Claim(t.Context(), "")
			if err == nil {
				err = l.Done(t.Context())
			}
			got <- err
		}()
		mustPush(t, one, queue.Ticket{Tenant: "acme", Job: fmt.Sprint(i)})
		select {
		case err := <-got:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(500 * time.Millisecond):
			t.Fatal("the other process was not woken")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if l, err := other.Claim(ctx, ""); err == nil {
		t.Errorf("%v came out of another queue", l.Ticket())
	}
}
