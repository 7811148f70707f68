package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

type keysDestroyCmd struct {
	Tenant  string     `arg:"" help:"The tenant."`
	By      string     `default:"${user}" help:"Who does it."`
	Reason  string     `required:"" help:"Why; it is kept for good."`
	Confirm bool       `help:"Destroy what somebody else has asked to be destroyed."`
	Store   storeFlags `embed:""`
}

// Validate is called by kong.
func (cmd *keysDestroyCmd) Validate() error {
	return (&ringFlags{cmd.Tenant, cmd.Store}).Validate()
}

// Help is the long text of "platen help keys destroy".
func (keysDestroyCmd) Help() string {
	return `Two persons must agree. The first one asks, and within a week another one does it:

  platen keys destroy acme --by ann --reason "the contract has ended"
  platen keys destroy acme --by ben --reason "the contract has ended" --confirm

Documents, records, templates, settings and audit trail of the tenant, and all copies and backups of these, cannot be read by
anybody afterwards. As long as the tenant's regulatory settings keep records it is refused.`
}

// Run asks for the destruction of a tenant's keys, or does it.
func (cmd *keysDestroyCmd) Run(ctx context.Context, std streams) error {
	of := ringFlags{cmd.Tenant, cmd.Store}
	ring, _, closeAll, err := of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeAll()
	id := platen.TenantID(cmd.Tenant)
	if err := cmd.retained(ctx, std, ring, id); err != nil {
		return err
	}
	if !cmd.Confirm {
		_, err := recorded(ctx, of.of(id), cmd.entry(audit.KeysDoomed), func() (keys.Request, error) {
			return ring.RequestDestruction(ctx, id, cmd.By, cmd.Reason)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(std.err, "%s has asked that the keys of %s be destroyed; another person can do so within a week, with --confirm\n", cmd.By, id)
		return nil
	}
	d, err := cmd.destroy(ctx, ring, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "the keys of %s are destroyed, as %s and %s wanted: nothing that it has stored can be read\n", id, d.Asked.By, d.Done.By)
	return nil
}

func (cmd *keysDestroyCmd) entry(action audit.Action) audit.Entry {
	return whoFlags{cmd.By, cmd.Reason}.entry(action, "keys", cmd.Tenant)
}

// destroy destroys the keys, or what an interruption has left of them: then there is no
// audit trail any more.
func (cmd *keysDestroyCmd) destroy(ctx context.Context, ring *keys.Ring, id platen.TenantID) (keys.Destruction, error) {
	do := func() (keys.Destruction, error) { return ring.Destroy(ctx, id, cmd.By, cmd.Reason) }
	if _, err := ring.Destroyed(ctx, id); err == nil {
		return do()
	}
	return recorded(ctx, tenantFlags{cmd.Tenant, cmd.Store}, cmd.entry(audit.KeysDestroyed), do)
}

// retained is Denied as long as the tenant's records have to be kept, and NotFound where it
// has no keys.
func (cmd *keysDestroyCmd) retained(ctx context.Context, std streams, ring *keys.Ring, id platen.TenantID) error {
	if _, err := ring.Destroyed(ctx, id); !errors.Is(err, platen.NotFound) {
		return err // the rest of what was interrupted
	}
	if _, err := ring.Opening(ctx, id); err != nil {
		return err
	}
	bucket, closeBucket, err := cmd.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	own, err := storage.ForTenant(bucket, id)
	if err != nil {
		return err
	}
	last, err := lastJob(ctx, own)
	if err != nil || last.IsZero() {
		return err
	}
	r, err := tenant.Current(ctx, own)
	if err != nil {
		return err
	}
	days := r.Settings.Regulatory.AuditRetentionDays
	if days == 0 {
		return fmt.Errorf("the settings of tenant %s keep its records for good: set regulatory.auditRetentionDays if they may go one day: %w", id, platen.Denied)
	}
	if until := last.AddDate(0, 0, days+1); time.Now().Before(until) {
		return fmt.Errorf("the records of tenant %s must be kept until %s: %w", id, until.Format(time.DateOnly), platen.Denied)
	}
	return nil
}

// lastJob returns the day on which the tenant's newest job was accepted; zero if it never
// had one.
func lastJob(ctx context.Context, own storage.Bucket) (last time.Time, err error) {
	for key, err := range own.List(ctx, "jobs/") {
		if err != nil {
			return last, err
		}
		const layout = "jobs/2006/01/02"
		if day, err := time.Parse(layout, key[:min(len(key), len(layout))]); err == nil && day.After(last) {
			last = day
		}
	}
	return last, nil
}
