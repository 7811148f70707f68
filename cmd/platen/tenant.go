package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

type tenantCmd struct {
	Settings struct {
		Get settingsGetCmd `cmd:"" help:"Print the newest settings as JSON."`
		Put settingsPutCmd `cmd:"" help:"Add a revision of the settings, which then counts."`
	} `cmd:"" help:"What a tenant has decided for all its documents."`
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
func (f tenantFlags) open() (storage.Bucket, func() error, error) {
	bucket, closeBucket, err := f.Store.open()
	if err != nil {
		return nil, nil, err
	}
	own, err := storage.ForTenant(bucket, platen.TenantID(f.Tenant))
	return own, closeBucket, err
}

type settingsGetCmd struct {
	Of tenantFlags `embed:""`
}

// Run prints the newest settings.
func (cmd settingsGetCmd) Run(ctx context.Context, std streams) error {
	bucket, closeBucket, err := cmd.Of.open()
	if err != nil {
		return err
	}
	defer closeBucket()
	r, err := tenant.Current(ctx, bucket)
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

type settingsPutCmd struct {
	File     string `arg:"" help:"Settings in JSON; - reads stdin."`
	actFlags `embed:""`
	Of       tenantFlags `embed:""`
}

// Help is the long text of "platen help tenant settings put".
func (settingsPutCmd) Help() string {
	return `The watermarks of the settings are drawn on every document of the tenant, after those of
the template and before those of the request:

  {"watermarks": [{"text": "UNCONTROLLED COPY", "rotate": 45, "opacity": 0.1}]}

The fields are the keys of --watermark in "platen help render"; an image is
{"image": {"name": "logo.svg", "content": "<base64>"}}.`
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
	bucket, closeBucket, err := cmd.Of.open()
	if err != nil {
		return err
	}
	defer closeBucket()
	last, err := tenant.Current(ctx, bucket)
	if err != nil {
		return err
	}
	r, err := tenant.Put(ctx, bucket, s, tenant.Change{Base: last.Number, By: cmd.By, Reason: cmd.Reason, At: time.Now()})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "tenant %s, revision %d, sha256 %s\n", cmd.Of.Tenant, r.Number, r.Settings.Look())
	return nil
}
