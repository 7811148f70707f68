package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/baseline"
)

type baselineRecordCmd struct {
	Golden goldenFlags `embed:""`
	By     string      `default:"${user}" help:"Who does it."`
	Reason string      `default:"first baseline" help:"Why; it stands in the log of the baselines."`
}

// Help is the long text of "platen help baseline record".
func (baselineRecordCmd) Help() string {
	return `A baseline that is there stays: platen baseline approve replaces it.

  platen baseline record --dir golden/ --data 'batches/*.json'
  platen baseline record --tenant acme --reason "CR-118: before the release"`
}

// Run records what has no baseline.
func (cmd baselineRecordCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	g, cases, err := cmd.Golden.open(ctx, std, log)
	if err != nil {
		return err
	}
	defer g.close()
	entries := map[[2]string]baseline.Entry{}
	results, err := g.check(ctx, std, cases, baseline.Checker{}, "recording", func(r baseline.Result) (err error) {
		if r.State == baseline.New {
			entries[caseOf(r)], err = g.keep(ctx, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	recorded, err := g.add(ctx, audit.BaselineRecorded, baseline.Act{By: cmd.By, Reason: cmd.Reason}, results, entries)
	if err != nil {
		return err
	}
	var failed []error
	for i := range results {
		if r := &results[i]; r.State == baseline.Failed {
			fmt.Fprintf(std.err, "platen: %s %s: %s\n", r.Template, r.Sample, r.Error)
			failed = append(failed, platen.Invalid)
		}
	}
	fmt.Fprintf(std.err, "%d of %s recorded\n", recorded, count(len(results), "document"))
	return worst(failed)
}

// caseOf names the case of a result.
func caseOf(r baseline.Result) [2]string { return [2]string{r.Template, r.Sample} }

// keep keeps the document of a result, and returns the entry that takes it for right.
func (g *golden) keep(ctx context.Context, r baseline.Result) (baseline.Entry, error) {
	m := r.Document.Manifest
	return baseline.Entry{
		Template: r.Template, Version: r.Version, Sample: r.Sample, Inputs: m.Inputs, Source: platen.Digest(r.Case.Data), SHA256: m.SHA256,
		Pages: m.Pages, Replaces: r.Was, Verdict: r.Verdict, Policy: r.Policy,
	}, g.store.Keep(ctx, r.Template, r.Document.PDF, r.Case.Data)
}

// add adds entries in the order of the results, and returns how many. Where they are a tenant's, that stands in its
// audit trail before.
func (g *golden) add(ctx context.Context, action audit.Action, act baseline.Act, results []baseline.Result, entries map[[2]string]baseline.Entry) (int, error) {
	do := func() (int, error) {
		for _, r := range results {
			e, wanted := entries[caseOf(r)]
			if !wanted {
				continue
			}
			e.Act = act
			if _, err := g.store.Add(ctx, e); err != nil {
				return 0, err
			}
		}
		return len(entries), nil
	}
	if g.library == nil || len(entries) == 0 {
		return do()
	}
	of := tenantFlags{Tenant: g.kept.Tenant, Store: g.kept.Store}
	return recorded(ctx, of, actFlags{By: act.By, Reason: act.Reason}.entry(action, "baseline", strings.Join(g.flags.Templates, " ")), do)
}

type baselineApproveCmd struct {
	Checked     string      `required:"" placeholder:"FILE" help:"What platen baseline check --json has printed: only documents that stand there are approved, as they were then."`
	PrintedName string      `name:"name" required:"" placeholder:"NAME" help:"Printed name of who approves (21 CFR 11.50)."`
	Meaning     string      `default:"approval" help:"What the approval means: review, approval, responsibility."`
	By          string      `default:"${user}" help:"Who does it."`
	Reason      string      `required:"" help:"Why the documents are right; it stands in the log of the baselines."`
	Sample      []string    `help:"Only these samples."`
	Golden      goldenFlags `embed:""`
}

// Help is the long text of "platen help baseline approve".
func (baselineApproveCmd) Help() string {
	return `Makes the documents once more. One that is not, byte for byte, what was checked is refused, and then nothing is approved.

  platen baseline check --tenant acme --reports reports/ --json > check.json
  platen baseline approve --tenant acme --checked check.json --name "A. Meier" --reason "CR-118: new logo"`
}

// Run approves what was checked.
func (cmd baselineApproveCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	seen, err := cmd.seen(ctx, std)
	if err != nil {
		return err
	}
	g, cases, err := cmd.Golden.open(ctx, std, log)
	if err != nil {
		return err
	}
	defer g.close()
	entries := map[[2]string]baseline.Entry{}
	results, err := g.check(ctx, std, cases, baseline.Checker{}, "making", func(r baseline.Result) (err error) {
		was, wanted := seen[caseOf(r)]
		if !wanted || r.OK() {
			return nil
		}
		if r.State == baseline.Failed || r.Is != was.Is {
			return fmt.Errorf("%s of template %s is not the document that was checked: check it again: %w", r.Sample, r.Template, platen.Conflict)
		}
		r.Verdict, r.Policy = was.Verdict, was.Policy // with pixels, and what was expected
		entries[caseOf(r)], err = g.keep(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range results {
		if _, wanted := seen[caseOf(r)]; wanted && r.State == baseline.Gone {
			entries[caseOf(r)] = baseline.Entry{Template: r.Template, Sample: r.Sample, Retired: true}
		}
	}
	act := baseline.Act{By: cmd.By, Name: cmd.PrintedName, Meaning: cmd.Meaning, Reason: cmd.Reason}
	n, err := g.add(ctx, audit.BaselineApproved, act, results, entries)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s approved\n", count(n, "document"))
	return nil
}

// seen reads what was checked, by template and sample.
func (cmd baselineApproveCmd) seen(ctx context.Context, std streams) (map[[2]string]baseline.Result, error) {
	src, err := readData(ctx, cmd.Checked, std.in, maxDataMiB<<20)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.Checked, err)
	}
	var c checked
	if err := json.Unmarshal(src, &c); err != nil || c.Platen == "" {
		return nil, usage("%s is not what platen baseline check --json prints", cmd.Checked)
	}
	if string(c.Tenant) != cmd.Golden.Kept.Tenant {
		return nil, usage("%s was checked for tenant %s: want --tenant %s", cmd.Checked, orNone(string(c.Tenant)), orNone(cmd.Golden.Kept.Tenant))
	}
	all := map[[2]string]baseline.Result{}
	for _, r := range c.Results {
		all[caseOf(r)] = r
	}
	if len(cmd.Sample) == 0 {
		return all, nil
	}
	some := map[[2]string]baseline.Result{}
	for key, r := range all {
		for _, sample := range cmd.Sample {
			if key[1] == sample {
				some[key] = r
			}
		}
	}
	if len(some) == 0 {
		return nil, errors.New("none of the samples was checked: name them as check does")
	}
	return some, nil
}

type baselineListCmd struct {
	Kept keptFlags `embed:""`
	JSON bool      `name:"json" help:"Print the whole logs, a JSON line for each entry."`
}

// Run lists the baselines.
func (cmd baselineListCmd) Run(ctx context.Context, std streams) error {
	g, err := cmd.Kept.open(ctx, std)
	if err != nil {
		return err
	}
	defer g.close()
	names, err := g.store.Templates(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, name := range names {
		all, err := g.store.Entries(ctx, name)
		if err != nil {
			return err
		}
		if err := cmd.tell(std.out, table, all); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	return cannotWrite("stdout", table.Flush())
}

func (cmd baselineListCmd) tell(out io.Writer, table io.Writer, all []baseline.Entry) error {
	if cmd.JSON {
		for _, e := range all {
			if err := json.NewEncoder(out).Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	for _, sample := range baseline.Samples(all) {
		e := baseline.Newest(all, sample, platen.Engine{})
		who := e.By
		if e.Name != "" {
			who = fmt.Sprintf("%s (%s), %s", e.Name, e.By, e.Meaning)
		}
		_, err := fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\t%s\t%s\n", e.Template, e.Version, sample, e.SHA256[:12], e.At.Format(time.RFC3339), printable(who), printable(e.Reason))
		if err != nil {
			return err
		}
	}
	return nil
}
