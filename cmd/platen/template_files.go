package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

type templatePushCmd struct {
	Template string      `arg:"" help:"Folder or zip file of the template."`
	Preview  string      `placeholder:"DIR" help:"Folder for the PDFs of the samples and pictures of their first pages, which the bucket keeps, too."`
	Print    bool        `default:"true" negatable:"" help:"Really print the samples, and the example of the contract. --no-print needs no browser, and the version has no previews."`
	Act      actFlags    `embed:""`
	Of       tenantFlags `embed:""`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help template push".
func (templatePushCmd) Help() string {
	return `The template is checked as platen lint does it, for this tenant; with errors nothing is stored. The
version is that of template.yaml. It is used by nobody before it is activated.

  platen template push ./batch-record/ --tenant acme --preview out/ --reason "CR-118"
  platen template approve  batch-record 2.0.0 --tenant acme --name "Dr. A. Keller"
  platen template activate batch-record 2.0.0 --tenant acme --reason "CR-118"`
}

// Run checks a template, prints its samples, publishes it, and keeps how it looks.
func (cmd templatePushCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	bucket, closeBucket, err := cmd.Of.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	cfg := renderer.Config{Bucket: bucket, Limits: platen.DefaultDataLimits, Now: time.Now, Log: log}
	if cmd.Print {
		pool, err := cmd.Browser.open(ctx, 1, log)
		if err != nil {
			return fmt.Errorf("%w (--no-print checks without a browser)", err)
		}
		defer pool.Close()
		cfg.Printer, cfg.Raster = pool, newRaster(1)
		defer cfg.Raster.Close()
	}
	r := renderer.New(cfg)
	bundle, err := cmd.check(ctx, std, r)
	if err != nil {
		return err
	}
	previews, err := cmd.previews(ctx, std, r, bundle)
	if err != nil {
		return err
	}
	library, id := templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes), platen.TenantID(cmd.Of.Tenant)
	published := cmd.Act.entry(audit.TemplatePublished, "template", bundle.Settings().Name)
	v, err := recorded(ctx, cmd.Of, published, func() (templates.Version, error) { return library.Publish(ctx, id, bundle, cmd.Act.act()) })
	if err != nil {
		return err
	}
	name := bundle.Settings().Name
	if cmd.Print {
		if err := library.KeepPreviews(ctx, id, name, v.Bundle, previews); err != nil {
			return err
		}
	}
	fmt.Fprintf(std.err, "%s %s is %s\n", name, v.Version, v.State)
	return cmd.tell(std, name, v.Bundle, previews)
}

// check opens the template and tells what is wrong with it. With errors there is none.
func (cmd templatePushCmd) check(ctx context.Context, std streams, r *renderer.Renderer) (*templates.Bundle, error) {
	bundle, err := templates.Open(cmd.Template)
	findings := []templates.Finding{{Severity: templates.Fault}}
	if err != nil {
		findings[0].Message = words(err)
	} else {
		brand, err := r.Settings.Brand(ctx, platen.TenantID(cmd.Of.Tenant))
		if err != nil {
			return nil, err
		}
		findings = templates.LintFor(bundle, brand)
	}
	faults, err := (&lintCmd{}).tell(std, cmd.Template, findings)
	if err == nil && faults > 0 {
		err = errReported{platen.Invalid}
	}
	return bundle, err
}

// previews prints the samples. What is wrong with them is told as findings.
func (cmd templatePushCmd) previews(ctx context.Context, std streams, r *renderer.Renderer, b *templates.Bundle) (p templates.Previews, err error) {
	if !cmd.Print {
		return p, nil
	}
	t, err := templates.Compile(b)
	if err != nil {
		return p, err
	}
	p, err = r.Previews(ctx, t, platen.TenantID(cmd.Of.Tenant))
	refused := renderer.RefusedSamples(err)
	if err != nil && len(refused) == 0 {
		return p, err
	}
	var findings []templates.Finding
	for _, e := range refused {
		findings = append(findings, templates.Finding{File: e.Sample, Severity: templates.Fault, Message: words(e.Err)})
	}
	for _, one := range p.List {
		claims, err := lintClaims(b, one.Sample, p.Files[one.PDF])
		if err != nil {
			return p, err
		}
		findings = append(findings, claims...)
	}
	if len(findings) == 0 {
		return p, nil
	}
	faults, err := (&lintCmd{}).tell(std, cmd.Template, findings)
	if err == nil && faults > 0 {
		err = errReported{platen.Invalid}
	}
	return p, err
}

