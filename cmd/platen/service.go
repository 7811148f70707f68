package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/webhook"
)

// serviceFlags are what the processes of one installation have in common.
type serviceFlags struct {
	Templates  string `placeholder:"DIR" help:"Folder of templates, each a folder or a zip in it, beside baseline/<name>."`
	Redis      string `placeholder:"URL" help:"Redis through which the processes of one installation share queue and cache, as in redis://host:6379/0. Without it the queue is in this process."`
	CacheRedis string `placeholder:"URL" help:"Redis for the cache, if it is to be another one, which may evict what it likes."`
	MaxBody    int64  `default:"64" help:"Largest request, in MiB."`
	MaxQueued  int    `default:"100000" help:"Jobs of one tenant that may wait; more are refused with 429."`
	MaxRunning int    `default:"0" help:"Jobs of one tenant at once; 0: no limit."`
	MaxPages   int    `default:"10000" help:"Pages of one document; 0: no limit."`
	MaxOutput  int    `default:"256" help:"Size of one document, and of the HTML that is made for it, in MiB."`

	Weights map[platen.TenantID]float64 `placeholder:"TENANT=N" help:"Turns that a tenant gets of the workers, against the 1 of a tenant without a weight, as in acme=2;globex=0.5."`

	WebhookAllow []string `placeholder:"NET" help:"Networks, addresses and hosts off the public Internet to which notices may be sent, as in 10.20.0.0/16 or lims.lab.example; by default none."`

	Public  publicFlags  `embed:""`
	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong.
func (f *serviceFlags) Validate() error {
	switch {
	case f.Store.Bucket == noBucket:
		return errors.New("--bucket none: jobs and documents are kept: name a folder or an S3 bucket")
	case f.MaxPages < 0 || f.MaxOutput < 1 || f.MaxOutput > maxOutputMiB:
		return fmt.Errorf("--max-pages is %d and --max-output %d: want 0 or more pages, and 1 to %d MiB", f.MaxPages, f.MaxOutput, maxOutputMiB)
	case f.MaxBody < 1 || f.MaxBody > maxDataMiB:
		return fmt.Errorf("--max-body is %d: want 1 to %d", f.MaxBody, maxDataMiB)
	}
	for _, id := range slices.Sorted(maps.Keys(f.Weights)) {
		if _, err := platen.ParseTenantID(string(id)); err != nil {
			return fmt.Errorf("--weights: %w", err)
		}
		if w := f.Weights[id]; !(w >= minWeight && w <= maxWeight) {
			return fmt.Errorf("--weights: %s has %v: want %v to %v", id, w, minWeight, maxWeight)
		}
	}
	return nil
}

// maxOutputMiB is what a browser gives out at most.
const maxOutputMiB = 256

// With weights further apart a tenant would wait for minutes beside another one's flood.
const minWeight, maxWeight = 0.01, 100

// share returns what a tenant gets of the workers, by its settings as they are known.
func (f *serviceFlags) share(settings *tenant.Book, id platen.TenantID) queue.Share {
	l := settings.Known(id).Settings.Limits.Within(tenant.Limits{Running: f.MaxRunning, Queued: f.MaxQueued})
	return queue.Share{Weight: f.Weights[id], Running: l.Running, Queued: l.Queued}
}

// A service is queue and renderer, ready to work.
type service struct {
	queue    *queue.Queue
	renderer *renderer.Renderer
	webhooks *webhook.Sender
	library  *templates.Library
	custody  *custody.Keeper
	audit    *audit.Trail
	metrics  *api.Metrics
	meter    api.Meter // nil: that of this process
	tracer   trace.Tracer
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
	allow, err := webhook.ParseAllow(f.WebhookAllow)
	if err != nil {
		return usage("--webhook-allow: %s", words(err))
	}
	spans, err := openTraces(ctx, log)
	if err != nil {
		return err
	}
	s.tracer = spans.Tracer("github.com/dicode/platen")
	s.closers = append(s.closers, spans)
	bucket, err := f.openBucket(ctx, s, log)
	if err != nil {
		return err
	}
	if err := templates.NoteRelease(ctx, bucket, time.Now()); err != nil {
		log.Warn("since when this release is in force cannot be kept", "err", err)
	}
	s.library = templates.NewLibrary(bucket, rulesIn(bucket), time.Now, templateBytes)
	cfg := renderer.Config{
		Bucket: bucket, Templates: (&shelf{library: s.library, dir: f.Templates}).template,
		Limits: dataLimits(int(f.MaxBody)), Now: time.Now, Log: log, Stage: s.stage, Ended: s.trial(log),
		Bounds:  tenant.Limits{Pages: f.MaxPages, OutputBytes: f.MaxOutput << 20},
		Sealing: s.sealing, RemoteKey: remoteKey, Evidence: webhook.NewClient(allow, evidenceTime),
	}
	if err := f.openPrinter(ctx, s, &cfg, workers, log); err != nil {
		return err
	}
	var client *redis.Client
	if f.Redis != "" {
		if client, err = s.connect("--redis", f.Redis); err != nil {
			return err
		}
		cfg.Turn = storage.NewRedisTurns(client, log).Take
		s.meter = api.NewRedisMeter(client, log)
	}
	s.openTrail(bucket, client, log)
	s.renderer = renderer.New(cfg)
	s.custody = newKeeper(s.renderer, f.Public.URL)
	queues, err := f.queues(ctx, s, client)
	if err != nil {
		return err
	}
	queues.Bucket, queues.Name, queues.Now, queues.Log, queues.Observe = bucket, processName(), time.Now, log, s.metrics.Job
	queues.Tracer, queues.Announce = s.tracer, api.Announce(s.audit)
	s.queue = queue.New(queues)
	if len(f.WebhookAllow) > 0 {
		log.Warn("notices may be sent to addresses off the public Internet", "allowed", f.WebhookAllow)
	}
	s.webhooks = webhook.NewSender(webhook.Config{Store: webhook.NewStore(bucket, allow, time.Now), Log: log, Disabling: s.disabling})
	return nil
}

// openPrinter opens the browsers of workers. A server without workers has one for previews
// and publishing, where a browser is installed; it starts when it is needed.
func (f serviceFlags) openPrinter(ctx context.Context, s *service, cfg *renderer.Config, workers int, log *slog.Logger) error {
	if workers == 0 {
		if _, err := chrome.Find(ctx, f.Browser.Chrome); err != nil {
			log.Warn("there is no browser: templates can neither be published nor shown by this server", "err", err)
			return nil
		}
		printer := f.Browser.lazy(log)
		cfg.Printer = printer
		s.closers = append(s.closers, printer)
	} else {
		pool, err := f.Browser.open(ctx, workers, log)
		if err != nil {
			return err
		}
		cfg.Printer = pool
		s.closers = append(s.closers, pool)
		s.metrics.Browsers(pool.Starts)
	}
	cfg.Raster = newRaster(2)
	s.closers = append(s.closers, cfg.Raster)
	return nil
}

// templateBytes is how much of the templates is kept ready in memory, about.
const templateBytes = 256 << 20

// processName is how people find this process.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}

// stage tells everybody that a stage of rendering begins, and how long it took.
func (s *service) stage(ctx context.Context, name string) (done func()) {
	queue.Report(ctx, name)
	_, span := s.tracer.Start(ctx, name)
	start := time.Now()
	return func() {
		span.End()
		s.metrics.Stage(name, time.Since(start))
	}
}

// trial has the library count how jobs end with versions in a wave, which may end it.
// That the machine was busy says nothing of a version.
func (s *service) trial(log *slog.Logger) func(context.Context, platen.Job, *templates.Bundle, error) {
	return func(ctx context.Context, job platen.Job, b *templates.Bundle, err error) {
		name, _, exact := strings.Cut(job.Template, "@")
		if exact || strings.HasPrefix(name, "baseline/") || err != nil && platen.KindOf(err) == platen.Busy {
			return
		}
		halted, counted := s.library.Ended(context.WithoutCancel(ctx), job.Tenant, name, b.Digest(), err != nil)
		for _, h := range halted {
			log.WarnContext(ctx, "the wave of a version is halted", "tenant", job.Tenant, "template", name, "version", h.Bundle, "why", h.Reason)
			if err := s.halted(ctx, job.Tenant, name, h); err != nil {
				log.ErrorContext(ctx, "the audit trail does not say that a wave was halted", "tenant", job.Tenant, "template", name, "err", err)
			}
		}
		if counted != nil && !errors.Is(counted, platen.NotFound) { // one of the folder for all tenants
			log.WarnContext(ctx, "how a job ended with its template is not counted", "tenant", job.Tenant, "template", name, "err", counted)
		}
	}
}

// Each process delivers so many notices at once, and half as many of one tenant, whose
// receivers may be slow.
const notices = 8

// queues opens the dispatchers in Redis, or, where client is nil, in this process.
func (f serviceFlags) queues(ctx context.Context, s *service, client *redis.Client) (cfg queue.Config, err error) {
	cfg.Shares = func(id platen.TenantID) queue.Share { return f.share(s.renderer.Settings, id) }
	ofNotices := func(platen.TenantID) queue.Share { return queue.Share{Running: notices / 2} }
	if client == nil {
		cfg.Dispatcher, cfg.Notices = queue.NewMemory(cfg.Shares, time.Now), queue.NewMemory(ofNotices, time.Now)
		return cfg, nil
	}
	jobs, err := queue.NewRedis(ctx, client, cfg.Shares, queue.RedisOptions{})
	if err != nil {
		return cfg, platen.WithKind(platen.Internal, fmt.Errorf("--redis: %w", err))
	}
	s.closers = append(s.closers, jobs)
	told, err := queue.NewRedis(ctx, client, ofNotices, queue.RedisOptions{Prefix: "platen-notices"})
	if err != nil {
		return cfg, platen.WithKind(platen.Internal, fmt.Errorf("--redis: %w", err))
	}
	s.closers = append(s.closers, told)
	if cfg.News, err = queue.NewNews(ctx, client, ""); err != nil {
		return cfg, platen.WithKind(platen.Internal, fmt.Errorf("--redis: %w", err))
	}
	s.closers = append(s.closers, cfg.News)
	cfg.Dispatcher, cfg.Notices = jobs, told
	return cfg, nil
}

// connect returns a client of the Redis that a flag names.
func (s *service) connect(flag, url string) (*redis.Client, error) {
	opt, err := redis.ParseURL(url)
	if err != nil {
		return nil, usage("%s: %v: want redis://user:password@host:6379/0, or rediss:// for TLS", flag, err)
	}
	opt.ContextTimeoutEnabled = true
	redis.SetLogger(quiet{}) // what does not work is an error of the call that needed it
	client := redis.NewClient(opt)
	s.closers = append(s.closers, client)
	return client, nil
}

// work renders n documents at once, and delivers notices, until ctx ends. One more job
// is claimed, so that no browser waits while what became of a job is written down.
func (s *service) work(ctx context.Context, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.queue.Work(ctx, n+1, s.render) })
	group.Go(func() error { return s.queue.Notify(ctx, notices, s.webhooks.Deliver) })
	return group.Wait()
}

// render renders a job, or compares, within the time that one document may take.
func (s *service) render(ctx context.Context, job platen.Job) (platen.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if job.Template == diffs.Template {
		return diffs.New(s.renderer.Bucket, s.renderer.Document, s.renderer.Raster).Compare(ctx, job)
	}
	start := time.Now()
	defer func() { s.metrics.Rendered(job.Tenant, time.Since(start)) }()
	doc, err := s.renderer.Render(ctx, job)
	if err != nil {
		return doc, err
	}
	return doc, s.made(ctx, job, doc)
}

func (s *service) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i].Close()
	}
}

// quiet is a logger of go-redis that says nothing.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
