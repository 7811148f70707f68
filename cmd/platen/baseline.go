package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

type baselineCmd struct {
	Record  baselineRecordCmd  `cmd:"" help:"Take the documents of samples that have no baseline for right."`
	Check   baselineCheckCmd   `cmd:"" help:"Make all documents anew, and compare them with their baselines."`
	Approve baselineApproveCmd `cmd:"" help:"Take documents that were checked for right from now on."`
	List    baselineListCmd    `cmd:"" help:"List the baselines, with who took them for right, when and why."`
}

// keptFlags say where baselines are kept.
type keptFlags struct {
	Dir    string `placeholder:"DIR" help:"Keep baselines in a folder, as for Git. Default: in the tenant's bucket."`
	Tenant string `help:"With the settings and templates of a tenant."`

	Store storeFlags `embed:"" group:"Storage"`
}

// goldenFlags say which documents are made, and where their baselines are kept.
type goldenFlags struct {
	Kept      keptFlags `embed:""`
	Templates []string  `arg:"" optional:"" name:"template" help:"Templates: baseline/<name>, folders, zip files, or with --tenant names that are published. Default: all that the tenant has active, or all that Platen brings."`
	Data      []string  `short:"d" sep:"none" placeholder:"FILE" help:"Records beside the samples, for the templates of their contract. They are kept with their baselines, and need not be named again."`
	Workers   int       `short:"j" default:"${workers}" help:"Documents at once."`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong.
func (f *goldenFlags) Validate() error {
	if f.Workers < 1 {
		return fmt.Errorf("--workers is %d: want 1 or more", f.Workers)
	}
	return nil
}

// Validate is called by kong.
func (f *keptFlags) Validate() error {
	switch {
	case f.Dir == "" && f.Tenant == "":
		return errors.New("where are the baselines? Name a folder with --dir, or a tenant with --tenant")
	case f.Tenant != "" && f.Store.Bucket == noBucket:
		return fmt.Errorf("--bucket is %s, and what --tenant %s has decided is kept in it: name the bucket", noBucket, f.Tenant)
	}
	if f.Tenant != "" {
		if _, err := platen.ParseTenantID(f.Tenant); err != nil {
			return errors.New(words(err))
		}
	}
	return nil
}

// A golden is what baselines are made and kept with.
type golden struct {
	kept     keptFlags
	flags    goldenFlags // of what is made
	tenant   platen.TenantID
	store    *baseline.Store
	renderer *renderer.Renderer
	library  *templates.Library // nil: no tenant
	pool     *chrome.Pool
	compiled map[string]*templates.Template
	closes   []func() error
}

// close closes all that was opened, the last first.
func (g *golden) close() {
	for _, f := range slices.Backward(g.closes) {
		f()
	}
}

// open opens where the baselines are kept, and what the tenant has.
func (f keptFlags) open(ctx context.Context, std streams) (g *golden, err error) {
	g = &golden{kept: f, tenant: platen.TenantID(cmp.Or(f.Tenant, "local")), compiled: map[string]*templates.Template{}}
	g.renderer = renderer.New(renderer.Config{Limits: dataLimits(maxDataMiB), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	var kept storage.Bucket
	if f.Tenant != "" {
		bucket, closeBucket, err := f.Store.open(ctx, std)
		if err != nil {
			return nil, err
		}
		g.closes = append(g.closes, closeBucket)
		g.library = templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes)
		cfg := g.renderer.Config
		cfg.Bucket = bucket
		g.renderer = renderer.New(cfg)
		if kept, err = storage.ForTenant(bucket, g.tenant); err != nil {
			g.close()
			return nil, err
		}
	}
	if f.Dir != "" {
		folder, err := storage.OpenFS(f.Dir)
		if err != nil {
			g.close()
			return nil, platen.WithKind(platen.Internal, fmt.Errorf("--dir %s: %s", f.Dir, words(err)))
		}
		g.closes = append(g.closes, folder.Close)
		kept = folder
	}
	g.store = baseline.NewStore(kept, time.Now)
	return g, nil
}

// open opens the browsers too, and lists the cases.
func (f goldenFlags) open(ctx context.Context, std streams, log *slog.Logger) (*golden, []baseline.Case, error) {
	g, err := f.Kept.open(ctx, std)
	if err != nil {
		return nil, nil, err
	}
	g.flags = f
	cases, err := g.cases(ctx, std)
	if err != nil {
		g.close()
		return nil, nil, err
	}
	if err := g.openBrowsers(ctx, min(f.Workers, max(len(cases), 1)), log); err != nil {
		g.close()
		return nil, nil, err
	}
	return g, cases, nil
}

// openBrowsers opens the browsers for n documents at once.
func (g *golden) openBrowsers(ctx context.Context, n int, log *slog.Logger) error {
	pool, err := g.flags.Browser.open(ctx, n, log)
	if err != nil {
		return err
	}
	g.closes = append(g.closes, func() error { pool.Close(); return nil })
	cfg := g.renderer.Config
	cfg.Printer, cfg.Log, g.pool = pool, log, pool
	g.renderer = renderer.New(cfg)
	return nil
}

// render makes the document of a case.
func (g *golden) render(ctx context.Context, c baseline.Case) (platen.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, g.flags.Browser.Timeout)
	defer cancel()
	return g.renderer.Trial(ctx, g.compiled[c.Template], platen.Job{Tenant: g.tenant, Template: c.Template, Data: c.Data, Issue: templates.SampleIssue()})
}

// readPolicy reads what is expected to differ; nil without a file.
func readPolicy(ctx context.Context, std streams, path string) (*diff.Policy, error) {
	if path == "" {
		return nil, nil
	}
	src, err := readData(ctx, path, std.in, maxPolicy)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p, err := diff.ParsePolicy(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}
