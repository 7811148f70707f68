package storage

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	turnPrefix = "platen:turn:"
	turnTime   = time.Second     // a Take waits no longer for Redis to answer
	turnLease  = 5 * time.Second // how long others wait for one who has died
	turnWait   = time.Minute     // longest time to wait, unless the caller has less
	turnFirst  = 10 * time.Millisecond
	turnLook   = 25 * time.Millisecond // between two looks whether a turn is free; turnFirst at first
)

// RedisTurns has one process at a time do what several want to do, as long as Redis
// answers and keeps what it is told. It spares work: where two that do the same
// would do harm, it is no help.
type RedisTurns struct {
	redis *helper
	lease time.Duration
}

// NewRedisTurns returns the turns of all processes that name the same Redis, alone or
// as a cluster. The client should have ContextTimeoutEnabled.
func NewRedisTurns(client redis.UniversalClient, log *slog.Logger) *RedisTurns {
	return &RedisTurns{newHelper(client, "turns", turnTime, log), turnLease}
}

// Each script is for who has the turn KEYS[1], and whose token is ARGV[1]; it returns
// 1, or 0 when somebody else has it, or nobody.
var (
	extendTurn = redis.NewScript(`return redis.call("get", KEYS[1]) == ARGV[1] and redis.call("pexpire", KEYS[1], ARGV[2]) or 0`)
	endTurn    = redis.NewScript(`return redis.call("get", KEYS[1]) == ARGV[1] and redis.call("del", KEYS[1]) or 0`)
)

// Take waits until nobody else has the turn of key, and returns what gives it back,
// which takes no time. Who has it and dies loses it within five seconds. Take returns
// as if it had the turn when Redis does not answer, and when it has waited for half
// the time that ctx leaves, or for a minute.
func (t *RedisTurns) Take(ctx context.Context, key string) (release func()) {
	wait := turnWait
	if end, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(end)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	name, token := turnPrefix+key, rand.Text()
	for pause := turnFirst; t.redis.ok(); pause = min(pause*5/4, turnLook) {
		free, err := t.take(ctx, name, token)
		if free {
			return t.hold(name, token)
		}
		if err != nil {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return func() {}
}

// take takes a turn that is free.
func (t *RedisTurns) take(ctx context.Context, name, token string) (free bool, err error) {
	limited, cancel := context.WithTimeout(ctx, t.redis.limit)
	defer cancel()
	free, err = t.redis.client.SetNX(limited, name, token, t.lease).Result()
	t.redis.failed(ctx, err)
	return free, err
}

// hold keeps a turn until it is released, and gives it back then.
func (t *RedisTurns) hold(name, token string) (release func()) {
	held, release := context.WithCancel(context.Background())
	go func() {
		extend := time.NewTicker(t.lease / 4)
		defer extend.Stop()
		for {
			select {
			case <-extend.C:
				t.run(extendTurn, name, token, t.lease.Milliseconds())
			case <-held.Done():
				t.run(endTurn, name, token)
				return
			}
		}
	}()
	return release
}

func (t *RedisTurns) run(s *redis.Script, name string, args ...any) {
	ctx, cancel := context.WithTimeout(context.Background(), t.redis.limit)
	defer cancel()
	t.redis.failed(context.Background(), s.Run(ctx, t.redis.client, []string{name}, args...).Err())
}