// tell prints where the previews are: in the folder, if one is named, or in the bucket.
func (cmd templatePushCmd) tell(std streams, name, digest string, p templates.Previews) error {
	if cmd.Preview != "" {
		if err := os.MkdirAll(cmd.Preview, 0o755); err != nil {
			return cannotWrite(cmd.Preview, err)
		}
	}
	for _, one := range p.List {
		for i, file := range append([]string{one.PDF}, one.PNG...) {
			place := "tenants/" + cmd.Of.Tenant + "/" + templates.PreviewKey(name, digest, file)
			if cmd.Preview != "" {
				place = filepath.Join(cmd.Preview, previewName(name, one.Sample, i))
				if err := writeFiles(outputFile{place, p.Files[file]}); err != nil {
					return err
				}
			}
			if _, err := fmt.Fprintln(std.out, place); err != nil {
				return cannotWrite("stdout", err)
			}
		}
	}
	return nil
}

// previewName is the name of the PDF of a sample, or of the picture of a page of it.
func previewName(template, sample string, page int) string {
	sample = strings.TrimSuffix(strings.TrimPrefix(sample, "samples/"), ".json")
	base := template + "-" + strings.ReplaceAll(sample, "/", "-")
	if page == 0 {
		return base + ".pdf"
	}
	return fmt.Sprintf("%s-page-%d.png", base, page)
}

type templatePullCmd struct {
	versionArgs
	Output string      `short:"o" required:"" placeholder:"DIR" help:"Folder that is made for it."`
	Of     tenantFlags `embed:""`
}

// Run writes the files of a version.
func (cmd templatePullCmd) Run(ctx context.Context, std streams) error {
	b, err := cmd.Of.bundle(ctx, std, cmd.Name, cmd.Version)
	if err != nil {
		return err
	}
	if err := os.Mkdir(cmd.Output, 0o755); err != nil {
		return cannotWrite(cmd.Output, err)
	}
	n := 0
	for path, src := range b.All() {
		if b.From(path) != "" || b.Origin() != nil && path == templates.OriginFile {
			continue // it comes with the template that it extends
		}
		file := filepath.Join(cmd.Output, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return cannotWrite(file, err)
		}
		if err := writeFiles(outputFile{file, src}); err != nil {
			return err
		}
		n++
	}
	fmt.Fprintf(std.err, "%s: %s of %s %s\n", cmd.Output, count(n, "file"), cmd.Name, b.Settings().Version)
	return nil
}

// bundle returns a version of a template.
func (f tenantFlags) bundle(ctx context.Context, std streams, name, version string) (*templates.Bundle, error) {
	library, closeBucket, err := f.library(ctx, std)
	if err != nil {
		return nil, err
	}
	defer closeBucket()
	h, err := library.History(ctx, platen.TenantID(f.Tenant), name)
	if err != nil {
		return nil, err
	}
	v, err := h.Find(version)
	if err != nil {
		return nil, err
	}
	return library.Bundle(ctx, platen.TenantID(f.Tenant), name, v.Bundle)
}

type templateDiffCmd struct {
	Name string      `arg:"" help:"Name of the template."`
	Old  string      `arg:"" help:"Version or digest."`
	New  string      `arg:"" help:"Version or digest."`
	Of   tenantFlags `embed:""`
}

// Run prints what the new version has changed in its files, as a unified diff.
func (cmd templateDiffCmd) Run(ctx context.Context, std streams) error {
	before, err := cmd.Of.bundle(ctx, std, cmd.Name, cmd.Old)
	if err != nil {
		return err
	}
	after, err := cmd.Of.bundle(ctx, std, cmd.Name, cmd.New)
	if err != nil {
		return err
	}
	return diffFiles(std, before, after)
}

// diffFiles prints what differs in the files of two versions, as a unified diff.
func diffFiles(std streams, before, after *templates.Bundle) error {
	old, new := before.Settings().Version, after.Settings().Version
	for path := range templates.Paths(before, after) {
		was, _ := before.File(path)
		is, _ := after.File(path)
		if bytes.Equal(was, is) {
			continue
		}
		if _, err := fmt.Fprint(std.out, fileDiff(old+"/"+path, new+"/"+path, was, is)); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	return nil
}

// fileDiff returns the unified diff of two files, or a line that says that they differ.
func fileDiff(oldName, newName string, was, is []byte) string {
	if bytes.IndexByte(was, 0) >= 0 || bytes.IndexByte(is, 0) >= 0 {
		return fmt.Sprintf("%s (%d bytes) and %s (%d bytes) differ\n", oldName, len(was), newName, len(is))
	}
	return udiff.Unified(oldName, newName, string(was), string(is))
}
