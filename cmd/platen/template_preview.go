package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

type templatePreviewCmd struct {
	Template string      `arg:"" help:"Folder or zip file of the template, or <name>@<version> that the tenant has published."`
	Data     string      `short:"d" placeholder:"FILE" help:"Record to print; by default the template's first sample, or the example of its contract."`
	Output   string      `short:"o" default:"preview.pdf" placeholder:"FILE" help:"The PDF."`
	PNG      string      `name:"png" placeholder:"DIR" help:"Folder for a picture of each page, too."`
	DPI      int         `name:"dpi" default:"96" help:"Resolution of the pictures."`
	Watch    bool        `short:"w" help:"Print again when a file of the template or the record changes, until interrupted."`
	Of       tenantFlags `embed:""`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help template preview".
func (templatePreviewCmd) Help() string {
	return `Prints a template as the tenant would get it, marked PREVIEW, and tells what platen lint finds. What the
tenant lacks, as a logo, is replaced by a picture that says so. Nothing of it is kept.

  platen template preview ./batch-record/
  platen template preview ./batch-record/ --tenant acme --data record.json -o out.pdf --png pages/ --watch`
}

// Validate is called by kong.
func (cmd *templatePreviewCmd) Validate() error {
	if cmd.DPI < 10 || cmd.DPI > 600 {
		return fmt.Errorf("--dpi is %d: want 10 to 600", cmd.DPI)
	}
	return nil
}

// Run prints the preview, and with --watch again for each change.
func (cmd *templatePreviewCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	bucket, closeBucket, err := cmd.Of.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	pool, err := cmd.Browser.open(ctx, 1, log)
	if err != nil {
		return err
	}
	defer pool.Close()
	r := renderer.New(renderer.Config{Bucket: bucket, Printer: pool, Limits: dataLimits(maxDataMiB), Now: time.Now, Log: log, Raster: newRaster(1)})
	defer r.Raster.Close()
	if !cmd.Watch {
		return cmd.show(ctx, std, r)
	}
	return watch(ctx, cmd.sources, func(changed []string) error {
		for _, file := range changed {
			fmt.Fprintf(std.err, "%s has changed\n", file)
		}
		if err := cmd.show(ctx, std, r); err != nil && exitCode(err) != exitRefused {
			return err
		} else if reported := (errReported{}); err != nil && !errors.As(err, &reported) {
			fmt.Fprintf(std.err, "platen: %s\n", words(err))
		}
		return nil
	})
}

// show prints the template once.
func (cmd *templatePreviewCmd) show(ctx context.Context, std streams, r *renderer.Renderer) error {
	start := time.Now()
	bundle, err := cmd.open(ctx, std)
	if err != nil {
		return err
	}
	brand, err := r.Settings.Brand(ctx, platen.TenantID(cmd.Of.Tenant))
	if err != nil {
		return err
	}
	if _, err := (&lintCmd{}).tell(std, cmd.Template, templates.LintFor(bundle, brand)); err != nil {
		return err
	}
	t, err := templates.Compile(bundle)
	if err != nil {
		return errReported{err} // as a finding
	}
	sample, err := cmd.sample(ctx, std, bundle)
	if err != nil {
		return err
	}
	doc, err := r.Preview(ctx, t.Shown(brand), platen.Job{Tenant: platen.TenantID(cmd.Of.Tenant), Template: bundle.Settings().Name, Data: sample.Data, Issue: templates.SampleIssue()})
	if err != nil {
		return fmt.Errorf("%s: %w", sample.Name, err)
	}
	if err := cmd.write(ctx, r, doc); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s: %s of %s, %d ms\n", cmd.Output, count(doc.Manifest.Pages, "page"), sample.Name, time.Since(start).Milliseconds())
	return nil
}

// open opens the template: a folder or a zip file, or a version of the tenant's.
func (cmd *templatePreviewCmd) open(ctx context.Context, std streams) (*templates.Bundle, error) {
	bundle, err := templates.Open(cmd.Template)
	if name, version, ok := strings.Cut(cmd.Template, "@"); ok && errors.Is(err, platen.NotFound) {
		return cmd.Of.bundle(ctx, std, name, version)
	}
	return bundle, err
}

// sample returns the record that is printed.
func (cmd *templatePreviewCmd) sample(ctx context.Context, std streams, b *templates.Bundle) (templates.Sample, error) {
	if cmd.Data == "" {
		return b.Sample("")
	}
	data, err := readData(ctx, cmd.Data, std.in, maxDataMiB<<20)
	if err != nil {
		return templates.Sample{}, fmt.Errorf("%s: %w", cmd.Data, err)
	}
	return templates.Sample{Name: cmd.Data, Data: data}, nil
}

// write writes the PDF and the pictures, which replace those of before.
func (cmd *templatePreviewCmd) write(ctx context.Context, r *renderer.Renderer, doc platen.Document) error {
	if err := writeFiles(outputFile{cmd.Output, doc.PDF}); err != nil || cmd.PNG == "" {
		return err
	}
	pictures, err := r.Pictures(ctx, doc.PDF, 1, doc.Manifest.Pages, cmd.DPI)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cmd.PNG, 0o755); err != nil {
		return cannotWrite(cmd.PNG, err)
	}
	before, err := filepath.Glob(filepath.Join(cmd.PNG, "page-*.png"))
	if err != nil {
		return cannotWrite(cmd.PNG, err)
	}
	for _, old := range before {
		os.Remove(old)
	}
	for i, png := range pictures {
		if err := writeFiles(outputFile{filepath.Join(cmd.PNG, fmt.Sprintf("page-%03d.png", i+1)), png}); err != nil {
			return err
		}
	}
	return nil
}

// sources returns the files on which the preview depends.
func (cmd *templatePreviewCmd) sources() (files []string) {
	filepath.WalkDir(cmd.Template, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil // what cannot be read is told when it is opened
	})
	if cmd.Data != "" && cmd.Data != stdStream {
		files = append(files, cmd.Data)
	}
	return files
}

// newRaster returns what draws n documents at once. Its engine is kept between commands,
// where there is a place for what a user can do without.
func newRaster(n int) *raster.Rasteriser {
	folder, err := os.UserCacheDir()
	if err == nil {
		folder = filepath.Join(folder, "platen", "raster")
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		folder = ""
	}
	return raster.New(raster.Config{Documents: n, Cache: folder})
}
