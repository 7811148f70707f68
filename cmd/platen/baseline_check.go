package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/pdf/raster"
)

type baselineCheckCmd struct {
	Golden   goldenFlags `embed:""`
	Policy   string      `placeholder:"FILE" help:"YAML that says what may differ, as for platen diff."`
	Reports  string      `placeholder:"DIR" help:"For each document that is not as its baseline write the PDF and, as platen diff does, a report for a browser."`
	JUnit    string      `name:"junit" placeholder:"FILE" help:"Write the results as a report of JUnit."`
	JSON     bool        `name:"json" help:"Print the results as JSON to stdout: what platen baseline approve wants to see."`
	FailFast bool        `help:"Stop at the first document that is not as its baseline."`
}

// Help says what the exit codes mean here.
func (baselineCheckCmd) Help() string {
	return `Prints a line for each sample that is not as its baseline, and what its document was made from, or by, that is
another now: Platen, browser, fonts, time zones, template, settings, data.

Exit codes: 0 all documents are as their baselines, or equal under the policy; 1 one is not, has no baseline, or cannot
be printed; 2 the command line is wrong; 3 something on this machine does not work.

  platen baseline check --dir golden/ --junit report.xml
  platen baseline check --tenant acme --reports reports/ --json > check.json`
}

// A checked is what --json prints.
type checked struct {
	Tenant  platen.TenantID   `json:"tenant,omitempty"`
	Platen  string            `json:"platen"`
	Results []baseline.Result `json:"results"`
}

// Run checks all cases.
func (cmd baselineCheckCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	policy, err := readPolicy(ctx, std, cmd.Policy)
	if err != nil {
		return cannotCompare(err)
	}
	if cmd.Reports != "" {
		if err := os.MkdirAll(cmd.Reports, 0o755); err != nil {
			return cannotWrite(cmd.Reports, err)
		}
	}
	g, cases, err := cmd.Golden.open(ctx, std, log)
	if err != nil {
		return cannotCompare(err)
	}
	defer g.close()
	draw := newRaster(cmd.Golden.Workers)
	defer draw.Close()
	results, err := g.check(ctx, std, cases, baseline.Checker{Policy: policy, Raster: draw, FailFast: cmd.FailFast}, "checking", func(r baseline.Result) error {
		return cmd.report(ctx, r, draw)
	})
	if err != nil {
		return err
	}
	if err := cmd.tell(std.out, results); err != nil {
		return err
	}
	return notEqual(results)
}

// check runs a checker under a bar, and has each result done with.
func (g *golden) check(ctx context.Context, std streams, cases []baseline.Case, c baseline.Checker, what string, do func(baseline.Result) error) ([]baseline.Result, error) {
	bar := std.progress(len(cases), what)
	bar.RenderBlank()
	defer bar.Finish()
	c.Store, c.Render, c.Workers = g.store, g.render, g.flags.Workers
	c.Done = func(r baseline.Result) error {
		bar.Add(1)
		return do(r)
	}
	return c.Check(ctx, cases)
}

// notEqual returns an error unless all results are equal.
func notEqual(results []baseline.Result) error {
	n := 0
	for i := range results {
		if !results[i].OK() {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return errReported{fmt.Errorf("%s not as their baselines: %w", count(n, "document"), platen.Invalid)}
}

// report writes the files that show what has become of a document.
func (cmd baselineCheckCmd) report(ctx context.Context, r baseline.Result, draw *raster.Rasteriser) error {
	if cmd.Reports == "" || r.OK() || r.Document.PDF == nil {
		return nil
	}
	base := filepath.Join(cmd.Reports, strings.NewReplacer("/", "-", ".json", "").Replace(r.Template+"-"+r.Sample))
	files := []outputFile{{base + ".pdf", r.Document.PDF}}
	if r.Report != nil {
		var page bytes.Buffer
		if err := r.Report.HTML(ctx, &page, r.Golden, r.Document.PDF, draw); err != nil {
			return err
		}
		files = append(files, outputFile{base + ".html", page.Bytes()})
	}
	return writeFiles(files...)
}

func (cmd baselineCheckCmd) tell(w io.Writer, results []baseline.Result) error {
	if cmd.JUnit != "" {
		var report bytes.Buffer
		if err := baseline.JUnit(&report, results); err != nil {
			return err
		}
		if err := writeFiles(outputFile{cmd.JUnit, report.Bytes()}); err != nil {
			return err
		}
	}
	if cmd.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return cannotWrite("stdout", out.Encode(checked{platen.TenantID(cmd.Golden.Kept.Tenant), platen.Version, results}))
	}
	var b strings.Builder
	equal := 0
	for i := range results {
		r := &results[i]
		if r.OK() {
			equal++
			continue
		}
		fmt.Fprintf(&b, "%s %s: %s\n", r.Template, r.Sample, printable(r.Summary()))
		for _, line := range r.Lines() {
			fmt.Fprintf(&b, "  %s\n", printable(line))
		}
	}
	fmt.Fprintf(&b, "%d of %s as their baselines\n", equal, count(len(results), "document"))
	_, err := io.WriteString(w, b.String())
	return cannotWrite("stdout", err)
}
