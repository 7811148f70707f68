package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/templates"
)

type lintCmd struct {
	Template []string `arg:"" help:"Templates: folders, zip files, or baseline/<name>."`
	JSON     bool     `name:"json" help:"Print the findings as JSON lines to stdout."`
	Strict   bool     `help:"Let warnings fail, too."`
	Print    bool     `default:"true" negatable:"" help:"Really print the first sample of a template without errors. --no-print needs no browser."`

	Browser browserFlags `embed:"" group:"Browser"`
}

// Run prints the findings of every template and fails if there are errors.
func (cmd *lintCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	var pool *chrome.Pool
	if cmd.Print {
		var err error
		if pool, err = cmd.Browser.open(ctx, 1, log); err != nil {
			return fmt.Errorf("%w (--no-print checks without a browser)", err)
		}
		defer pool.Close()
	}
	failed := false
	for _, ref := range cmd.Template {
		findings, err := cmd.lint(ctx, ref, pool, log)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		faults, err := cmd.tell(std, ref, findings)
		if err != nil {
			return err
		}
		failed = failed || faults > 0 || cmd.Strict && len(findings) > 0
	}
	if failed {
		return errReported{platen.Invalid}
	}
	return nil
}

// lint returns what is wrong with one template. An error is that of the machine.
func (cmd *lintCmd) lint(ctx context.Context, ref string, pool *chrome.Pool, log *slog.Logger) ([]templates.Finding, error) {
	bundle, err := templates.Open(ref)
	if err != nil {
		return []templates.Finding{{Severity: templates.Fault, Message: words(err)}}, nil
	}
	findings := templates.Lint(bundle)
	if pool == nil || hasFaults(findings) {
		return findings, nil
	}
	sample, data := firstSample(bundle)
	if data == nil {
		return findings, nil
	}
	doc, err := printSample(ctx, bundle, data, pool, log)
	if exitCode(err) == exitRefused {
		return append(findings, templates.Finding{File: sample, Severity: templates.Fault, Message: words(err)}), nil
	}
	if err != nil {
		return findings, err
	}
	claims, err := lintClaims(bundle, sample, doc.PDF)
	return append(findings, claims...), err
}

// lintClaims returns what the PDF of a sample lacks of what it claims to be.
func lintClaims(b *templates.Bundle, sample string, pdf []byte) (findings []templates.Finding, err error) {
	if b.Settings().Finish.Conformance != platen.Archive {
		return nil, nil
	}
	lacks, err := lacksOf(pdf)
	for _, l := range lacks {
		findings = append(findings, templates.Finding{File: sample, Severity: templates.Warning, Message: "its PDF is not what it claims: " + lackText(l)})
	}
	return findings, err
}

func hasFaults(findings []templates.Finding) bool {
	for _, f := range findings {
		if f.Severity == templates.Fault {
			return true
		}
	}
	return false
}

func firstSample(b *templates.Bundle) (path string, data []byte) {
	for path, data := range b.All() {
		if strings.HasPrefix(path, "samples/") {
			return path, data
		}
	}
	return "", nil
}

// printSample renders a sample, with stand-ins for what a tenant has to bring, and
// keeps nothing.
func printSample(ctx context.Context, b *templates.Bundle, data []byte, pool *chrome.Pool, log *slog.Logger) (doc platen.Document, err error) {
	template, err := templates.Compile(b)
	if err != nil {
		return doc, err
	}
	template = template.StandIn()
	r := renderer.New(renderer.Config{
		Printer:   pool,
		Templates: func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil },
		Limits:    platen.DefaultDataLimits,
		Now:       time.Now,
		Log:       log,
	})
	return r.Render(ctx, platen.Job{Tenant: "local", Template: b.Settings().Name, Data: data, Issue: sampleIssue(b)})
}

// sampleIssue is empty, as an issue block may be, unless a watermark prints it.
func sampleIssue(b *templates.Bundle) platen.IssueBlock {
	for _, w := range b.Settings().Finish.Watermarks {
		if strings.Contains(w.Text, "{issue.") {
			return platen.IssueBlock{By: "Sample", At: "2026-01-01T00:00:00Z", Reason: "Sample", Copy: 1, Of: 1, Status: "SAMPLE"}
		}
	}
	return platen.IssueBlock{}
}

// tell writes the findings of a template and returns how many are errors.
func (cmd *lintCmd) tell(std streams, ref string, findings []templates.Finding) (faults int, err error) {
	for _, f := range findings {
		f.File = filepath.Join(ref, f.File)
		if f.Severity == templates.Fault {
			faults++
		}
		if cmd.JSON {
			err = json.NewEncoder(std.out).Encode(f)
		} else {
			_, err = fmt.Fprintln(std.out, f)
		}
		if err != nil {
			return faults, cannotWrite("stdout", err)
		}
	}
	fmt.Fprintf(std.err, "%s: %s, %s\n", ref, count(faults, "error"), count(len(findings)-faults, "warning"))
	return faults, nil
}

type templatesCmd struct{}

func (templatesCmd) Run(std streams) error {
	for _, name := range templates.BaselineNames() {
		bundle, err := templates.Baseline(name)
		if err != nil {
			return err
		}
		s := bundle.Settings()
		if _, err := fmt.Fprintf(std.out, "baseline/%-28s %-26s %s\n", name, s.Contract, s.Title); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	return nil
}
