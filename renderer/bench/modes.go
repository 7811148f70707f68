package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// A mode is a way to run the service.
type mode struct {
	name     string
	overhead bar // what the queue costs a job, in ms
	fleets   []fleet
	// install opens an installation of this name, which is empty. observe is told of
	// each change of a job by the process that works.
	install func(ctx context.Context, name string, observe func(queue.Record)) (*installation, error)
}

// A fleet is a number of browsers for which service and pipeline are compared.
type fleet struct {
	browsers int
	share    bar // of the pipeline's own documents a second, in percent
}

// modes starts Redis and S3, and returns both modes.
func (b *bench) modes(ctx context.Context) (modes []mode, stop func(), err error) {
	redis, err := queuetest.RunRedis(b.folder)
	if err != nil {
		return nil, nil, err
	}
	folder := filepath.Join(b.folder, "s3")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, err
	}
	s3, stopS3, err := storagetest.RunS3(ctx, folder)
	if err != nil {
		redis.Kill()
		return nil, nil, err
	}
	both := servers{b, redis.Addr, s3}
	modes = []mode{
		{"embedded", atMost(5), []fleet{{2, atLeast(90)}}, b.embedded},
		// With a second browser both servers and both processes share its processor.
		{"Redis and S3", atMost(15), []fleet{{1, atLeast(90)}, {2, bar{}}}, both.distributed},
	}
	return modes, func() { redis.Kill(); stopS3() }, nil
}

// An installation is two processes of the service: the one that accepts jobs, and
// the one that works. Embedded they are one.
type installation struct {
	front, back *process
	closers     []io.Closer // in the order in which they were opened
}

// A process is what one process of the service has. What tenants store is encrypted, and
// who asks for what stands in the audit trail, as in platen serve.
type process struct {
	bucket     storage.Bucket // without a cache
	shared     storage.Bucket // with that in Redis; nil when it is embedded
	cached     storage.Bucket // with that of the process in front
	dispatcher queue.Dispatcher
	queue      *queue.Queue
	trail      *audit.Trail
	turn       func(ctx context.Context, key string) (release func()) // of the renderer; nil when it is embedded
}

// embedded is an installation in one process, on a folder.
func (b *bench) embedded(ctx context.Context, name string, observe func(queue.Record)) (*installation, error) {
	bucket, err := storage.OpenFS(filepath.Join(b.folder, name))
	if err != nil {
		return nil, err
	}
	master, err := b.master(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{dispatcher: queue.NewMemory(equalShares, time.Now)}
	p.open(bucket, nil, master, nil, observe)
	return &installation{p, p, []io.Closer{bucket, master}}, nil
}

// servers are those that the processes share, on loopback.
type servers struct {
	*bench
	redis string // address
	s3    storage.S3Config
}

// distributed is an installation of two processes, each with connections of its own.
func (s servers) distributed(ctx context.Context, name string, observe func(queue.Record)) (in *installation, err error) {
	in = &installation{}
	if in.front, err = s.process(ctx, in, name, nil); err == nil {
		in.back, err = s.process(ctx, in, name, observe)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// process opens one process of an installation.
func (s servers) process(ctx context.Context, in *installation, name string, observe func(queue.Record)) (*process, error) {
	cfg := s.s3
	cfg.Prefix = name
	bucket, err := storage.OpenS3(cfg)
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Addr: s.redis, ContextTimeoutEnabled: true})
	in.closers = append(in.closers, bucket, client)
	d, err := queue.NewRedis(ctx, client, equalShares, queue.RedisOptions{Prefix: name})
	if err != nil {
		return nil, err
	}
	in.closers = append(in.closers, d)
	news, err := queue.NewNews(ctx, client, name)
	if err != nil {
		return nil, err
	}
	in.closers = append(in.closers, news)
	secret, err := storage.CacheSecret(ctx, bucket)
	if err != nil {
		return nil, err
	}
	master, err := s.master(ctx)
	if err != nil {
		return nil, err
	}
	in.closers = append(in.closers, master)
	p := &process{dispatcher: d, turn: storage.NewRedisTurns(client, quiet).Take}
	p.open(bucket, storage.NewCached(bucket, storage.NewRedisCache(client, secret, time.Hour, quiet), cachedValue), master, news, observe)
	return p, nil
}

const cachedValue = 1 << 20 // bytes

// master opens the key that protects those of the tenants.
func (b *bench) master(ctx context.Context) (*keys.Master, error) {
	file := filepath.Join(b.folder, "master.key")
	if err := keys.NewKeyFile(file); err != nil && !errors.Is(err, platen.Conflict) {
		return nil, err
	}
	return keys.OpenMaster(ctx, file)
}

func equalShares(platen.TenantID) queue.Share { return queue.Share{} }

var quiet = slog.New(slog.DiscardHandler)

// open makes what a process has on top of the store, as platen serve has it: shared is the
// store with the cache in Redis, nil when it is embedded.
func (p *process) open(store, shared storage.Bucket, master *keys.Master, news *queue.News, observe func(queue.Record)) {
	ring := keys.NewRing(store, time.Now, master)
	below := store
	if shared != nil {
		below, p.shared = shared, storage.NewSealed(shared, ring)
	}
	p.bucket = storage.NewSealed(store, ring)
	p.cached = storage.NewSealed(storage.NewCached(below, storage.NewMemoryCache(64<<20), cachedValue, "audit/"), ring)
	p.trail = audit.New(audit.Config{Bucket: p.cached, Now: time.Now, Log: quiet})
	p.queue = queue.New(queue.Config{
		Bucket: p.cached, Dispatcher: p.dispatcher, News: news, Shares: equalShares, Now: time.Now, Log: quiet, Observe: observe,
		Announce: p.announce,
	})
}

// announce writes into the audit trail that jobs are asked for, as api.Announce does.
func (p *process) announce(ctx context.Context, jobs ...platen.Job) error {
	entries := make([]audit.Entry, len(jobs))
	for i, job := range jobs {
		entries[i] = audit.Entry{Action: audit.DocumentRequested, By: "bench", On: []audit.Object{
			{Type: "document", ID: job.ID}, {Type: "data", SHA256: platen.Digest(job.Data)},
		}}
	}
	_, err := p.trail.Add(ctx, jobs[0].Tenant, entries...)
	return err
}

func (in *installation) close() {
	for i := len(in.closers) - 1; i >= 0; i-- {
		in.closers[i].Close()
	}
}

// work runs f while jobs are worked on as with n browsers, and what was forgotten is
// looked for, as in platen serve.
func (in *installation) work(ctx context.Context, n int, render queue.Render, f func(context.Context) error) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	var group errgroup.Group
	group.Go(func() error { return in.back.queue.Work(working, n+1, render) })
	group.Go(func() error { return in.back.queue.Reconcile(working) })
	err := f(ctx)
	stop()
	return errors.Join(err, group.Wait())
}
