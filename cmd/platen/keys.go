package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/keys"
)

type keysCmd struct {
	New     keysNewCmd     `cmd:"" help:"Make a master key in a file."`
	Status  keysStatusCmd  `cmd:"" help:"Tell how the keys of tenants stand."`
	Rotate  keysRotateCmd  `cmd:"" help:"Give tenants new keys; the older ones open what they have sealed."`
	Rewrap  keysRewrapCmd  `cmd:"" help:"Protect the keys of tenants with another master key."`
	Destroy keysDestroyCmd `cmd:"" help:"Destroy the keys of a tenant: all that it has stored becomes unreadable, for good."`
}

type keysNewCmd struct {
	File string `arg:"" help:"File to write. One that is there is not replaced."`
}

// Run makes a master key.
func (cmd *keysNewCmd) Run(std streams) error {
	if err := keys.NewKeyFile(cmd.File); err != nil {
		return err
	}
	m, err := openNewKey(cmd.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s is the master key %s: keep a copy in a safe place, without it nothing that it protects can be read\n", cmd.File, m)
	return nil
}

// openNewKey returns the name of the key in a file.
func openNewKey(file string) (string, error) {
	m, err := keys.OpenMaster(context.Background(), file)
	if err != nil {
		return "", err
	}
	defer m.Close()
	return m.Name(), nil
}

// ringFlags say where the keys of tenants are, and whose are meant.
type ringFlags struct {
	Tenant string     `placeholder:"ID" help:"The tenant. Default: all that have keys."`
	Store  storeFlags `embed:""`
}

// Validate is called by kong.
func (f *ringFlags) Validate() error {
	if f.Store.Bucket == noBucket || f.Store.Keys.off() {
		return errors.New("there are no keys without a bucket, or with --master-key none")
	}
	if f.Tenant != "" {
		if _, err := platen.ParseTenantID(f.Tenant); err != nil {
			return errors.New(words(err))
		}
	}
	return nil
}

// of names one of the tenants.
func (f ringFlags) of(tenant platen.TenantID) tenantFlags {
	return tenantFlags{string(tenant), f.Store}
}

// open opens the keys, and finds the tenants that are meant.
func (f ringFlags) open(ctx context.Context, std streams) (*keys.Ring, []platen.TenantID, func() error, error) {
	all, err := f.Store.openAll()
	if err != nil {
		return nil, nil, nil, err
	}
	ring, err := f.Store.ring(ctx, all.main, std.warn)
	tenants := []platen.TenantID{platen.TenantID(f.Tenant)}
	if err == nil && f.Tenant == "" {
		tenants, err = ring.Tenants(ctx)
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, all.Close())
	}
	return ring, tenants, all.Close, nil
}

type keysStatusCmd struct {
	JSON bool      `help:"Print a line of JSON for each tenant."`
	Of   ringFlags `embed:""`
}

// Run tells how the keys stand. Keys that cannot be used make it fail.
func (cmd *keysStatusCmd) Run(ctx context.Context, std streams) error {
	ring, tenants, closeAll, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeAll()
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	if !cmd.JSON {
		fmt.Fprintln(table, "TENANT\tVERSION\tKEYS\tSINCE\tMASTER KEY")
	}
	var errs []error
	for _, tenant := range tenants {
		s, err := ring.Status(ctx, tenant)
		if err != nil {
			fmt.Fprintf(std.err, "platen: %s: %s\n", tenant, words(err))
			errs = append(errs, err)
			continue
		}
		if cmd.JSON {
			err = json.NewEncoder(std.out).Encode(s)
		} else {
			_, err = fmt.Fprintln(table, statusRow(s))
		}
		if err != nil {
			return cannotWrite("stdout", err)
		}
	}
	if err := table.Flush(); err != nil {
		return cannotWrite("stdout", err)
	}
	return worst(errs)
}

func statusRow(s keys.Status) string {
	if d := s.Destroyed; d != nil {
		return fmt.Sprintf("%s\t-\t-\t%s\tdestroyed by %s and %s", s.Tenant, d.Done.At.Format(time.DateOnly), d.Asked.By, d.Done.By)
	}
	return fmt.Sprintf("%s\t%d\t%d\t%s\t%s", s.Tenant, s.Version, s.Keys, s.Made.Format(time.DateOnly), s.Master)
}

type keysRotateCmd struct {
	Who whoFlags  `embed:""`
	Of  ringFlags `embed:""`
}

// Run gives each tenant a new key.
func (cmd *keysRotateCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.each(ctx, std, "rotating", func(ring *keys.Ring, tenant platen.TenantID) (string, error) {
		set, err := recorded(ctx, cmd.Of.of(tenant), cmd.Who.entry(audit.KeysRotated, "keys", string(tenant)), func() (*keys.Set, error) { return ring.Rotate(ctx, tenant) })
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s has version %d of its keys, with %d", tenant, set.Version(), set.Keys()), nil
	})
}

type keysRewrapCmd struct {
	Who whoFlags  `embed:""`
	Of  ringFlags `embed:""`
}

// Help is the long text of "platen help keys rewrap".
func (keysRewrapCmd) Help() string {
	return `While the master key changes all processes have both:

  1. start them anew with --master-key NEW --master-key OLD
  2. platen keys rewrap --master-key NEW --master-key OLD
  3. start them anew with --master-key NEW`
}

// Run wraps the keys of each tenant with the first master key.
func (cmd *keysRewrapCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.each(ctx, std, "wrapping", func(ring *keys.Ring, tenant platen.TenantID) (string, error) {
		done, err := recorded(ctx, cmd.Of.of(tenant), cmd.Who.entry(audit.KeysRewrapped, "keys", string(tenant)), func() (bool, error) { return ring.Rewrap(ctx, tenant) })
		switch {
		case err != nil:
			return "", err
		case !done:
			return fmt.Sprintf("%s is wrapped with this master key already", tenant), nil
		}
		return fmt.Sprintf("%s is wrapped with the new master key", tenant), nil
	})
}

// each does something with the keys of each tenant that is meant, those that are destroyed
// left out where all are, and tells of it.
func (f ringFlags) each(ctx context.Context, std streams, what string, do func(*keys.Ring, platen.TenantID) (string, error)) error {
	ring, tenants, closeAll, err := f.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeAll()
	var ids []string
	for _, tenant := range tenants {
		if _, err := ring.Destroyed(ctx, tenant); f.Tenant != "" || errors.Is(err, platen.NotFound) {
			ids = append(ids, string(tenant))
		}
	}
	return std.each(ctx, what, ids, false, func(id string) (changed, error) {
		if _, err := ring.Opening(ctx, platen.TenantID(id)); err != nil { // an entry in its audit trail would make keys
			return changed{}, err
		}
		text, err := do(ring, platen.TenantID(id))
		return changed{text: text}, err
	})
}
