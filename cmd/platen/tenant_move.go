package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/google/renameio/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/tenant/archive"
)

type tenantCreateCmd struct {
	ID     string      `arg:"" help:"Id of the tenant: a-z, 0-9 and -."`
	From   string      `placeholder:"PROFILE" help:"Settings to begin with: standard or high-compliance; by default none."`
	Change changeFlags `embed:""`
	Store  storeFlags  `embed:""`
}

// Help is the long text of "platen help tenant create".
func (tenantCreateCmd) Help() string {
	return `  standard          one approval of each version of a template, by another person than its publisher
  high-compliance   two approvals by two other persons, as Reviewed or Approved, and a statement
                    on electronic signatures (21 CFR Part 11) on each document

  platen tenant create acme --from high-compliance --reason "CR-118"

A tenant that nobody has created may render documents, too: it has decided nothing.`
}

// Validate is called by kong.
func (cmd *tenantCreateCmd) Validate() error { return cmd.of().Validate() }

func (cmd *tenantCreateCmd) of() *tenantFlags { return &tenantFlags{Tenant: cmd.ID, Store: cmd.Store} }

// Run makes the first revision of the tenant's settings.
func (cmd *tenantCreateCmd) Run(ctx context.Context, std streams) error {
	var s tenant.Settings
	if cmd.From != "" {
		var err error
		if s, err = tenant.Profile(cmd.From); err != nil {
			return err
		}
	}
	bucket, closeBucket, err := cmd.of().open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	r, err := recorded(ctx, *cmd.of(), cmd.Change.entry(audit.TenantCreated, "tenant", cmd.ID), func() (tenant.Revision, error) {
		return tenant.Create(ctx, bucket, s, cmd.Change.change(0))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.ID, err)
	}
	fmt.Fprintf(std.err, "tenant %s, revision %d\n", cmd.ID, r.Number)
	return nil
}

type tenantExportCmd struct {
	ID     string     `arg:"" help:"Id of the tenant."`
	Output string     `short:"o" required:"" placeholder:"FILE" help:"Zip file that is written."`
	Who    whoFlags   `embed:""`
	Store  storeFlags `embed:""`
}

// Help is the long text of "platen help tenant export".
func (tenantExportCmd) Help() string {
	return `The archive has the revisions of the settings, the files of the slots, and the versions of the
templates with their logs and contracts. It has no documents, jobs, webhooks, keys or audit trail.

  platen tenant export acme -o acme.zip
  platen tenant import acme.zip --tenant acme --bucket /srv/other`
}

// Validate is called by kong.
func (cmd *tenantExportCmd) Validate() error { return cmd.of().Validate() }

func (cmd *tenantExportCmd) of() *tenantFlags { return &tenantFlags{Tenant: cmd.ID, Store: cmd.Store} }

// Run writes the archive, whole or not at all.
func (cmd *tenantExportCmd) Run(ctx context.Context, std streams) error {
	bucket, closeBucket, err := cmd.of().open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	file, err := renameio.NewPendingFile(cmd.Output, renameio.WithPermissions(0o644), renameio.WithExistingPermissions())
	if err != nil {
		return cannotWrite(cmd.Output, err)
	}
	defer file.Cleanup()
	index, err := recorded(ctx, *cmd.of(), cmd.Who.entry(audit.TenantExported, "tenant", cmd.ID), func() (archive.Index, error) {
		step, end := std.steps("export")
		defer end()
		return archive.Export(ctx, platen.TenantID(cmd.ID), bucket, file, step)
	})
	if err != nil {
		return err
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return cannotWrite(cmd.Output, err)
	}
	fmt.Fprintf(std.err, "%s: tenant %s, %s\n", cmd.Output, cmd.ID, count(len(index.Files), "file"))
	return nil
}

// steps returns what shows how many of how many steps are done, and what ends that.
func (s streams) steps(what string) (step func(done, all int), end func()) {
	bar := s.progress(0, what)
	step = func(done, all int) {
		if done == 1 {
			bar = s.progress(all, what)
		}
		bar.Set(done)
	}
	return step, func() { bar.Finish() }
}

type tenantImportCmd struct {
	File string      `arg:"" help:"Archive that platen tenant export has written."`
	Who  whoFlags    `embed:""`
	Of   tenantFlags `embed:""`
}

// Help is the long text of "platen help tenant import".
func (tenantImportCmd) Help() string {
	return `The tenant may be new, have another id than the one that was exported, or have the same history up
to some point. All of the archive is checked first: digests, settings, files, templates. Where the
tenant has something else, nothing is written, and it says where. What was interrupted is done
again with the same command.

  platen tenant import acme.zip --tenant acme-staging`
}

// Run imports the archive.
func (cmd tenantImportCmd) Run(ctx context.Context, std streams) error {
	file, err := os.Open(cmd.File)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: there is no such file: %w", cmd.File, platen.NotFound)
	}
	if err != nil {
		return platen.WithKind(platen.Internal, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return platen.WithKind(platen.Internal, err)
	}
	bucket, closeBucket, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	res, err := recorded(ctx, cmd.Of, cmd.Who.entry(audit.TenantImported, "tenant", cmd.Of.Tenant), func() (archive.Result, error) {
		step, end := std.steps("import")
		defer end()
		return archive.Import(ctx, bucket, file, info.Size(), step)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	fmt.Fprintf(std.err, "tenant %s, from %s: %s written, %d there already\n", cmd.Of.Tenant, res.Tenant, count(res.Written, "file"), res.There)
	return nil
}
