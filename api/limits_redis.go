package api

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

const (
	meterTime = 250 * time.Millisecond // that Redis has to answer
	meterRest = time.Second            // that a Redis is left alone that did not
)

// A redisMeter is the Meter of all processes that share a Redis. While that does not
// answer, each process counts for itself.
type redisMeter struct {
	shared *redis_rate.Limiter
	alone  *memoryMeter
	resume atomic.Int64 // when Redis is asked again, in Unix nanoseconds
	log    *slog.Logger
}

// NewRedisMeter returns a Meter that counts what comes to all processes that share a
// Redis. Its keys begin with rate: and expire. Without Redis each process counts alone.
func NewRedisMeter(client redis.UniversalClient, log *slog.Logger) Meter {
	return &redisMeter{shared: redis_rate.NewLimiter(client), alone: newMemoryMeter(), log: log}
}

// Take implements Meter.
func (m *redisMeter) Take(ctx context.Context, key string, perMinute int) time.Duration {
	now := time.Now()
	if now.UnixNano() < m.resume.Load() {
		return m.alone.Take(ctx, key, perMinute)
	}
	asking, cancel := context.WithTimeout(ctx, meterTime)
	defer cancel()
	res, err := m.shared.Allow(asking, key, redis_rate.PerMinute(perMinute))
	if err != nil {
		if ctx.Err() == nil && m.resume.Swap(now.Add(meterRest).UnixNano()) < now.UnixNano() {
			m.log.WarnContext(ctx, "Redis counts no requests: this process counts alone", "err", err)
		}
		return m.alone.Take(ctx, key, perMinute)
	}
	return max(res.RetryAfter, 0) // -1 when it was taken
}
