package queue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
)

// Redis is a Dispatcher that many processes share: all that name the same Redis
// and prefix. It needs Redis 7 or newer, or Valkey, alone or as a cluster, with a
// maxmemory-policy that evicts no keys that have no expiry. When it loses its data
// the queue is empty, and Reconcile fills it again.
//
// What stands in Redis is described in lua/lib.lua, and is changed by nothing but
// the scripts beside it, each of which is atomic. There are no streams in it: a
// stream can neither hold a ticket back until it is due, nor refuse one that it
// has, nor let go of one in its middle, and which tenant is next is not for a
// consumer group to say. With sorted sets a ticket stands in one place at a time.
type Redis struct {
	client  redis.UniversalClient
	shares  Shares
	lease   time.Duration
	about   time.Duration
	keys    []string
	channel string
	wakes   *redis.PubSub
	changed signal

	epoch     atomic.Value // string: names what is in Redis since it was last empty
	forgotten signal
}

// RedisOptions say how a queue stands in Redis.
type RedisOptions struct {
	Prefix string        // of all keys, and their hash tag; empty: platen
	Lease  time.Duration // how long a claim lasts that is not extended; 0: 15 s
}

// poll is how long a Claim waits at most until it looks again: for the leases of
// workers that died, and for news that were lost on the way.
const poll = time.Second

// NewRedis returns the dispatcher that stands in Redis. Each process tells it the
// shares of the tenants whose tickets it pushes. The error is Busy when Redis does
// not answer, and Invalid when it is not fit for a queue.
//
// The client should have ContextTimeoutEnabled: then no call takes longer than
// three seconds, whatever Redis does.
func NewRedis(ctx context.Context, client redis.UniversalClient, shares Shares, opt RedisOptions) (*Redis, error) {
	if opt.Prefix == "" {
		opt.Prefix = "platen"
	}
	if opt.Lease == 0 {
		opt.Lease = 15 * time.Second
	}
	r := &Redis{client: client, shares: shares, lease: opt.Lease, about: about, channel: "{" + opt.Prefix + "}:changed"}
	for _, name := range []string{"tickets", "waiting", "ready", "delayed", "leases", "turns", "shares", "queued", "running", "clock", "passed", "seen"} {
		r.keys = append(r.keys, "{"+opt.Prefix+"}:"+name)
	}
	if err := r.fit(ctx); err != nil {
		return nil, fmt.Errorf("open the queue in Redis: %w", err)
	}
	r.wakes = client.Subscribe(ctx, r.channel)
	if _, err := r.wakes.Receive(ctx); err != nil {
		r.wakes.Close()
		return nil, fmt.Errorf("open the queue in Redis: %w", explainRedis(err))
	}
	go func() {
		for range r.wakes.Channel() {
			r.changed.send()
		}
	}()
	return r, nil
}

// fit returns an error unless this Redis can hold a queue.
func (r *Redis) fit(ctx context.Context) error {
	for _, s := range scripts {
		if err := s.Load(ctx, r.client).Err(); redis.HasErrorPrefix(err, "Error compiling script") {
			return fmt.Errorf("it does not know these scripts: %w: Redis 7 or newer is needed, or Valkey: %w", err, platen.Invalid)
		} else if err != nil {
			return explainRedis(err)
		}
	}
	const policy = "maxmemory-policy"
	config, err := r.client.ConfigGet(ctx, policy).Result()
	if err == nil && strings.HasPrefix(config[policy], "allkeys") { // a hosted Redis may not say
		return fmt.Errorf("its %s is %s, which drops jobs from the queue: set it to noeviction, or to volatile-lru if it is a cache too: %w",
			policy, config[policy], platen.Invalid)
	}
	return nil
}

// Close ends the subscription. The client stays open.
func (r *Redis) Close() error { return r.wakes.Close() }

// Push implements Dispatcher.
func (r *Redis) Push(ctx context.Context, t Ticket) error {
	share := r.shares(t.Tenant)
	_, err := r.run(ctx, pushScript, t.Tenant, t.Job, rank(t.Priority), delay(t.NotBefore), share.step(), share.Running)
	if err != nil {
		return fmt.Errorf("queue job %s: %w", t.Job, err)
	}
	return nil
}

// delay returns how long it is until t, in microseconds. Redis adds that to its
// own time, so that a clock that is wrong does no harm.
func delay(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(time.Until(t).Microseconds(), 0)
}

