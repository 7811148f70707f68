package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

type jobRetryCmd struct {
	IDs    []string    `arg:"" optional:"" name:"id" help:"Ids of jobs that have failed."`
	Filter jobFilter   `embed:""`
	Yes    bool        `short:"y" help:"Do not ask whether all dead letters are meant."`
	JSON   bool        `name:"json" help:"Print each new job as the API has it, as a JSON line."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Validate is called by kong.
func (cmd *jobRetryCmd) Validate() error {
	switch {
	case len(cmd.IDs) == 0 && !cmd.Filter.Dead:
		return errors.New("which jobs? Want ids, or --dead for all dead letters")
	case len(cmd.IDs) > 0 && cmd.Filter != jobFilter{}:
		return errors.New("want either ids, or --dead with --template, --from and --to")
	}
	return nil
}

// Help is the long text of "platen help job retry".
func (*jobRetryCmd) Help() string {
	return `Each job becomes a new one, whose id is printed; the one that has failed stays on record. Asked for
again, it is the same new job.

  platen job list --dead
  platen job retry --dead --from 2026-03-01`
}

// Run does jobs once more.
func (cmd *jobRetryCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	if cmd.Filter.Dead {
		if cmd.IDs, err = cmd.dead(ctx, c, std); err != nil {
			return err
		}
	}
	return std.each(ctx, "jobs", cmd.IDs, cmd.JSON, func(id string) (changed, error) {
		d, err := answer[client.Document](c.RetryDocument(ctx, id))
		return changed{d, fmt.Sprintf("%s is done once more as %s, which is %s", id, d.Id, stateOf(string(d.State), d.Dead))}, err
	})
}

// dead returns the ids of all dead letters that the filter chooses, those that were
// accepted first first, if they are meant; none if not.
func (cmd *jobRetryCmd) dead(ctx context.Context, c *client.Client, std streams) (ids []string, err error) {
	for d, err := range cmd.Filter.jobs(ctx, c, "", listFlags{}.page()) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, d.Id)
	}
	slices.Reverse(ids)
	letters := count(len(ids), "dead letter")
	switch {
	case len(ids) == 0:
		fmt.Fprintln(std.err, "platen: there is no dead letter")
		return nil, nil
	case cmd.Yes:
		return ids, nil
	case !isTerminal(std.in):
		return nil, usage("--dead is %s, and nobody can be asked here: add --yes to do them once more", letters)
	}
	yes, err := std.ask(ctx, fmt.Sprintf("Do %s once more?", letters))
	if !yes {
		return nil, err
	}
	return ids, err
}

type jobCancelCmd struct {
	IDs    []string    `arg:"" name:"id" help:"Ids of jobs that have not ended."`
	JSON   bool        `name:"json" help:"Print each job as the API has it, as a JSON line."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Run cancels jobs. One that has ended in another way is an error.
func (cmd *jobCancelCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	return std.each(ctx, "jobs", cmd.IDs, cmd.JSON, func(id string) (changed, error) {
		d, err := answer[client.Document](c.CancelDocument(ctx, id))
		if err == nil && d.State != client.DocumentStateCancelled {
			err = fmt.Errorf("job %s had ended before: it is %s: %w", id, stateOf(string(d.State), d.Dead), platen.Conflict)
		}
		return changed{d, id + " is cancelled"}, err
	})
}
