package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/helpers/zones"
	"github.com/dicode/platen/prove"
	"github.com/dicode/platen/templates"
)

// A step says what is done, what must be observed, and does it. What run returns was observed; an
// error says that the criterion was not met.
type step struct {
	plannedStep
	run func(*validation, context.Context, step) (observed string, err error)
}

// requirements are what the steps test.
var requirements = []packRequirement{
	{ID: "R-01", Text: "What is installed is known, complete, and works on this machine."},
	{ID: "R-02", Text: "Data that does not satisfy its contract is refused."},
	{ID: "R-03", Text: "The same input makes the same document."},
	{ID: "R-04", Text: "A document shows all that its template prints of the data."},
	{ID: "R-05", Text: "A template reaches neither network nor files, and runs no script."},
	{ID: "R-06", Text: "Differences between two documents are found, and none where there is none."},
	{ID: "R-07", Text: "The laboratory's documents are as somebody has approved them."},
}

// steps are executed in this order.
var steps = []step{
	{plannedStep{"IQ-01", "IQ", "R-01", "Identify the release", "Version of Platen, and digests of all templates and contracts that it brings, are recorded."}, (*validation).release},
	{plannedStep{"IQ-02", "IQ", "R-01", "Check the browser", "A browser that Platen can use is installed."}, doctored("browser")},
	{plannedStep{"IQ-03", "IQ", "R-01", "Check the sandbox of the browser", "It is on, or turned off on purpose."}, doctored("sandbox")},
	{plannedStep{"IQ-04", "IQ", "R-05", "Check that the browser has no network", "It is closed."}, doctored("network")},
	{plannedStep{"IQ-05", "IQ", "R-01", "Check the fonts", "Text in eight writing systems is printed, and no character lacks a glyph."}, doctored("fonts")},
	{plannedStep{"IQ-06", "IQ", "R-01", "Check the storage", "It can be written to, and a key is written once."}, doctored("storage")},
	{plannedStep{"IQ-07", "IQ", "R-01", "Check the keys", "The keys of all tenants can be used."}, doctored("keys")},
	{plannedStep{"OQ-01", "OQ", "R-02", "Try the limits of each contract", "Its example is accepted; without any one of its required fields it is refused, and the place is named."}, (*validation).contracts},
	{plannedStep{"OQ-02", "OQ", "R-03", "Make each sample of the templates that Platen brings twice", "Both documents are the same, byte for byte."}, (*validation).twice},
	{plannedStep{"OQ-03", "OQ", "R-04", "Prove these documents", "Each of them is proven."}, (*validation).proven},
	{plannedStep{"OQ-04", "OQ", "R-05", "Attack the browser", "A picture and a style sheet of the network, a file of this machine, and a script are refused."}, (*validation).attacks},
	{plannedStep{"OQ-05", "OQ", "R-06", "Seed defects into a document", "Each one is found, in its class; the document without a defect is identical to itself."}, (*validation).seeded},
	{plannedStep{"PQ-01", "PQ", "R-07", "Compare the laboratory's documents with their baselines", "There are baselines, and each document is as its baseline."}, (*validation).baselines},
	{plannedStep{"PQ-02", "PQ", "R-04", "Prove the laboratory's documents", "Each of them is proven."}, (*validation).provenOwn},
}

// release records what is installed.
func (v *validation) release(_ context.Context, s step) (string, error) {
	r, err := templates.ThisRelease()
	if err != nil {
		return "", err
	}
	browser, fonts := v.golden.pool.Engine()
	engine := platen.Engine{Platen: platen.Version, Browser: browser, Fonts: fonts, Zones: zones.Version}
	if err := v.keep(s, "release", map[string]any{"engine": engine, "baselines": r.Baselines, "contracts": r.Contracts}); err != nil {
		return "", err
	}
	return fmt.Sprintf("Platen %s, %s, font set %s, time zones %s, %s, %s", r.Platen, browser, fonts, engine.Zones, count(len(r.Baselines), "template"), count(len(r.Contracts), "contract")), nil
}

// doctored makes a check of platen doctor.
func doctored(name string) func(*validation, context.Context, step) (string, error) {
	return func(v *validation, ctx context.Context, _ step) (string, error) {
		doctor := doctorCmd{Store: v.cmd.Golden.Kept.Store, Browser: v.cmd.Golden.Browser}
		for _, c := range doctor.checks(ctx, v.std) {
			if c.name != name {
				continue
			}
			found, err := c.run()
			if warns := (warning{}); errors.As(err, &warns) {
				return words(err), nil
			}
			return found, err
		}
		return "", fmt.Errorf("there is no check %s: %w", name, platen.Internal)
	}
}

// contracts tries each contract with its example, and without each of the fields that it requires.
func (v *validation) contracts(context.Context, step) (string, error) {
	fields := 0
	for _, name := range contract.Names() {
		c, err := contract.Open(name)
		if err != nil {
			return "", err
		}
		example, err := platen.ParseData(c.Example(), platen.DefaultDataLimits)
		if err != nil {
			return "", err
		}
		if err := c.Validate(example); err != nil {
			return "", fmt.Errorf("the example of %s is refused: %w", name, err)
		}
		for field := range example.(*platen.Object).All() {
			if !c.Shape().Required[field] {
				continue
			}
			fields++
			less := &platen.Object{}
			for other, value := range example.(*platen.Object).All() {
				if other != field {
					less.Set(other, value)
				}
			}
			if err := c.Validate(less); err == nil || !strings.Contains(err.Error(), "/"+field) {
				return "", fmt.Errorf("%s without %s: %v: %w", name, field, err, platen.Invalid)
			}
		}
	}
	return fmt.Sprintf("%s, %s that are required", count(len(contract.Names()), "contract"), count(fields, "field")), nil
}

