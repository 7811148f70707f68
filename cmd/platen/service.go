package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// serviceFlags are what the processes of one installation have in common.
type serviceFlags struct {
	Templates  string `placeholder:"DIR" help:"Folder of templates, each a folder or a zip in it, beside baseline/<name>."`
	Redis      string `placeholder:"URL" help:"Redis through which the processes of one installation share the queue, as in redis://host:6379/0. Without it the queue is in this process."`
	MaxBody    int64  `default:"64" help:"Largest request, in MiB."`
	MaxQueued  int    `default:"100000" help:"Jobs of one tenant that may wait; more are refused with 429."`
	MaxRunning int    `default:"0" help:"Jobs of one tenant at once; 0: no limit."`

	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong.
func (f *serviceFlags) Validate() error {
	switch {
	case f.Store.Bucket == noBucket:
		return errors.New("--bucket none: jobs and documents are kept: name a folder or an S3 bucket")
	case f.MaxBody < 1 || f.MaxBody > maxDataMiB:
		return fmt.Errorf("--max-body is %d: want 1 to %d", f.MaxBody, maxDataMiB)
	}
	return nil
}

// The cache of the process, and the largest value in it: documents of some twenty pages.
const (
	cacheBytes  = 64 << 20
	cachedValue = 1 << 20
)

// A service is queue and renderer, ready to work.
type service struct {
	queue    *queue.Queue
	renderer *renderer.Renderer
	metrics  *api.Metrics
	timeout  time.Duration // of one document
	closers  []io.Closer   // in the order in which they were opened
}

// open opens what jobs are kept in, queued by and, with workers, done with.
func (f serviceFlags) open(ctx context.Context, workers int, log *slog.Logger) (*service, error) {
	s := &service{metrics: api.NewMetrics(), timeout: f.Browser.Timeout}
	if err := f.fill(ctx, s, workers, log); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// fill opens one part after the other into s.
func (f serviceFlags) fill(ctx context.Context, s *service, workers int, log *slog.Logger) error {
	bucket, closeBucket, err := f.Store.open()
	if err != nil {
		return err
	}
	s.closers = append(s.closers, closer(closeBucket))
	if err := answers(ctx, bucket); err != nil {
		return err
	}
	cached := storage.NewCached(bucket, storage.NewMemoryCache(cacheBytes), cachedValue)
	s.metrics.Cache(cached.Counts)
	cfg := renderer.Config{
		Bucket: cached, Templates: (&shelf{dir: f.Templates}).template,
		Limits: dataLimits(int(f.MaxBody)), Now: time.Now, Log: log, Observe: s.metrics.Stage,
	}
	if workers > 0 {
		pool, err := f.Browser.open(ctx, workers, log)
		if err != nil {
			return err
		}
		cfg.Printer = pool
		s.closers = append(s.closers, pool)
	}
	s.renderer = renderer.New(cfg)
	shares := func(platen.TenantID) queue.Share {
		return queue.Share{Running: f.MaxRunning, Queued: f.MaxQueued}
	}
	dispatcher, err := f.dispatcher(ctx, s, shares)
	if err != nil {
		return err
	}
	s.queue = queue.New(queue.Config{
		Bucket: cached, Dispatcher: dispatcher, Shares: shares, Now: time.Now, Log: log, Observe: s.metrics.Job,
	})
	return nil
}

// answers reports an error when the bucket does not answer. Afterwards every request
// would say so, and whoever started the server is looking now.
func answers(ctx context.Context, bucket storage.Bucket) error {
	if _, err := bucket.Get(ctx, "queue/probe"); err != nil && !errors.Is(err, platen.NotFound) {
		return platen.WithKind(platen.Internal, fmt.Errorf("--bucket: %w", err))
	}
	return nil
}

// dispatcher returns that of Redis, or one of this process.
func (f serviceFlags) dispatcher(ctx context.Context, s *service, shares queue.Shares) (queue.Dispatcher, error) {
	if f.Redis == "" {
		return queue.NewMemory(shares, time.Now), nil
	}
	opt, err := redis.ParseURL(f.Redis)
	if err != nil {
		return nil, usage("--redis: %v: want redis://user:password@host:6379/0, or rediss:// for TLS", err)
	}
	opt.ContextTimeoutEnabled = true
	redis.SetLogger(quiet{}) // what does not work is an error of the call that needed it
	client := redis.NewClient(opt)
	s.closers = append(s.closers, client)
	d, err := queue.NewRedis(ctx, client, shares, queue.RedisOptions{})
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("--redis: %w", err))
	}
	s.closers = append(s.closers, d)
	return d, nil
}

// work renders n documents at once, until ctx ends. One more job is claimed, so that
// no browser waits while what became of a job is written down.
func (s *service) work(ctx context.Context, n int) error { return s.queue.Work(ctx, n+1, s.render) }

// render renders a job within the time that one document may take.
func (s *service) render(ctx context.Context, job platen.Job) (platen.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.renderer.Render(ctx, job)
}

func (s *service) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i].Close()
	}
}

type closer func() error

func (c closer) Close() error { return c() }

// quiet is a logger of go-redis that says nothing.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
