package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/dicode/platen/client"
)

type deliveryCmd struct {
	List  deliveryListCmd  `cmd:"" help:"List deliveries, the newest first."`
	Show  deliveryShowCmd  `cmd:"" help:"Say what is known of a delivery."`
	Retry deliveryRetryCmd `cmd:"" help:"Deliver notices once more."`
}

type deliveryListCmd struct {
	State   string      `placeholder:"STATE" help:"Only deliveries that are queued, running, done or failed."`
	Webhook string      `placeholder:"NAME" help:"Only deliveries to this webhook."`
	Dead    bool        `help:"Only those that were tried as often as may be."`
	Days    dayFlags    `embed:""`
	List    listFlags   `embed:""`
	Remote  remoteFlags `embed:"" group:"Server"`
}

// Validate is called by kong.
func (cmd *deliveryListCmd) Validate() error {
	if cmd.State != "" && !client.WebhookDeliveryState(cmd.State).Valid() {
		return fmt.Errorf("--state is %q: want queued, running, done or failed", cmd.State)
	}
	return nil
}

// Run lists deliveries.
func (cmd *deliveryListCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	params := client.ListDeliveriesParams{
		State: given(client.ListDeliveriesParamsState(cmd.State)), Webhook: given(cmd.Webhook), Dead: given(cmd.Dead),
		From: cmd.Days.from(), To: cmd.Days.to(), Limit: cmd.List.page(),
	}
	deliveries := pages(func(before *string) ([]client.WebhookDelivery, string, error) {
		params.Before = before
		page, err := answer[client.DeliveryPage](c.ListDeliveries(ctx, &params))
		return page.Deliveries, page.Next, err
	})
	head := []string{"ID", "STATE", "WEBHOOK", "TYPE", "DOCUMENT", "ACCEPTED", "ATTEMPTS", "PROBLEM"}
	return printList(std, cmd.List, deliveries, head, func(d client.WebhookDelivery) []string {
		return []string{d.Id, stateOf(string(d.State), d.Dead), d.Webhook, d.Type, d.Document, utc(d.Accepted), fmt.Sprint(len(d.Attempts)), d.Problem}
	})
}

type deliveryShowCmd struct {
	ID     string      `arg:"" help:"Id of a delivery."`
	JSON   bool        `name:"json" help:"Print the delivery as the API has it, as a JSON line."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Run prints what is known of a delivery.
func (cmd *deliveryShowCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	d, err := answer[client.WebhookDelivery](c.GetDelivery(ctx, cmd.ID))
	if err != nil {
		return err
	}
	if cmd.JSON {
		return cannotWrite("stdout", json.NewEncoder(std.out).Encode(d))
	}
	return cannotWrite("stdout", printDelivery(std.out, d))
}

// printDelivery writes a delivery for people, a line for each thing that is known.
func printDelivery(w io.Writer, d client.WebhookDelivery) error {
	t := newTable(w)
	t.fact("id", d.Id)
	t.fact("state", stateOf(string(d.State), d.Dead))
	t.fact("webhook", d.Webhook)
	t.fact("notice", d.Notice)
	t.fact("type", d.Type)
	t.fact("document", d.Document)
	t.fact("accepted", utc(d.Accepted))
	t.fact("ended", utc(d.Ended))
	t.fact("problem", d.Problem)
	for i, a := range d.Attempts {
		t.fact(fmt.Sprint("attempt ", i+1), utc(a.Started)+": "+attemptText(a, d.State, i == len(d.Attempts)-1))
	}
	return t.Flush()
}

// attemptText says how an attempt of a delivery in a state ended.
func attemptText(a client.DeliveryAttempt, state client.WebhookDeliveryState, last bool) string {
	switch {
	case !a.Next.IsZero():
		return a.Problem + ", again at " + utc(a.Next)
	case a.Problem != "":
		return a.Problem
	case last && state == client.WebhookDeliveryStateDone:
		return "delivered"
	case last && state == client.WebhookDeliveryStateRunning:
		return "goes on"
	}
	return "broken off" // its worker was stopped, or died
}

type deliveryRetryCmd struct {
	IDs    []string    `arg:"" name:"id" help:"Ids of deliveries that have ended."`
	JSON   bool        `name:"json" help:"Print each new delivery as the API has it, as a JSON line."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Help is the long text of "platen help delivery retry".
func (*deliveryRetryCmd) Help() string {
	return `Each becomes a new delivery of the same notice, whether the receiver has had it or not; it knows the
notice by its id.

  platen delivery list --dead --webhook lims --limit 0 --json | jq -r .id | xargs platen delivery retry`
}

// Run delivers notices once more.
func (cmd *deliveryRetryCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	return std.each(ctx, "deliveries", cmd.IDs, cmd.JSON, func(id string) (changed, error) {
		d, err := answer[client.WebhookDelivery](c.RetryDelivery(ctx, id))
		return changed{d, fmt.Sprintf("%s is delivered once more as %s, which is %s", id, d.Id, d.State)}, err
	})
}
