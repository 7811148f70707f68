package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

type templatePushCmd struct {
	Template string      `arg:"" help:"Folder or zip file of the template."`
	Preview  string      `placeholder:"DIR" help:"Folder for the PDFs of the samples; by default they are printed and dropped."`
	Print    bool        `default:"true" negatable:"" help:"Really print the samples. --no-print needs no browser."`
	Act      actFlags    `embed:""`
	Of       tenantFlags `embed:""`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help template push".
func (templatePushCmd) Help() string {
	return `The template is checked as platen lint does it; with errors nothing is stored. The version is
that of template.yaml. It is used by nobody before it is activated.

  platen template push ./batch-record/ --tenant acme --preview out/ --reason "CR-118"
  platen template approve  batch-record 2.0.0 --tenant acme --name "Dr. A. Keller"
  platen template activate batch-record 2.0.0 --tenant acme --reason "CR-118"`
}

// Run checks a template and publishes it.
func (cmd templatePushCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	lint := lintCmd{Template: []string{cmd.Template}, Print: cmd.Print, Browser: cmd.Browser}
	if err := lint.Run(ctx, std, log); err != nil {
		return err
	}
	bundle, err := templates.Open(cmd.Template)
	if err != nil {
		return err
	}
	if err := cmd.preview(ctx, std, bundle, log); err != nil {
		return err
	}
	name := bundle.Settings().Name
	return cmd.Of.doing(std, name, func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		return l.Publish(ctx, id, bundle, cmd.Act.act())
	})
}

// preview prints the samples into a folder.
func (cmd templatePushCmd) preview(ctx context.Context, std streams, b *templates.Bundle, log *slog.Logger) error {
	if cmd.Preview == "" || !cmd.Print {
		return nil
	}
	pool, err := cmd.Browser.open(ctx, 1, log)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := os.MkdirAll(cmd.Preview, 0o755); err != nil {
		return cannotWrite(cmd.Preview, err)
	}
	for path, data := range b.Samples() {
		doc, err := printSample(ctx, b, data, pool, log)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		out := filepath.Join(cmd.Preview, fmt.Sprintf("%s-%s.pdf", b.Settings().Name, filepath.Base(path[:len(path)-len(".json")])))
		if err := writeFiles(outputFile{out, doc.PDF}); err != nil {
			return err
		}
		fmt.Fprintf(std.err, "%s, %s\n", out, count(doc.Manifest.Pages, "page"))
	}
	return nil
}

type templatePullCmd struct {
	versionArgs
	Output string      `short:"o" required:"" placeholder:"DIR" help:"Folder that is made for it."`
	Of     tenantFlags `embed:""`
}

// Run writes the files of a version.
func (cmd templatePullCmd) Run(ctx context.Context, std streams) error {
	b, err := cmd.Of.bundle(ctx, cmd.Name, cmd.Version)
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
func (f tenantFlags) bundle(ctx context.Context, name, version string) (*templates.Bundle, error) {
	library, closeBucket, err := f.library()
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
	before, err := cmd.Of.bundle(ctx, cmd.Name, cmd.Old)
	if err != nil {
		return err
	}
	after, err := cmd.Of.bundle(ctx, cmd.Name, cmd.New)
	if err != nil {
		return err
	}
	for path := range templates.Paths(before, after) {
		was, _ := before.File(path)
		is, _ := after.File(path)
		if bytes.Equal(was, is) {
			continue
		}
		if _, err := fmt.Fprint(std.out, fileDiff(cmd.Old+"/"+path, cmd.New+"/"+path, was, is)); err != nil {
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
