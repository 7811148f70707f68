package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// What is cached of the bucket.
const (
	cachedValue = 1 << 20   // bytes of the largest value: a document of some twenty pages
	cacheBytes  = 64 << 20  // in this process
	cacheTTL    = time.Hour // in Redis
)

// readOnce are the folders of which each process reads a value once: what the others have
// written into the audit trail.
var readOnce = []string{"audit/"}

// openBucket opens what jobs and documents are kept in. In front of it stands a cache in
// this process; behind that, in front of the main bucket, the one in Redis. What a tenant
// keeps in a bucket of its own does not get into Redis. What is in all of them is encrypted.
func (f serviceFlags) openBucket(ctx context.Context, s *service, log *slog.Logger) (storage.Bucket, error) {
	all, err := f.Store.openAll()
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, all)
	if err := all.answer(ctx, log); err != nil {
		return nil, err
	}
	main, err := f.shareCache(ctx, s, all.main, log)
	if err != nil {
		return nil, err
	}
	cached := storage.NewCached(all.routed(main, log), storage.NewMemoryCache(cacheBytes), cachedValue, readOnce...)
	s.metrics.Cache("memory", cached.Counts)
	ring, err := f.Store.ring(ctx, all.main, func(what string) { log.Warn(what) })
	if err != nil {
		return nil, err
	}
	return sealed(cached, ring), nil
}

// shareCache returns the bucket with the cache in Redis, if there is a Redis that can be one.
func (f serviceFlags) shareCache(ctx context.Context, s *service, main storage.Bucket, log *slog.Logger) (storage.Bucket, error) {
	flag, url := "--cache-redis", f.CacheRedis
	if url == "" {
		flag, url = "--redis", f.Redis
	}
	if url == "" {
		return main, nil
	}
	client, err := s.connect(flag, url)
	if err != nil {
		return nil, err
	}
	if f.CacheRedis == "" {
		if err := evicts(ctx, client); err != nil {
			log.Warn("the Redis of the queue is no cache, too", "err", err)
			return main, nil
		}
	}
	secret, err := storage.CacheSecret(ctx, main)
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("--bucket: %w", err))
	}
	cached := storage.NewCached(main, storage.NewRedisCache(client, secret, cacheTTL, log), cachedValue)
	s.metrics.Cache("redis", cached.Counts)
	return cached, nil
}

// evicts returns an error unless a Redis that is full drops copies, which expire, and no jobs.
func evicts(ctx context.Context, client *redis.Client) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	info, err := client.InfoMap(ctx, "memory").Result()
	if err != nil {
		return err
	}
	memory := info["Memory"]
	if memory["maxmemory"] == "0" || !strings.HasPrefix(memory["maxmemory_policy"], "volatile-") {
		return errors.New("copies could leave no room in it for jobs: give it a maxmemory and the maxmemory-policy volatile-lru, or name another one in --cache-redis")
	}
	return nil
}

// answerTime is how long the start of a service waits for what it can do without.
const answerTime = 10 * time.Second

// answer reports an error when a bucket refuses, or the main one does not answer: afterwards
// requests would say so, and whoever started the server is looking now. A tenant's own
// bucket that does not answer keeps nobody else waiting, and is only told of.
func (s stores) answer(ctx context.Context, log *slog.Logger) error {
	if err := probe(ctx, s.main, "queue/probe"); err != nil {
		return platen.WithKind(platen.Internal, fmt.Errorf("--bucket: %w", err))
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	tenants := slices.Sorted(maps.Keys(s.own))
	refused := make([]error, len(tenants))
	var group errgroup.Group
	group.SetLimit(32)
	for i, id := range tenants {
		group.Go(func() error {
			err := probe(ctx, s.own[id], "tenants/"+string(id)+"/queue/probe")
			if errors.Is(err, platen.Busy) {
				log.Warn("the bucket of a tenant does not answer", "tenant", id, "err", err)
			} else if err != nil {
				refused[i] = fmt.Errorf("--tenant-buckets: tenant %s: %w", id, err)
			}
			return nil
		})
	}
	group.Wait()
	return platen.WithKind(platen.Internal, cmp.Or(refused...))
}

// probe asks a bucket for a key that nobody has put.
func probe(ctx context.Context, b storage.Bucket, key string) error {
	if _, err := b.Get(ctx, key); !errors.Is(err, platen.NotFound) {
		return err
	}
	return nil
}
