package main

import (
	"context"
	"fmt"
	"iter"

	"github.com/dicode/platen/client"
)

type jobCmd struct {
	List   jobListCmd   `cmd:"" help:"List jobs, the newest first."`
	Show   jobShowCmd   `cmd:"" help:"Say what is known of a job."`
	Get    jobGetCmd    `cmd:"" help:"Fetch the PDF of a job that is done."`
	Retry  jobRetryCmd  `cmd:"" help:"Do jobs that have failed once more."`
	Cancel jobCancelCmd `cmd:"" help:"Cancel jobs that have not ended."`
}

// A jobFilter chooses jobs.
type jobFilter struct {
	Dead     bool     `help:"Only dead letters: jobs that failed through no fault of their own, were tried as often as may be, and were not done once more."`
	Template string   `short:"t" placeholder:"NAME" help:"Only jobs of this template."`
	Days     dayFlags `embed:""`
}

// jobs yields the jobs that the filter chooses, the newest first.
func (f jobFilter) jobs(ctx context.Context, c *client.Client, state string, limit *int64) iter.Seq2[client.Document, error] {
	params := client.ListDocumentsParams{
		State: given(client.ListDocumentsParamsState(state)), Dead: given(f.Dead), Template: given(f.Template),
		From: f.Days.from(), To: f.Days.to(), Limit: limit,
	}
	return pages(func(before *string) ([]client.Document, string, error) {
		params.Before = before
		page, err := answer[client.Page](c.ListDocuments(ctx, &params))
		return page.Documents, page.Next, err
	})
}

type jobListCmd struct {
	State  string      `placeholder:"STATE" help:"Only jobs that are queued, running, done, failed or cancelled."`
	Filter jobFilter   `embed:""`
	List   listFlags   `embed:""`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Validate is called by kong.
func (cmd *jobListCmd) Validate() error {
	if cmd.State != "" && !client.DocumentState(cmd.State).Valid() {
		return fmt.Errorf("--state is %q: want queued, running, done, failed or cancelled", cmd.State)
	}
	return nil
}

// Run lists jobs.
func (cmd *jobListCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	jobs := cmd.Filter.jobs(ctx, c, cmd.State, cmd.List.page())
	head := []string{"ID", "STATE", "TEMPLATE", "ACCEPTED", "ATTEMPTS", "RESULT"}
	return printList(std, cmd.List, jobs, head, func(d client.Document) []string {
		return []string{d.Id, stateOf(string(d.State), d.Dead), d.Template, utc(d.Accepted), fmt.Sprint(d.Attempts), resultOf(d)}
	})
}

// stateOf is a state, and whether what is in it is a dead letter.
func stateOf(state string, dead bool) string {
	if dead {
		return state + ", dead"
	}
	return state
}

func resultOf(d client.Document) string {
	if d.State == client.DocumentStateDone {
		return count(int(d.Document.Pages), "page")
	}
	return d.Problem.Detail
}
