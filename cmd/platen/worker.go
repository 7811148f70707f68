package main

import (
	"context"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"
)

type workerCmd struct {
	Metrics string       `placeholder:"ADDR" help:"Address for /metrics, /livez, /readyz and /version, as in 127.0.0.1:9090. It asks nobody who they are. Without it there is none."`
	Workers int          `short:"n" default:"${workers}" help:"Documents at once."`
	Service serviceFlags `embed:""`
}

// Validate is called by kong.
func (cmd *workerCmd) Validate() error {
	switch {
	case cmd.Workers < 1:
		return fmt.Errorf("--workers is %d: want 1 or more", cmd.Workers)
	case cmd.Service.Redis == "":
		return fmt.Errorf("--redis is empty: a worker of its own gets its jobs through Redis; platen serve has workers of its own")
	}
	return nil
}

// Help is the long text of "platen help worker".
func (workerCmd) Help() string {
	return `Renders the jobs that platen serve accepts. Any number of workers may run, on any number of
machines that reach the same bucket and the same Redis; each may be killed at any time.

  platen serve  --bucket s3://batch-records --redis redis://queue:6379
  platen worker --bucket s3://batch-records --redis redis://queue:6379 -n 4`
}

// Run works until it is interrupted; it then gives back what is not done.
func (cmd *workerCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	s, err := cmd.Service.open(ctx, cmd.Workers, log)
	if err != nil {
		return err
	}
	defer s.close()
	if cmd.Metrics != "" {
		server, err := s.observe(ctx, cmd.Metrics, log)
		if err != nil {
			return err
		}
		defer server.Close()
	}
	fmt.Fprintf(std.err, "platen: working, %s at once\n", count(cmd.Workers, "document"))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.work(ctx, cmd.Workers) })
	group.Go(func() error { return s.queue.Reconcile(ctx) })
	return group.Wait()
}
