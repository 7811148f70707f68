package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/contract"
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

// openStore opens where the baselines are kept, and what the tenant has.
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

// cases lists what is printed: of each template its samples, the records that are named, and those
// that have a baseline already.
func (g *golden) cases(ctx context.Context, std streams) (cases []baseline.Case, err error) {
	names := g.flags.Templates
	if len(names) == 0 {
		if names, err = g.all(ctx); err != nil {
			return nil, err
		}
	}
	given, err := g.given(ctx, std)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, name := range names {
		of, err := g.casesOf(ctx, name, given)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		for _, c := range of {
			used[c.Sample] = true
		}
		cases = append(cases, of...)
	}
	for _, r := range given {
		if !used[r.Name] {
			return nil, usage("%s: no template among %s is written for its contract, %s", r.Name, strings.Join(names, ", "), orNone(contractOf(r.Data)))
		}
	}
	return cases, nil
}

// all returns the templates that the tenant has active, or those that Platen brings.
func (g *golden) all(ctx context.Context) (names []string, err error) {
	if g.library == nil {
		for _, name := range templates.BaselineNames() {
			names = append(names, "baseline/"+name)
		}
		return names, nil
	}
	known, err := g.library.Names(ctx, g.tenant)
	if err != nil {
		return nil, err
	}
	for _, name := range known {
		h, err := g.library.History(ctx, g.tenant, name)
		if err != nil {
			return nil, err
		}
		if _, err := h.Active(templates.Pick{At: time.Now()}); err == nil {
			names = append(names, name)
		} else if !errors.Is(err, platen.NotFound) {
			return nil, err
		}
	}
	if names == nil {
		return nil, fmt.Errorf("tenant %s has no active template: name the templates: %w", g.tenant, platen.NotFound)
	}
	return names, nil
}

// given reads the records that are named.
func (g *golden) given(ctx context.Context, std streams) (records []templates.Sample, err error) {
	if len(g.flags.Data) == 0 {
		return nil, nil
	}
	files, err := expand(g.flags.Data)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		src, err := readData(ctx, file, std.in, maxDataMiB<<20)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		records = append(records, templates.Sample{Name: givenPrefix + filepath.Base(file), Data: src})
	}
	return records, nil
}

// givenPrefix stands before the names of records that were named, so that they are none of a template's.
const givenPrefix = "data/"

// casesOf opens a template, and lists its cases.
func (g *golden) casesOf(ctx context.Context, ref string, given []templates.Sample) (cases []baseline.Case, err error) {
	bundle, err := g.bundle(ctx, ref)
	if err != nil {
		return nil, err
	}
	s := bundle.Settings()
	name := s.Name
	if strings.HasPrefix(ref, "baseline/") {
		name = ref
	}
	if g.compiled[name] != nil {
		return nil, usage("it is named twice, or two templates have the name %s", name)
	}
	if g.compiled[name], err = templates.Compile(bundle); err != nil {
		return nil, err
	}
	trials, err := bundle.Trials()
	if err != nil {
		return nil, err
	}
	for _, r := range given {
		if contractOf(r.Data) == s.Contract {
			trials = append(trials, r)
		}
	}
	kept, err := g.recorded(ctx, name, trials)
	if err != nil {
		return nil, err
	}
	for _, t := range append(trials, kept...) {
		cases = append(cases, baseline.Case{Template: name, Version: s.Version, Sample: t.Name, Data: t.Data})
	}
	return cases, nil
}

// recorded returns records that were named when their baselines were recorded, but for those that are there.
func (g *golden) recorded(ctx context.Context, name string, there []templates.Sample) (records []templates.Sample, err error) {
	all, err := g.store.Entries(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, sample := range baseline.Samples(all) {
		if !strings.HasPrefix(sample, givenPrefix) || slices.ContainsFunc(there, func(t templates.Sample) bool { return t.Name == sample }) {
			continue
		}
		data, err := g.store.Data(ctx, *baseline.Newest(all, sample, platen.Engine{}))
		if err != nil {
			return nil, err
		}
		records = append(records, templates.Sample{Name: sample, Data: data})
	}
	return records, nil
}

// bundle opens a template: one that Platen brings, a folder or zip file, or one that is published.
func (g *golden) bundle(ctx context.Context, ref string) (*templates.Bundle, error) {
	b, err := templates.Open(ref)
	if g.library == nil || !errors.Is(err, platen.NotFound) {
		return b, err
	}
	t, err := g.library.Template(ctx, g.tenant, ref, templates.Pick{At: time.Now()})
	if err != nil {
		return nil, err
	}
	return t.Bundle(), nil
}

// contractOf returns the contract that a record names.
func contractOf(data []byte) string {
	v, err := platen.ParseData(data, dataLimits(maxDataMiB))
	if err != nil {
		return ""
	}
	return contract.NameIn(v)
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
