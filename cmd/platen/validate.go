package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/prove"
)

type validateCmd struct {
	Output string      `short:"o" required:"" placeholder:"DIR" help:"Folder of the pack."`
	By     string      `default:"${user}" help:"Who executes the steps."`
	Golden goldenFlags `embed:""`
	Seal   sealFlags   `embed:"" group:"Seal"`
}

// Validate is called by kong.
func (cmd *validateCmd) Validate() error {
	switch {
	case cmd.Golden.Kept.Tenant == "":
		return errors.New("--tenant is missing: whose templates and settings are validated?")
	case strings.TrimSpace(cmd.By) == "":
		return errors.New("--by is missing: who executes the steps?")
	case cmd.Seal.Seal && cmd.Seal.SealKey == "":
		return errors.New("--seal without --seal-key: a pack belongs to no tenant: name a key")
	}
	return nil
}

// Help is the long text of "platen help validate".
func (validateCmd) Help() string {
	return `The first time it writes plan.json: the steps of installation, operation and performance qualification, each
with its acceptance criterion. Approve it, by filling in name, at and meaning, and run the command again: the
steps are executed, and validation-pack.pdf and .json, with the evidence beside them, say what was observed.
Baselines of the tenant have to be recorded before (platen baseline record).

Exit codes: 0 all steps passed; 1 one has failed, or the plan was just written; 2 the plan is not approved, or is
that of another release or tenant; 3 something on this machine does not work.

  platen validate --tenant acme -o pack/`
}

// Files of a pack.
const (
	planFile = "plan.json"
	packFile = "validation-pack"
)

// A plan is what somebody approves before it is executed.
type plan struct {
	Platen  string            `json:"platen"`
	Tenant  platen.TenantID   `json:"tenant"`
	Steps   []plannedStep     `json:"steps"`
	Require []packRequirement `json:"requirements"`
	Name    string            `json:"name"` // printed name of who approves
	At      string            `json:"at"`   // RFC 3339 with offset
	Meaning string            `json:"meaning"`
}

// A validation is one that is executed.
type validation struct {
	cmd    *validateCmd
	std    streams
	golden *golden
	draw   *raster.Rasteriser
	dir    string

	made     []made // of the templates that Platen brings
	proofs   map[string]*prove.Report
	evidence []packEvidence // of the step at hand
}

