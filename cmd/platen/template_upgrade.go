package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

type templateUpgradeCmd struct {
	Name    string      `arg:"" help:"Name of the template."`
	Version string      `arg:"" optional:"" help:"Version or digest; by default the newest."`
	As      string      `required:"" placeholder:"VERSION" help:"Version that the upgraded template becomes."`
	Yes     bool        `help:"Publish it. Without it nothing is changed."`
	Print   bool        `default:"true" negatable:"" help:"Print the samples and count their pages. --no-print needs no browser."`
	Act     actFlags    `embed:""`
	Of      tenantFlags `embed:""`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help template upgrade".
func (templateUpgradeCmd) Help() string {
	return `A template that extends a baseline template stays as it is when Platen comes with another
baseline. This shows what would change with the new one: in the files, and in what the
samples and the example of the contract say with the tenant's settings.

  platen template upgrade batch-record --as 2.1.0 --tenant acme
  platen template upgrade batch-record --as 2.1.0 --tenant acme --yes --reason "CR-121"`
}

// Run shows what an upgrade would change, and publishes it if it is to.
func (cmd templateUpgradeCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	bucket, closeBucket, err := cmd.Of.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	library := templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes)
	old, err := cmd.published(ctx, library)
	if err != nil {
		return err
	}
	next, err := old.Upgrade(cmd.As)
	if err != nil {
		return err
	}
	if err := cmd.check(std, next); err != nil {
		return err
	}
	if err := diffFiles(std, old, next); err != nil {
		return err
	}
	if err := cmd.compare(ctx, std, bucket, old, next, log); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s: %s %s becomes %s\n", cmd.Name, old.Origin().Extends, old.Origin().Version, next.Origin().Version)
	if !cmd.Yes {
		fmt.Fprintln(std.err, "nothing is published: --yes publishes it")
		return nil
	}
	v, err := recorded(ctx, cmd.Of, cmd.Act.entry(audit.TemplatePublished, "template", cmd.Name), func() (templates.Version, error) {
		return library.Publish(ctx, platen.TenantID(cmd.Of.Tenant), next, cmd.Act.act())
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s %s is %s\n", cmd.Name, v.Version, v.State)
	return nil
}

// published returns the version that is to be upgraded.
func (cmd templateUpgradeCmd) published(ctx context.Context, l *templates.Library) (*templates.Bundle, error) {
	id := platen.TenantID(cmd.Of.Tenant)
	h, err := l.History(ctx, id, cmd.Name)
	if err != nil {
		return nil, err
	}
	versions := h.Versions()
	v := versions[len(versions)-1]
	if cmd.Version != "" {
		if v, err = h.Find(cmd.Version); err != nil {
			return nil, err
		}
	}
	return l.Bundle(ctx, id, cmd.Name, v.Bundle)
}

// check returns an error when the template does not fit the new baseline.
func (cmd templateUpgradeCmd) check(std streams, next *templates.Bundle) error {
	findings := templates.Lint(next)
	if !hasFaults(findings) {
		return nil
	}
	if _, err := (&lintCmd{}).tell(std, cmd.Name, findings); err != nil {
		return err
	}
	return errReported{platen.Invalid}
}

// compare prints how what each sample says changes, and how many pages it has.
func (cmd templateUpgradeCmd) compare(ctx context.Context, std streams, bucket storage.Bucket, old, next *templates.Bundle, log *slog.Logger) error {
	var print renderer.Printer
	if cmd.Print {
		pool, err := cmd.Browser.open(ctx, 1, log)
		if err != nil {
			return err
		}
		defer pool.Close()
		print = pool
	}
	was, err := cmd.proofs(bucket, old, print, log)
	if err != nil {
		return err
	}
	is, err := cmd.proofs(bucket, next, print, log)
	if err != nil {
		return err
	}
	trials, err := next.Trials()
	if err != nil {
		return err
	}
	for _, sample := range trials {
		name := sample.Name
		before, pagesBefore, err := was(ctx, sample.Data)
		if err != nil {
			return fmt.Errorf("%s, as it is: %w", name, err)
		}
		after, pages, err := is(ctx, sample.Data)
		if err != nil {
			return fmt.Errorf("%s, as it would be: %w", name, err)
		}
		if _, err := fmt.Fprint(std.out, fileDiff(name+", as it is", name+", as it would be", before, after)); err != nil {
			return cannotWrite("stdout", err)
		}
		words := "changes"
		if bytes.Equal(before, after) {
			words = "stays the same"
		}
		if cmd.Print {
			words += fmt.Sprintf(", %s, before %d", count(pages, "page"), pagesBefore)
		}
		fmt.Fprintf(std.err, "%s %s\n", name, words)
	}
	return nil
}

// A proof returns what a template makes of data: the HTML, and with a printer the
// number of pages.
type proof func(ctx context.Context, data []byte) (html []byte, pages int, err error)

// proofs returns the proof of a template with the tenant's settings.
func (cmd templateUpgradeCmd) proofs(bucket storage.Bucket, b *templates.Bundle, print renderer.Printer, log *slog.Logger) (proof, error) {
	t, err := templates.Compile(b)
	if err != nil {
		return nil, err
	}
	t = t.StandIn()
	r := renderer.New(renderer.Config{
		Bucket: bucket, Printer: print, Limits: platen.DefaultDataLimits, Now: time.Now, Log: log,
		Templates: func(context.Context, platen.Job, string) (*templates.Template, error) { return t, nil },
	})
	return func(ctx context.Context, data []byte) ([]byte, int, error) {
		job := platen.Job{Tenant: platen.TenantID(cmd.Of.Tenant), Template: cmd.Name, Data: data, Issue: templates.SampleIssue()}
		m, err := r.Fill(ctx, job)
		if err != nil || print == nil {
			return m.HTML, 0, err
		}
		doc, err := r.Preview(ctx, t, job)
		return m.HTML, doc.Manifest.Pages, err
	}, nil
}
