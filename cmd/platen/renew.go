package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/webhook"
)

type renewCmd struct {
	Within       string      `default:"90d" placeholder:"DAYS" help:"Renew documents whose last time stamp can be verified for so many days at most, as in 90d."`
	TSA          string      `name:"tsa" placeholder:"URL" help:"The time stamp authority (RFC 3161). Default: that of the tenant's seal."`
	WebhookAllow []string    `placeholder:"NET" help:"Networks, addresses and hosts off the public Internet that are asked for time stamps and revocation, as for platen serve; by default none."`
	AllTenants   bool        `help:"Renew the documents of all tenants that the bucket has, each with its own seal's authority."`
	DryRun       bool        `help:"Say what would be renewed, and do nothing."`
	JSON         bool        `name:"json" help:"Print a line of JSON for each document."`
	Who          whoFlags    `embed:""`
	Of           tenantFlags `embed:""`
}

// Validate is called by kong.
func (cmd *renewCmd) Validate() error {
	if n, err := cmd.days(); err != nil || n < 1 || n > maxWithin {
		return fmt.Errorf("--within is %q: want 1d to %dd", cmd.Within, maxWithin)
	}
	if _, err := webhook.ParseAllow(cmd.WebhookAllow); err != nil {
		return errors.New("--webhook-allow: " + words(err))
	}
	return nil
}

const maxWithin = 3653 // days

func (cmd *renewCmd) days() (int, error) { return strconv.Atoi(strings.TrimSuffix(cmd.Within, "d")) }

// Help is the long text of "platen help renew".
func (renewCmd) Help() string {
	return `A document that is sealed at B-LTA can be verified until the certificate of its last time stamp
expires. Those for which that is near get the evidence that they lack and another time stamp. What is
archived stays as it is: the renewed document is an object of its own. Run it each day; it may run on
several machines at once.

  platen renew --tenant acme --dry-run
  platen renew --tenant acme --within 90d
  platen renew --all-tenants`
}

// Run renews documents. One that cannot be renewed keeps no other one from it, and no
// tenant another one.
func (cmd *renewCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	bucket, closeBucket, err := cmd.Of.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	r := renderer.New(renderer.Config{Bucket: bucket, Now: time.Now, Log: log})
	job := &renewal{renewCmd: cmd, std: std, keeper: newKeeper(r, ""), trail: audit.New(audit.Config{Bucket: bucket, Now: time.Now})}
	if !cmd.AllTenants {
		return worst(job.all(ctx, r, platen.TenantID(cmd.Of.Tenant)))
	}
	var errs []error
	for id, err := range tenantsOf(ctx, bucket) {
		if err != nil {
			return err
		}
		errs = append(errs, job.all(ctx, r, id)...)
	}
	return worst(errs)
}

// tenantsOf yields the tenants that have anything in a bucket, in order.
func tenantsOf(ctx context.Context, bucket storage.Bucket) iter.Seq2[platen.TenantID, error] {
	return func(yield func(platen.TenantID, error) bool) {
		var last platen.TenantID
		for key, err := range bucket.List(ctx, "tenants/") {
			if err != nil {
				yield("", fmt.Errorf("find the tenants: %w", err))
				return
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(key, "tenants/"), "/")
			id, err := platen.ParseTenantID(name)
			if err != nil || id == last {
				continue
			}
			if last = id; !yield(id, nil) {
				return
			}
		}
	}
}

// all renews what is due of a tenant, and says how many documents that were, and what
// went wrong.
func (job *renewal) all(ctx context.Context, r *renderer.Renderer, id platen.TenantID) (errs []error) {
	failed := func(err error) {
		errs = append(errs, err)
		fmt.Fprintf(job.std.err, "platen: %s\n", words(err))
	}
	var err error
	if job.with, err = job.options(ctx, r, id); err != nil {
		failed(err)
		return errs
	}
	days, _ := job.days() // Validate has looked at it
	done := 0
	for d, err := range job.keeper.Due(ctx, id, time.Now().AddDate(0, 0, days), job.DryRun) {
		if err == nil {
			err = job.renew(ctx, id, d)
		}
		if err == nil {
			done++
			continue
		}
		failed(err)
		if ctx.Err() != nil {
			return errs
		}
	}
	of, what := "", "renewed"
	if job.AllTenants {
		of = "tenant " + string(id) + ": "
	}
	if job.DryRun {
		what = "to renew"
	}
	fmt.Fprintf(job.std.err, "%s%s %s\n", of, count(done, "document"), what)
	return errs
}

// options say what a document is renewed with.
func (cmd *renewCmd) options(ctx context.Context, r *renderer.Renderer, id platen.TenantID) (o sign.ProlongOptions, err error) {
	allow, _ := webhook.ParseAllow(cmd.WebhookAllow) // Validate has looked at it
	current, err := r.Settings.Current(ctx, id)
	if err != nil {
		return o, err
	}
	o.Client = webhook.NewClient(allow, evidenceTime)
	o.TSA = &sign.TSA{URL: cmp.Or(cmd.TSA, current.Settings.Seal.TSA), Client: o.Client}
	o.Known, err = current.Settings.Roots()
	return o, err
}

// A renewal is a run of the command.
type renewal struct {
	*renewCmd
	std    streams
	keeper *custody.Keeper
	trail  *audit.Trail
	with   sign.ProlongOptions
}

// renew renews one document, which is an entry in the audit trail, and tells of it.
func (job *renewal) renew(ctx context.Context, id platen.TenantID, d custody.Due) error {
	document := cmp.Or(d.Document, d.RenderKey)
	if job.DryRun {
		return job.tell(document, d)
	}
	if job.with.TSA.URL == "" {
		return usage("the seal of the tenant %s names no time stamp authority: name one with --tsa", id)
	}
	e := job.Who.entry(audit.DocumentRenewed, "document", document)
	e.On[0].SHA256, e.Credential = d.SHA256, atTerminal
	e.From, _ = os.Hostname()
	announced, err := job.trail.Add(ctx, id, e)
	if err != nil {
		return err
	}
	if d.Renewal, err = job.keeper.Renew(ctx, id, d, job.with, job.Who.By); err != nil {
		err = fmt.Errorf("document %s: %w", document, err)
		return errors.Join(err, job.trail.Fail(context.WithoutCancel(ctx), announced[0], platen.KindOf(err)))
	}
	return job.tell(document, d)
}

func (job *renewal) tell(document string, d custody.Due) error {
	if job.JSON {
		return cannotWrite("stdout", json.NewEncoder(job.std.out).Encode(d))
	}
	_, err := fmt.Fprintf(job.std.out, "%s  until %s  sha256 %s\n", document, d.Until.Format(time.RFC3339), d.SHA256)
	return cannotWrite("stdout", err)
}
