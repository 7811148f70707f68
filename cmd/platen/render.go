package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

type renderCmd struct {
	Template string   `short:"t" required:"" placeholder:"TEMPLATE" help:"A template: baseline/<name>, a folder or a zip file."`
	Data     []string `short:"d" required:"" sep:"none" placeholder:"FILE" help:"Data: a JSON file, a pattern such as 'batches/*.json', or - for stdin. May be repeated."`
	Output   string   `short:"o" placeholder:"PATH" help:"A file, a folder (ends in /), or - for stdout. Default: the data file's name with .pdf, here."`
	HTML     bool     `name:"html" help:"Stop after filling and write the HTML."`
	JSON     bool     `name:"json" help:"Print a JSON line for each document to stdout."`
	Workers  int      `short:"j" default:"${workers}" help:"Documents at once."`
	MaxData  int      `default:"64" help:"Largest record, in MiB."`

	Issue   issueFlags   `embed:"" group:"Issue block"`
	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help render".
func (renderCmd) Help() string {
	return `Beside each PDF stands its manifest, out.manifest.json for out.pdf: digests and
versions of everything that the document was made from.

A document that was rendered before from the same input is taken from the bucket.

  platen render -t baseline/batch-record -d record.json -o out.pdf
  platen render -t ./my-template/ -d 'batches/*.json' -o out/
  platen render -t ./my-template/ -d record.json --html -o - | less`
}

type issueFlags struct {
	IssuedBy string `placeholder:"NAME" help:"Who issues the document."`
	IssuedAt string `placeholder:"TIME" help:"When, in RFC 3339 with offset. Without it the document has no date."`
	Reason   string `placeholder:"TEXT" help:"Why it is issued."`
	Status   string `placeholder:"WORD" help:"Its status, as in DRAFT or EFFECTIVE."`
	Copy     string `placeholder:"N/M" help:"Which copy of how many, as in 1/3."`
}

func (f issueFlags) block() (platen.IssueBlock, error) {
	b := platen.IssueBlock{By: f.IssuedBy, At: f.IssuedAt, Reason: f.Reason, Status: f.Status}
	if f.Copy != "" {
		if n, err := fmt.Sscanf(f.Copy, "%d/%d", &b.Copy, &b.Of); n != 2 || err != nil {
			return b, fmt.Errorf("--copy is %q: want copy/copies, as in 1/3: %w", f.Copy, platen.Invalid)
		}
	}
	return b, b.Validate()
}

type storeFlags struct {
	Bucket string `default:"${bucket}" help:"Folder where documents are kept for good; none keeps nothing."`
	Tenant string `default:"local" help:"Whose documents they are."`
}

const noBucket = "none"

// open returns the bucket, nil if nothing is to be kept, and what closes it.
func (f storeFlags) open() (storage.Bucket, func() error, error) {
	if f.Bucket == noBucket {
		return nil, func() error { return nil }, nil
	}
	b, err := storage.OpenFS(f.Bucket)
	if err != nil {
		return nil, nil, fmt.Errorf("bucket %s: %w", f.Bucket, err)
	}
	return b, b.Close, nil
}

// defaultBucket is where data of a user belongs by the XDG base directory
// specification.
func defaultBucket(env func(string) (string, bool)) string {
	if data, ok := env("XDG_DATA_HOME"); ok && filepath.IsAbs(data) {
		return filepath.Join(data, "platen")
	}
	if home, ok := env("HOME"); ok && filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share", "platen")
	}
	return noBucket
}

type browserFlags struct {
	Chrome        string        `placeholder:"PATH" help:"The browser's program. Default: chromium-headless-shell, else Chromium or Chrome."`
	ChromeSandbox string        `enum:"on,off" default:"on" help:"The browser's sandbox, ${enum}. Off only where the browser is contained by other means."`
	Timeout       time.Duration `default:"5m" help:"Longest time for one document."`
}

// open starts the browsers for n documents at once. Without a browser nothing
// can be done here, whatever the kind of the error.
func (f browserFlags) open(ctx context.Context, n int, log *slog.Logger) (*chrome.Pool, error) {
	pool, err := chrome.Open(ctx, f.config(n, log))
	return pool, platen.WithKind(platen.Internal, err)
}

func (f browserFlags) config(n int, log *slog.Logger) chrome.Config {
	return chrome.Config{Path: f.Chrome, NoSandbox: f.ChromeSandbox == "off", Browsers: n, Timeout: f.Timeout, Log: log}
}

// Run renders every record and reports each failure; one that fails does not
// stop the others.
func (cmd renderCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	tenant, err := platen.ParseTenantID(cmd.Store.Tenant)
	if err != nil {
		return err
	}
	issue, err := cmd.Issue.block()
	if err != nil {
		return err
	}
	tasks, err := cmd.tasks()
	if err != nil {
		return err
	}
	bundle, err := templates.Open(cmd.Template)
	if err != nil {
		return fmt.Errorf("template %s: %w", cmd.Template, err)
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		return fmt.Errorf("template %s: %w", cmd.Template, err)
	}
	cfg := renderer.Config{
		Templates: func(context.Context, string) (*templates.Template, error) { return template, nil },
		Limits:    dataLimits(cmd.MaxData),
		Now:       time.Now,
		Log:       log,
	}
	if !cmd.HTML {
		closeAll, err := cmd.engine(ctx, &cfg, min(cmd.Workers, len(tasks)), log)
		if err != nil {
			return err
		}
		defer closeAll()
	}
	batch := batch{
		cmd:      cmd,
		std:      std,
		renderer: renderer.New(cfg),
		job:      platen.Job{Tenant: tenant, Template: cmd.Template, Issue: issue, By: os.Getenv("USER")},
	}
	return batch.run(ctx, tasks)
}

// engine opens the bucket and the browsers into cfg.
func (cmd renderCmd) engine(ctx context.Context, cfg *renderer.Config, workers int, log *slog.Logger) (func(), error) {
	bucket, closeBucket, err := cmd.Store.open()
	if err != nil {
		return nil, err
	}
	pool, err := cmd.Browser.open(ctx, workers, log)
	if err != nil {
		closeBucket()
		return nil, err
	}
	cfg.Bucket, cfg.Printer = bucket, pool
	return func() {
		pool.Close()
		closeBucket()
	}, nil
}
