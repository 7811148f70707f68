package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

type renderCmd struct {
	Template  string   `short:"t" required:"" placeholder:"TEMPLATE" help:"A template: baseline/<name>, a folder, a zip file, or one that the tenant has published: <name>, <name>@<version>."`
	Data      []string `short:"d" required:"" sep:"none" placeholder:"FILE" help:"Data: a JSON file, a pattern such as 'batches/*.json', or - for stdin. May be repeated."`
	More      []string `arg:"" optional:"" name:"file" help:"More data files, as the shell makes them of a pattern without quotes."`
	Output    string   `short:"o" placeholder:"PATH" help:"A file, a folder (ends in /), or - for stdout. Default: the data file's name with .pdf, here."`
	HTML      bool     `name:"html" help:"Stop after filling and write the HTML."`
	JSON      bool     `name:"json" help:"Print a JSON line for each document to stdout."`
	Workers   int      `short:"j" default:"${workers}" help:"Documents at once."`
	MaxData   int      `default:"64" help:"Largest record, in MiB."`
	Tenant    string   `default:"local" help:"Whose documents they are."`
	Requester string   `default:"${user}" help:"Who asks for the documents, for the manifest."`

	Issue   issueFlags   `embed:"" group:"Issue block"`
	Finish  finishFlags  `embed:"" group:"Finishing"`
	Source  bool         `name:"attach-source" group:"Finishing" help:"Attach the data itself, as data.json."`
	Claim   string       `name:"conformance" enum:"archive,none" default:"archive" group:"Finishing" help:"archive: PDF/A-3b and PDF/UA-1; none."`
	Protect protectFlags `embed:"" group:"Finishing"`
	Seal    sealFlags    `embed:"" group:"Seal"`
	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong: what it refuses is a wrong command line.
func (cmd *renderCmd) Validate() error {
	if _, err := cmd.Issue.block(); err != nil {
		return errors.New(words(err))
	}
	if _, err := platen.ParseTenantID(cmd.Tenant); err != nil {
		return errors.New(words(err))
	}
	switch {
	case cmd.Workers < 1:
		return fmt.Errorf("--workers is %d: want 1 or more", cmd.Workers)
	case cmd.JSON && cmd.Output == stdStream:
		return errors.New("--json and --output - both write to stdout: name a file for the document")
	case cmd.Seal.Seal && cmd.Seal.SealKey == "" && cmd.Store.Bucket == noBucket:
		return fmt.Errorf("--seal with --bucket %s: the tenant's key stands in the bucket: name it, or a key with --seal-key", noBucket)
	case cmd.Seal.Seal && cmd.Protect.wanted():
		return errors.New("--seal with a password: encryption writes the file anew and breaks the seal: leave one of the two out")
	}
	return checkMaxData(cmd.MaxData)
}

// Help is the long text of "platen help render".
func (renderCmd) Help() string {
	return `Beside each PDF stands its manifest, out.manifest.json for out.pdf: digests and
versions of everything that the document was made from.

A document that was rendered before from the same input is taken from the bucket.

  platen render -t baseline/batch-record -d record.json -o out.pdf
  platen render -t ./my-template/ -d 'batches/*.json' -o out/
  platen render -t ./my-template/ -d record.json --html -o - | less
  platen render -t batch-record@2.1.0 --tenant acme -d record.json -o out.pdf
  platen render -t baseline/batch-record -d record.json --watermark 'text=DRAFT,rotate=45,opacity=0.15' --attach-source
  platen render -t baseline/batch-record -d record.json --issued-at 2026-03-01T14:05:00+01:00 --seal --seal-key seal.p12 --key-password-file pw
` + watermarkHelp
}

type issueFlags struct {
	IssuedBy string `placeholder:"NAME" help:"Who issues the document."`
	IssuedAt string `placeholder:"TIME" help:"When, in RFC 3339 with offset. Without it the document has no date."`
	Reason   string `placeholder:"TEXT" help:"Why it is issued."`
	Status   string `placeholder:"WORD" help:"Its status, as in DRAFT or EFFECTIVE."`
	Copy     string `placeholder:"N/M" help:"Which copy of how many, as in 1/3."`
}

// block returns the issue block; the error is Invalid and names the flag or field.
func (f issueFlags) block() (platen.IssueBlock, error) {
	b := platen.IssueBlock{By: f.IssuedBy, At: f.IssuedAt, Reason: f.Reason, Status: f.Status}
	if f.Copy != "" {
		n, of, _ := strings.Cut(f.Copy, "/")
		var err, ofErr error
		b.Copy, err = strconv.Atoi(n)
		b.Of, ofErr = strconv.Atoi(of)
		if err != nil || ofErr != nil || b.Copy < 1 || b.Of < b.Copy {
			return b, fmt.Errorf("--copy is %q: want copy/copies, as in 1/3: %w", f.Copy, platen.Invalid)
		}
	}
	return b, b.Validate()
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
	ChromeMemory  int64         `default:"1280" help:"Memory in MiB at which a browser is replaced; a document for which it needs four times as much fails."`
	Timeout       time.Duration `default:"5m" help:"Longest time for one document; half of it for one attempt to print it."`
}

// Validate is called by kong.
func (f *browserFlags) Validate() error {
	switch {
	case f.Timeout <= 0:
		return fmt.Errorf("--timeout is %s: want more than 0", f.Timeout)
	case f.ChromeMemory < 64:
		return fmt.Errorf("--chrome-memory is %d: want at least 64", f.ChromeMemory)
	}
	return nil
}

// open starts the browsers for n documents at once. Without a browser nothing
// can be done here, whatever the kind of the error.
func (f browserFlags) open(ctx context.Context, n int, log *slog.Logger) (*chrome.Pool, error) {
	pool, err := chrome.Open(ctx, f.config(n, log))
	return pool, platen.WithKind(platen.Internal, err)
}

func (f browserFlags) config(n int, log *slog.Logger) chrome.Config {
	return chrome.Config{
		Path: f.Chrome, NoSandbox: f.ChromeSandbox == "off", Browsers: n,
		Timeout: f.Timeout / 2, MaxMemory: f.ChromeMemory << 20, Log: log,
	}
}

// Run renders every record and reports each failure; one that fails does not
// stop the others.
func (cmd *renderCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	tasks, err := cmd.tasks()
	if err != nil {
		return err
	}
	finish, err := cmd.finishOptions()
	if err != nil {
		return err
	}
	bucket, closeBucket, err := cmd.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	find, err := cmd.templates(ctx, bucket)
	if err != nil {
		return fmt.Errorf("template %s: %w", cmd.Template, err)
	}
	cfg := renderer.Config{Bucket: bucket, Templates: find, Limits: dataLimits(cmd.MaxData), Now: time.Now, Log: log}
	if err := cmd.Seal.into(ctx, std, &cfg, cmd.Requester); err != nil {
		return err
	}
	if !cmd.HTML {
		pool, err := cmd.Browser.open(ctx, min(cmd.Workers, len(tasks)), log)
		if err != nil {
			return err
		}
		defer pool.Close()
		cfg.Printer = pool
	}
	issue, _ := cmd.Issue.block() // Validate has looked at it
	batch := batch{
		cmd:      cmd,
		std:      std,
		renderer: renderer.New(cfg),
		job:      platen.Job{Tenant: platen.TenantID(cmd.Tenant), Template: cmd.Template, Issue: issue, Finish: finish, By: cmd.Requester},
	}
	return batch.run(ctx, tasks)
}

// finishOptions reads the flags of finishing. What is protected by a password
// cannot be PDF/A.
func (cmd *renderCmd) finishOptions() (platen.FinishOptions, error) {
	o, err := cmd.Finish.options()
	o.AttachSource, o.Seal = cmd.Source, cmd.Seal.Seal
	if cmd.Claim == "none" || cmd.Protect.wanted() {
		o.Conformance = platen.NoConformance
	}
	return o, err
}

// templates returns what finds the template: a folder, a zip file or a baseline, or what
// the tenant has published under the name.
func (cmd *renderCmd) templates(ctx context.Context, bucket storage.Bucket) (renderer.Templates, error) {
	bundle, err := templates.Open(cmd.Template)
	if name, _, _ := strings.Cut(cmd.Template, "@"); errors.Is(err, platen.NotFound) && bucket != nil {
		library := templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes)
		_, unknown := library.History(ctx, platen.TenantID(cmd.Tenant), name)
		if unknown != nil && !errors.Is(unknown, platen.NotFound) {
			return nil, unknown
		}
		if unknown == nil || slices.Contains(templates.BaselineNames(), cmd.Template) {
			return (&shelf{library: library}).template, nil
		}
	}
	if err != nil {
		return nil, err
	}
	template, err := templates.Compile(bundle)
	return func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil }, err
}
