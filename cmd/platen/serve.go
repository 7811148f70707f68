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
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/templates"
)

type serveCmd struct {
	Listen  string        `default:"127.0.0.1:8080" help:"Address to listen on."`
	Workers int           `short:"n" default:"-1" help:"Documents at once. Default: one per CPU; with --redis none, as platen worker renders them."`
	Grace   time.Duration `default:"30s" help:"How long running requests may take when the server is stopped."`

	Auth    authFlags    `embed:"" group:"Who may call"`
	Service serviceFlags `embed:""`
}

// workers returns how many documents are rendered at once.
func (cmd *serveCmd) workers() int {
	switch {
	case cmd.Workers >= 0:
		return cmd.Workers
	case cmd.Service.Redis != "":
		return 0
	}
	return runtime.GOMAXPROCS(0)
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

// Validate is called by kong.
func (cmd *serveCmd) Validate() error {
	if cmd.workers() == 0 && cmd.Service.Redis == "" {
		return errors.New("--workers is 0, and without --redis nobody else could render: want 1 or more")
	}
	return nil
}

// Help is the long text of "platen help serve".
func (serveCmd) Help() string {
	return `API and workers in one process, on a folder; or, with --redis, the API of an installation. Jobs that were accepted before the server was
stopped, or killed, go on when it starts again. The API describes itself at /openapi.json.

  platen serve
  platen serve --bucket s3://batch-records --redis redis://queue:6379     # with platen worker, any number
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
	service, err := cmd.Service.open(ctx, cmd.workers(), log)
	if err != nil {
		return err
	}
	defer service.close()
	a := api.New(api.Config{
		Queue: service.queue, Renderer: service.renderer, Authenticate: auth, MaxBody: cmd.Service.MaxBody << 20,
		Metrics: service.metrics, Log: log,
	})
	listener, err := net.Listen("tcp", cmd.Listen)
	if err != nil {
		return platen.WithKind(platen.Internal, fmt.Errorf("listen on %s: %w: choose another address with --listen", cmd.Listen, err))
	}
	fmt.Fprintf(std.err, "platen: listening on http://%s\n", listener.Addr())
	return cmd.serve(ctx, listener, a, service, log)
}

// serve runs API, workers and reconciler until ctx ends or one of them fails.
func (cmd *serveCmd) serve(ctx context.Context, listener net.Listener, a *api.API, s *service, log *slog.Logger) error {
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
	if n := cmd.workers(); n > 0 {
		group.Go(func() error { return s.work(ctx, n) })
	}
	group.Go(func() error { return s.queue.Reconcile(ctx) })
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