// Run writes the plan, or executes it.
func (cmd *validateCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	wanted := plan{Platen: platen.Version, Tenant: platen.TenantID(cmd.Golden.Kept.Tenant), Require: requirements, Meaning: "approval"}
	for _, s := range steps {
		wanted.Steps = append(wanted.Steps, s.plannedStep)
	}
	path := filepath.Join(cmd.Output, planFile)
	src, err := readAtMost(path, nil, maxDecisions)
	if errors.Is(err, platen.NotFound) {
		return cmd.begin(std, path, wanted)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	approved, err := readPlan(src, wanted)
	if err != nil {
		return usage("%s: %v", path, err)
	}
	return cmd.execute(ctx, std, log, approved, src)
}

// begin writes the plan.
func (cmd *validateCmd) begin(std streams, path string, p plan) error {
	if err := os.MkdirAll(cmd.Output, 0o755); err != nil {
		return cannotWrite(cmd.Output, err)
	}
	src, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFiles(outputFile{path, append(src, '\n')}); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s planned in %s: approve them by filling in name and at, and run this again\n", count(len(p.Steps), "step"), path)
	return errReported{fmt.Errorf("the plan is not approved yet: %w", platen.Invalid)}
}

// readPlan reads a plan, which must be that of this release, and approved.
func readPlan(src []byte, wanted plan) (p plan, err error) {
	in := json.NewDecoder(bytes.NewReader(src))
	in.DisallowUnknownFields()
	if err := in.Decode(&p); err != nil {
		return p, fmt.Errorf("this is no plan: %w", err)
	}
	wanted.Name, wanted.At, wanted.Meaning = p.Name, p.At, p.Meaning
	if !reflect.DeepEqual(p, wanted) {
		return p, errors.New("the plan is that of another release or tenant, or its steps were changed: plan anew in another folder")
	}
	at, err := platen.IssueBlock{At: p.At}.Time()
	switch {
	case strings.TrimSpace(p.Name) == "" || strings.TrimSpace(p.Meaning) == "":
		return p, errors.New("the plan is not approved: name and meaning are those of who approves it")
	case err != nil || at.IsZero():
		return p, fmt.Errorf("at is %q: want RFC 3339 with offset, as in 2026-03-01T14:05:00+01:00", p.At)
	case at.After(time.Now()):
		return p, fmt.Errorf("at is %s, which is still to come: a plan is approved before it is executed", p.At)
	}
	return p, nil
}

// execute executes the steps, and writes the pack.
func (cmd *validateCmd) execute(ctx context.Context, std streams, log *slog.Logger, p plan, src []byte) error {
	g, err := cmd.Golden.Kept.open(ctx, std)
	if err != nil {
		return err
	}
	defer g.close()
	g.flags = cmd.Golden
	if err := g.openBrowsers(ctx, cmd.Golden.Workers, log); err != nil {
		return err
	}
	v := &validation{cmd: cmd, std: std, golden: g, draw: newRaster(cmd.Golden.Workers), dir: cmd.Output, proofs: map[string]*prove.Report{}}
	defer v.draw.Close()
	from := time.Now()
	data := packData{
		Contract: "validation-pack/1", Pack: packAbout{"Validation pack", "en", string(p.Tenant), p.Platen},
		Plan: packPlan{platen.Digest(src), p.Name, p.At, p.Meaning}, Requirements: withTests(requirements), Deviations: []packDeviation{},
	}
	bar := std.progress(len(steps), "validating")
	for _, s := range steps {
		done, err := v.step(ctx, s)
		if err != nil {
			return err
		}
		data.add(done)
		bar.Add(1)
	}
	bar.Finish()
	to := time.Now()
	data.Execution = packExecution{cmd.By, from.Format(time.RFC3339), to.Format(time.RFC3339)}
	doc, err := printOwn(ctx, std, log, g.pool, cmd.Seal, "baseline/validation-pack", data, platen.IssueBlock{By: cmd.By, At: data.Execution.To}, platen.Attachment{
		Name: planFile, Type: "application/json", Relationship: "Supplement", Description: "The plan, as it was approved", Content: src,
	})
	if err != nil {
		return fmt.Errorf("report the validation: %w", err)
	}
	return cmd.write(std, data, doc)
}

// write writes the pack, and tells what it came to.
func (cmd *validateCmd) write(std streams, data packData, doc platen.Document) error {
	src, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return err
	}
	base := filepath.Join(cmd.Output, packFile)
	if err := writeFiles(outputFile{base + ".json", append(src, '\n')}, outputFile{base + ".pdf", doc.PDF}); err != nil {
		return err
	}
	for _, s := range data.Steps {
		if _, err := fmt.Fprintf(std.out, "%s %s: %s: %s\n", s.ID, s.Result, s.Title, printable(s.Observed)); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	fmt.Fprintf(std.out, "%s: %d of %s passed\n", data.Summary.Outcome, data.Summary.Passed, count(len(data.Steps), "step"))
	if data.Summary.Outcome == failed {
		return errReported{fmt.Errorf("the validation has failed: %w", platen.Invalid)}
	}
	return nil
}

// step executes one step. An error is that the command was interrupted, or cannot write.
func (v *validation) step(ctx context.Context, s step) (packStep, error) {
	v.evidence = []packEvidence{}
	observed, err := s.run(v, ctx, s)
	if ctx.Err() != nil {
		return packStep{}, ctx.Err()
	}
	result := passed
	if err != nil {
		result, observed = failed, words(err)
	}
	return packStep{plannedStep: s.plannedStep, Result: result, Observed: brief(observed), Evidence: v.evidence}, nil
}

// keep writes a file that shows what was observed.
func (v *validation) keep(s step, name string, content any) error {
	src, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	file := filepath.Join("evidence", s.ID+"-"+name+".json")
	path := filepath.Join(v.dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cannotWrite(path, err)
	}
	v.evidence = append(v.evidence, packEvidence{filepath.ToSlash(file), platen.Digest(src)})
	return writeFiles(outputFile{path, src})
}
