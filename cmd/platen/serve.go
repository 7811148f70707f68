package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

type serveCmd struct {
	Listen    string        `default:"127.0.0.1:8080" help:"Address to listen on."`
	Templates string        `placeholder:"DIR" help:"Folder of templates, each a folder or a zip in it, beside baseline/<name>."`
	Workers   int           `short:"n" default:"${workers}" help:"Documents at once."`
	MaxBody   int64         `default:"64" help:"Largest request, in MiB."`
	MaxQueued int           `default:"100000" help:"Jobs of one tenant that may wait; more are refused with 429."`
	MaxPer    int           `name:"max-running" default:"0" help:"Jobs of one tenant at once; 0: no limit."`
	Grace     time.Duration `default:"30s" help:"How long running requests may take when the server is stopped."`

	Auth    authFlags    `embed:"" group:"Who may call"`
	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

type authFlags struct {
	Issuer    string   `name:"token-issuer" placeholder:"URL" help:"Issuer that tokens must have. Without it everybody is the tenant default, and the server listens on loopback only."`
	Audience  string   `name:"token-audience" placeholder:"NAME" help:"Audience that tokens must have."`
	JWKS      string   `name:"token-jwks" placeholder:"URL" help:"JSON Web Key Set with which tokens are checked."`
	KeyFile   string   `name:"token-key-file" placeholder:"FILE" help:"Public key (PEM) with which tokens are checked, instead of a key set."`
	Algorithm []string `name:"token-algorithm" placeholder:"NAME" help:"Signature algorithms that are accepted. Default: RS256, ES256, EdDSA."`
	Claim     string   `name:"token-tenant-claim" default:"tenant" help:"Claim that names the tenant."`
}

// authenticator returns who finds out who calls.
func (f authFlags) authenticator(ctx context.Context, listen string, log *slog.Logger) (api.Authenticator, error) {
	if f.Issuer == "" && f.JWKS == "" && f.KeyFile == "" {
		if !isLoopback(listen) {
			return nil, usage("--listen %s without --token-issuer: everybody on the network could do everything: configure tokens, or listen on 127.0.0.1", listen)
		}
		log.Warn("no tokens are configured: everybody on this machine is the tenant default and may do everything")
		return api.Open{}, nil
	}
	cfg := api.TokenConfig{Issuer: f.Issuer, Audience: f.Audience, JWKS: f.JWKS, Algorithms: f.Algorithm, TenantClaim: f.Claim}
	if f.KeyFile != "" {
		src, err := readAtMost(f.KeyFile, nil, 64<<10)
		if err != nil {
			return nil, fmt.Errorf("--token-key-file %s: %w", f.KeyFile, err)
		}
		if cfg.Key, err = api.ParsePublicKey(src); err != nil {
			return nil, fmt.Errorf("--token-key-file %s: %w", f.KeyFile, err)
		}
	}
	return api.NewTokens(ctx, cfg)
}

func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// The cache of the process, and the largest value in it: documents of some twenty pages.
const (
	cacheBytes  = 64 << 20
	cachedValue = 1 << 20
)

// Validate is called by kong.
func (cmd *serveCmd) Validate() error {
	switch {
	case cmd.Workers < 1:
		return fmt.Errorf("--workers is %d: want 1 or more", cmd.Workers)
	case cmd.Store.Bucket == noBucket:
		return errors.New("--bucket none: a server keeps its jobs and documents: name a folder")
	case cmd.MaxBody < 1 || cmd.MaxBody > maxDataMiB:
		return fmt.Errorf("--max-body is %d: want 1 to %d", cmd.MaxBody, maxDataMiB)
	}
	return nil
}

// Help is the long text of "platen help serve".
func (serveCmd) Help() string {
	return `API and workers in one process, on a folder. Jobs that were accepted before the server was
stopped, or killed, go on when it starts again. The API describes itself at /openapi.json.

  platen serve
  curl -s localhost:8080/v1/render -H 'Content-Type: application/json' \
    -d "{\"template\":\"baseline/batch-record\",\"data\":$(cat record.json)}" -o out.pdf`
}

// Run serves until it is interrupted: it then takes no more jobs, lets running
// requests end, and gives back the jobs that are not done.
func (cmd *serveCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	auth, err := cmd.Auth.authenticator(ctx, cmd.Listen, log)
	if err != nil {
		return err
	}
	bucket, closeBucket, err := cmd.Store.open()
	if err != nil {
		return err
	}
	defer closeBucket()
	pool, err := cmd.Browser.open(ctx, cmd.Workers, log)
	if err != nil {
		return err
	}
	defer pool.Close()
	metrics := api.NewMetrics()
	cached := storage.NewCached(bucket, storage.NewMemoryCache(cacheBytes), cachedValue)
	r := renderer.New(renderer.Config{
		Bucket: cached, Printer: pool, Templates: (&shelf{dir: cmd.Templates}).template,
		Limits: dataLimits(int(cmd.MaxBody)), Now: time.Now, Log: log, Observe: metrics.Stage,
	})
	shares := func(platen.TenantID) queue.Share { return queue.Share{Running: cmd.MaxPer, Queued: cmd.MaxQueued} }
	q := queue.New(queue.Config{
		Bucket: cached, Dispatcher: queue.NewMemory(shares, time.Now), Shares: shares, Now: time.Now, Log: log,
		Observe: metrics.Job,
	})
	a := api.New(api.Config{Queue: q, Renderer: r, Authenticate: auth, MaxBody: cmd.MaxBody << 20, Metrics: metrics, Now: time.Now, Log: log})
	listener, err := net.Listen("tcp", cmd.Listen)
	if err != nil {
		return platen.WithKind(platen.Internal, fmt.Errorf("listen on %s: %w: choose another address with --listen", cmd.Listen, err))
	}
	fmt.Fprintf(std.err, "platen: listening on http://%s\n", listener.Addr())
	return cmd.serve(ctx, listener, a, q, r, log)
}

// serve runs API, workers and reconciler until ctx ends or one of them fails.
func (cmd *serveCmd) serve(ctx context.Context, listener net.Listener, a *api.API, q *queue.Queue, r *renderer.Renderer, log *slog.Logger) error {
	server := &http.Server{
		Handler: a, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return platen.WithKind(platen.Internal, err)
		}
		return nil
	})
	render := func(ctx context.Context, job platen.Job) (platen.Document, error) {
		ctx, cancel := context.WithTimeout(ctx, cmd.Browser.Timeout)
		defer cancel()
		return r.Render(ctx, job)
	}
	group.Go(func() error { return q.Work(ctx, cmd.Workers, render) })
	group.Go(func() error { return q.Reconcile(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		a.Drain()
		ending, cancel := context.WithTimeout(context.Background(), cmd.Grace)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			log.Warn("requests were cut off", "err", err)
			server.Close()
		}
		return nil
	})
	return group.Wait()
}

// A shelf finds templates by name and keeps them compiled.
type shelf struct {
	dir string

	mu   sync.Mutex
	kept map[string]*templates.Template
}

// template returns baseline/<name>, or <name> of the folder.
func (s *shelf) template(_ context.Context, name string) (*templates.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.kept[name]; t != nil {
		return t, nil
	}
	ref, err := s.find(name)
	if err != nil {
		return nil, err
	}
	bundle, err := templates.Open(ref)
	if err != nil {
		return nil, err
	}
	t, err := templates.Compile(bundle)
	if err != nil {
		return nil, err
	}
	if s.kept == nil {
		s.kept = map[string]*templates.Template{}
	}
	s.kept[name] = t
	return t, nil
}

func (s *shelf) find(name string) (string, error) {
	if strings.HasPrefix(name, "baseline/") {
		return name, nil
	}
	if s.dir != "" && filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) {
		for _, file := range []string{name, name + ".zip"} {
			path := filepath.Join(s.dir, file)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("there is no such template: %w", platen.NotFound)
}