// Claim implements Dispatcher.
func (r *Redis) Claim(ctx context.Context, pass platen.TenantID) (Lease, error) {
	for {
		if ctx.Err() != nil {
			return nil, claimEnded(ctx)
		}
		changed := r.changed.next()
		lease, wait, err := r.claim(ctx, pass)
		if err != nil {
			return nil, fmt.Errorf("claim a job: %w", err)
		}
		if lease != nil {
			return lease, nil
		}
		pause(ctx, changed, wait)
	}
}

// claim takes the next ticket, or says how long to wait for one.
func (r *Redis) claim(ctx context.Context, pass platen.TenantID) (Lease, time.Duration, error) {
	token := uuid.NewString()
	reply, err := r.run(ctx, claimScript, token, r.lease.Microseconds(), pass, r.about.Microseconds())
	if err != nil {
		return nil, 0, err
	}
	answer := reply.([]any)
	r.see(answer[0].(string))
	switch answer = answer[1:]; len(answer) {
	case 3:
		t := Ticket{Tenant: platen.TenantID(answer[0].(string)), Job: answer[1].(string)}
		if answer[2] != "0" {
			t.Priority = platen.Bulk
		}
		return &redisLease{r, t, token}, 0, nil
	default:
		wait := poll
		if due := answer[0].(int64); due >= 0 {
			wait = min(wait, time.Duration(due+1)*time.Microsecond)
		}
		return nil, wait, nil
	}
}

// see notices when Redis has another epoch than it had: it was empty in between.
func (r *Redis) see(epoch string) {
	if was := r.epoch.Swap(epoch); was != nil && was != epoch {
		r.forgotten.send()
	}
}

// Forgotten implements Dispatcher. It is noticed by Claim.
func (r *Redis) Forgotten() <-chan struct{} { return r.forgotten.next() }

// Missing implements Dispatcher.
func (r *Redis) Missing(ctx context.Context, tenant platen.TenantID, jobs []string) (missing []string, err error) {
	args := []any{tenant}
	for _, job := range jobs {
		args = append(args, job)
	}
	reply, err := r.run(ctx, missingScript, args...)
	if err != nil {
		return nil, fmt.Errorf("find out which jobs are not queued: %w", err)
	}
	for _, job := range reply.([]any) {
		missing = append(missing, job.(string))
	}
	return missing, nil
}

// Lines implements Dispatcher.
func (r *Redis) Lines(ctx context.Context) (lines []Line, err error) {
	reply, err := r.run(ctx, linesScript)
	if err != nil {
		return nil, fmt.Errorf("count the jobs that are queued: %w", err)
	}
	for _, line := range reply.([]any) {
		l := line.([]any) // tenant, queued, claimed, the first job of each priority
		lines = append(lines, Line{platen.TenantID(l[0].(string)), int(l[1].(int64)), int(l[2].(int64)), oldest(l[3].(string), l[4].(string))})
	}
	slices.SortFunc(lines, func(a, b Line) int { return cmp.Compare(a.Tenant, b.Tenant) })
	return lines, nil
}

// Depth implements Dispatcher.
func (r *Redis) Depth(ctx context.Context, tenant platen.TenantID) (queued, claimed int, err error) {
	reply, err := r.run(ctx, depthScript, tenant)
	if err != nil {
		return 0, 0, fmt.Errorf("count the jobs of %s: %w", tenant, err)
	}
	n := reply.([]any)
	return int(n[0].(int64)), int(n[1].(int64)), nil
}

// Remove implements Dispatcher.
func (r *Redis) Remove(ctx context.Context, tenant platen.TenantID, job string) error {
	if _, err := r.run(ctx, removeScript, tenant, job); err != nil {
		return fmt.Errorf("take job %s out of the queue: %w", job, err)
	}
	return nil
}

type redisLease struct {
	redis  *Redis
	ticket Ticket
	token  string
}

// Ticket implements Lease.
func (l *redisLease) Ticket() Ticket { return l.ticket }

// Extend implements Lease.
func (l *redisLease) Extend(ctx context.Context) error {
	return l.run(ctx, "extend", extendScript, l.redis.lease.Microseconds())
}

// Done implements Lease.
func (l *redisLease) Done(ctx context.Context) error { return l.run(ctx, "end", endScript, -1) }

// Release implements Lease.
func (l *redisLease) Release(ctx context.Context, notBefore time.Time) error {
	return l.run(ctx, "give back", endScript, delay(notBefore))
}

func (l *redisLease) run(ctx context.Context, what string, s *redis.Script, arg any) error {
	kept, err := l.redis.run(ctx, s, l.ticket.Tenant, l.ticket.Job, l.token, arg)
	if err == nil && kept != int64(1) {
		err = errEnded
	}
	if err != nil {
		return fmt.Errorf("%s the lease of job %s: %w", what, l.ticket.Job, err)
	}
	return nil
}
