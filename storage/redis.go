package storage

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// A helper is a Redis that spares work, and that Platen can do without.
type helper struct {
	client redis.UniversalClient
	limit  time.Duration // of a call
	log    *slog.Logger
	fuse   *fuse
	seldom rate.Sometimes // for what could be said at each call
}

func newHelper(client redis.UniversalClient, service string, limit time.Duration, log *slog.Logger) *helper {
	look := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return silence(client.Ping(ctx).Err())
	}
	return &helper{
		client: client, limit: limit, log: log,
		fuse: newFuse(service, log, look), seldom: rate.Sometimes{Interval: time.Minute},
	}
}

// ok reports whether Redis may be asked.
func (h *helper) ok() bool {
	_, ok := h.fuse.ok()
	return ok
}

// silence is nil if err is an answer: whoever refuses is there, and takes no time.
func silence(err error) error {
	if errors.As(err, new(redis.Error)) {
		return nil
	}
	return err
}

// failed has a Redis left alone that did not answer. A ctx that has ended says
// nothing about Redis.
func (h *helper) failed(ctx context.Context, err error) {
	switch {
	case err == nil || ctx.Err() != nil || errors.Is(err, redis.ErrClosed):
	case silence(err) != nil:
		h.fuse.blow(err)
	default:
		h.seldom.Do(func() { h.log.Warn("Redis refuses", "service", h.fuse.service, "err", err) })
	}
}
