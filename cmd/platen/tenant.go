package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

type tenantCmd struct {
	Create   tenantCreateCmd `cmd:"" help:"Make a tenant, with settings to begin with."`
	Show     tenantShowCmd   `cmd:"" help:"Say what a tenant has decided, who did it and when, and which versions are in force."`
	Log      tenantLogCmd    `cmd:"" help:"Print what has changed for a tenant, as lines of JSON."`
	Export   tenantExportCmd `cmd:"" help:"Write what a tenant has decided and published into a zip file."`
	Import   tenantImportCmd `cmd:"" help:"Read such a file."`
	Settings struct {
		Get settingsGetCmd `cmd:"" help:"Print the newest settings as JSON."`
		Put settingsPutCmd `cmd:"" help:"Add a revision of the settings, which then counts."`
	} `cmd:"" help:"What a tenant has decided for all its documents."`
	Asset struct {
		Put  assetPutCmd  `cmd:"" help:"Fill a slot with a file: a logo, a font, a letterhead."`
		List assetListCmd `cmd:"" help:"List the slots and what fills them."`
	} `cmd:"" help:"The files of a tenant."`
	Seal struct {
		Set  sealSetCmd  `cmd:"" help:"Bring a sealing key, and say how it seals; it replaces the one before."`
		Show sealShowCmd `cmd:"" help:"Say whose certificate seals, how, and where its key is."`
	} `cmd:"" help:"The key that seals a tenant's documents."`
}

// tenantFlags name a tenant and where its documents and settings are.
type tenantFlags struct {
	Tenant string     `default:"local" help:"Whose settings they are."`
	Store  storeFlags `embed:""`
}

// Validate is called by kong.
func (f *tenantFlags) Validate() error {
	if _, err := platen.ParseTenantID(f.Tenant); err != nil {
		return fmt.Errorf("%s", words(err))
	}
	if f.Store.Bucket == noBucket {
		return fmt.Errorf("--bucket is %s: settings are kept in a bucket: name a folder", noBucket)
	}
	return nil
}

// open returns the tenant's bucket, and what closes it.
func (f tenantFlags) open(ctx context.Context, std streams) (storage.Bucket, func() error, error) {
	bucket, closeBucket, err := f.Store.open(ctx, std)
	if err != nil {
		return nil, nil, err
	}
	own, err := storage.ForTenant(bucket, platen.TenantID(f.Tenant))
	return own, closeBucket, err
}

type settingsGetCmd struct {
	Of tenantFlags `embed:""`
}

// newest returns the tenant's newest settings.
func (f tenantFlags) newest(ctx context.Context, std streams) (tenant.Revision, error) {
	bucket, closeBucket, err := f.open(ctx, std)
	if err != nil {
		return tenant.Revision{}, err
	}
	defer closeBucket()
	return tenant.Current(ctx, bucket)
}

// Run prints the newest settings.
func (cmd settingsGetCmd) Run(ctx context.Context, std streams) error {
	r, err := cmd.Of.newest(ctx, std)
	if err != nil {
		return err
	}
	out := json.NewEncoder(std.out)
	out.SetIndent("", "  ")
	if err := out.Encode(r.Settings); err != nil {
		return cannotWrite("stdout", err)
	}
	fmt.Fprintf(std.err, "tenant %s, revision %d\n", cmd.Of.Tenant, r.Number)
	return nil
}

// changeFlags say who changes the settings, and why.
type changeFlags struct {
	By     string `default:"${user}" help:"Who does it."`
	Reason string `help:"Why; it stands in the revision."`
}

// change is one from a revision on.
func (f changeFlags) change(base int) tenant.Change {
	return tenant.Change{Base: base, By: f.By, Reason: f.Reason, At: time.Now()}
}

type settingsPutCmd struct {
	File     string      `arg:"" help:"Settings in JSON; - reads stdin."`
	Revision *int        `help:"The revision that the file was made from: another one that somebody has added since is then not lost. Left out: the newest."`
	Change   changeFlags `embed:""`
	Of       tenantFlags `embed:""`
}

// Help is the long text of "platen help tenant settings put".
func (settingsPutCmd) Help() string {
	return `The settings replace those that are there; start with what "platen tenant settings get" prints.

  {
    "theme": {"colors": {"primary": "#7a0019"}},
    "copy": {"batchRecord": {"en": "PROD LOG"}},
    "texts": {"disclaimer": {"locales": {"en": "For **internal** use"}}},
    "watermarks": [{"text": "UNCONTROLLED COPY", "rotate": 45, "opacity": 0.1}]
  }

docs/branding.md describes all of them. The watermarks are drawn on every document of the tenant,
after those of the template and before those of the request. Their fields are the keys of
--watermark in "platen help render"; an image is the name of a slot.`
}

// Run adds a revision.
func (cmd settingsPutCmd) Run(ctx context.Context, std streams) error {
	src, err := readData(ctx, cmd.File, std.in, tenant.MaxSettings)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	s, err := tenant.Parse(src)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	bucket, closeBucket, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	last, err := tenant.Current(ctx, bucket)
	if err != nil {
		return err
	}
	change := cmd.Change.change(last.Number)
	if cmd.Revision != nil {
		change.Base = *cmd.Revision
	}
	r, err := recorded(ctx, cmd.Of, cmd.Change.entry(audit.SettingsChanged, "settings", ""), func() (tenant.Revision, error) {
		return tenant.Put(ctx, bucket, s, change)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "tenant %s, revision %d\n", cmd.Of.Tenant, r.Number)
	return nil
}
