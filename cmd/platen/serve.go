package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/tenant"
)

type serveCmd struct {
	Listen  string        `default:"127.0.0.1:8080" help:"Address to listen on."`
	Workers int           `short:"n" default:"-1" help:"Documents at once. Default: one per CPU; with --redis none, as platen worker renders them."`
	Grace   time.Duration `default:"30s" help:"How long running requests may take when the server is stopped."`

	MaxRequests     int `default:"60000" help:"Requests of one tenant in a minute; more are refused with 429. 0: no limit."`
	MaxRequestsEach int `default:"30000" help:"Requests of one credential in a minute, likewise."`

	RedirectContent bool `help:"Send callers who want a PDF to the bucket, with an address that is valid for a minute, instead of passing it on. Needs an S3 bucket that they can reach."`

	Auth    authFlags    `embed:"" group:"Who may call"`
	TLS     tlsFlags     `embed:"" group:"TLS"`
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

// Validate is called by kong.
func (cmd *serveCmd) Validate() error {
	if cmd.workers() == 0 && cmd.Service.Redis == "" {
		return errors.New("--workers is 0, and without --redis nobody else could render: want 1 or more")
	}
	if cmd.MaxRequests < 0 || cmd.MaxRequestsEach < 0 {
		return errors.New("--max-requests and --max-requests-each: want 1 or more, or 0 for no limit")
	}
	if cmd.RedirectContent && !cmd.Service.Store.Keys.off() {
		return fmt.Errorf("--redirect-content: documents are encrypted in the bucket, and callers could not read them: leave it out, or give encryption up with --master-key %s", noKey)
	}
	if err := cmd.Auth.validate(); err != nil {
		return err
	}
	return cmd.TLS.validate(cmd.Auth.ClientCA)
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
	secure, err := cmd.TLS.open(cmd.Auth.ClientCA, log)
	if err != nil {
		return err
	}
	service, err := cmd.Service.open(ctx, cmd.workers(), log)
	if err != nil {
		return err
	}
	defer service.close()
	service.metrics.Queue(service.queue)
	a := api.New(api.Config{
		Queue: service.queue, Renderer: service.renderer, Webhooks: service.webhooks, Library: service.library, Custody: service.custody, Audit: service.audit, Authenticate: auth, MaxBody: cmd.Service.MaxBody << 20,
		Limits: tenant.Limits{RequestsPerMinute: cmd.MaxRequests, RequestsPerMinuteEach: cmd.MaxRequestsEach}, Meter: service.meter,
		Redirect: cmd.RedirectContent, Metrics: service.metrics, Tracer: service.tracer, Log: log,
	})
	listener, err := net.Listen("tcp", cmd.Listen)
	if err != nil {
		return platen.WithKind(platen.Internal, fmt.Errorf("listen on %s: %w: choose another address with --listen", cmd.Listen, err))
	}
	scheme := "http"
	if secure != nil {
		scheme = "https"
	}
	fmt.Fprintf(std.err, "platen: listening on %s://%s\n", scheme, listener.Addr())
	return cmd.serve(ctx, listener, newServer(a, secure, log), service, log)
}

// maxHeader is how many bytes the head of a request may have, about: more than any token.
const maxHeader = 64 << 10

// newServer returns the server of an API: secure is nil where it speaks HTTP.
func newServer(a *api.API, secure *tls.Config, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler: a, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		HTTP2:    &http.HTTP2Config{WriteByteTimeout: time.Minute}, // a connection that takes no byte holds all its requests up
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(a.Drain)
	return server
}

// accept answers requests until the server is shut down.
func accept(server *http.Server, listener net.Listener) error {
	if server.TLSConfig != nil {
		return server.ServeTLS(listener, "", "")
	}
	return server.Serve(listener)
}

// serve runs API, workers and reconciler until ctx ends or one of them fails.
func (cmd *serveCmd) serve(ctx context.Context, listener net.Listener, server *http.Server, s *service, log *slog.Logger) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := accept(server, listener); !errors.Is(err, http.ErrServerClosed) {
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