// A made document is one of a template that Platen brings.
type made struct {
	Template string `json:"template"`
	Sample   string `json:"sample"`
	SHA256   string `json:"sha256"`
	Pages    int    `json:"pages"`

	pdf      []byte
	template *templates.Template
	data     []byte
}

// twice makes each sample of the templates that Platen brings twice.
func (v *validation) twice(ctx context.Context, s step) (string, error) {
	for _, name := range templates.BaselineNames() {
		bundle, err := templates.Baseline(name)
		if err != nil {
			return "", err
		}
		t, err := templates.Compile(bundle)
		if err != nil {
			return "", err
		}
		trials, err := bundle.Trials()
		if err != nil {
			return "", err
		}
		for _, trial := range trials {
			job := platen.Job{Tenant: v.golden.tenant, Template: "baseline/" + name, Data: trial.Data, Issue: templates.SampleIssue()}
			first, err := v.golden.renderer.Trial(ctx, t, job)
			if err != nil {
				return "", fmt.Errorf("%s of %s: %w", trial.Name, name, err)
			}
			second, err := v.golden.renderer.Trial(ctx, t, job)
			if err != nil {
				return "", fmt.Errorf("%s of %s: %w", trial.Name, name, err)
			}
			if first.Manifest.SHA256 != second.Manifest.SHA256 {
				return "", fmt.Errorf("%s of %s is another document the second time: %w", trial.Name, name, platen.Internal)
			}
			v.made = append(v.made, made{"baseline/" + name, trial.Name, first.Manifest.SHA256, first.Manifest.Pages, first.PDF, t, trial.Data})
		}
	}
	return count(len(v.made), "document") + ", each made twice", v.keep(s, "documents", v.made)
}

// proven proves them.
func (v *validation) proven(ctx context.Context, s step) (string, error) {
	reports := map[string]*prove.Report{}
	for _, m := range v.made {
		r, err := v.prove(ctx, m.pdf, m.template, m.data)
		if err != nil {
			return "", fmt.Errorf("%s of %s: %w", m.Sample, m.Template, err)
		}
		reports[m.Template+" "+m.Sample] = r
	}
	return v.judge(s, reports)
}

func (v *validation) prove(ctx context.Context, pdf []byte, t *templates.Template, data []byte) (*prove.Report, error) {
	brand, err := v.golden.renderer.Settings.Brand(ctx, v.golden.tenant)
	if err != nil {
		return nil, err
	}
	parsed, err := platen.ParseData(data, dataLimits(maxDataMiB))
	if err != nil {
		return nil, err
	}
	return prove.Document(ctx, prove.Input{PDF: pdf, Template: t, Data: parsed, Issue: templates.SampleIssue(), Brand: brand})
}

// judge says whether all documents are proven.
func (v *validation) judge(s step, reports map[string]*prove.Report) (string, error) {
	if err := v.keep(s, "proofs", reports); err != nil {
		return "", err
	}
	values := 0
	var lacking []string
	for name, r := range reports {
		values += r.Values
		if !r.Proven {
			lacking = append(lacking, name)
		}
	}
	switch {
	case len(reports) == 0:
		return "", fmt.Errorf("there are no documents: %w", platen.NotFound)
	case len(lacking) > 0:
		return "", fmt.Errorf("%d of %s are not proven: %w", len(lacking), count(len(reports), "document"), platen.Invalid)
	}
	return fmt.Sprintf("%s, with %s", count(len(reports), "document"), count(values, "value")), nil
}

// baselines compares the tenant's documents with their baselines.
func (v *validation) baselines(ctx context.Context, s step) (string, error) {
	cases, err := v.golden.cases(ctx, v.std)
	if err != nil {
		return "", err
	}
	results, err := v.golden.check(ctx, streams{err: nowhere{}}, cases, baseline.Checker{Raster: v.draw}, "", func(r baseline.Result) (err error) {
		if r.Document.PDF != nil {
			v.proofs[r.Template+" "+r.Sample], err = v.prove(ctx, r.Document.PDF, v.golden.compiled[r.Template], r.Case.Data)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	var log []baseline.Entry
	for name := range v.golden.compiled {
		all, err := v.golden.store.Entries(ctx, name)
		if err != nil {
			return "", err
		}
		log = append(log, all...)
	}
	if err := v.keep(s, "baselines", map[string]any{"results": results, "log": log}); err != nil {
		return "", err
	}
	for i := range results {
		if r := &results[i]; !r.OK() {
			return "", fmt.Errorf("%s of %s: %s: %w", r.Sample, r.Template, r.Summary(), platen.Invalid)
		}
	}
	return count(len(results), "document") + ", each as its baseline", nil
}

// provenOwn proves the tenant's documents.
func (v *validation) provenOwn(_ context.Context, s step) (string, error) {
	return v.judge(s, v.proofs)
}

// nowhere is where what nobody has to see is written.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
