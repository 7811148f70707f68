package baseline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf/raster"
)

// A Case is a sample of a template that is printed.
type Case struct {
	Template string // name
	Version  string
	Sample   string
	Data     []byte
}

// A State says how the document of a case is beside its baseline.
type State string

const (
	Equal   State = "equal"     // or equal under the policy
	Changed State = "different" // see the findings
	New     State = "new"       // it has no baseline
	Gone    State = "gone"      // there is a baseline, and no longer such a sample
	Failed  State = "failed"    // it cannot be printed
	Skipped State = "skipped"   // another one was different before
)

// A Result says what has become of one case.
type Result struct {
	Template string         `json:"template"`
	Version  string         `json:"version,omitempty"`
	Sample   string         `json:"sample"`
	State    State          `json:"state"`
	Verdict  diff.Verdict   `json:"verdict,omitempty"`
	Causes   []string       `json:"causes,omitempty"`   // what it was made from, or by, that is another now
	Was      string         `json:"was,omitempty"`      // sha256 of the baseline
	Is       string         `json:"is,omitempty"`       // sha256 of the document
	Policy   string         `json:"policy,omitempty"`   // sha256 of what was expected to differ
	Findings []diff.Finding `json:"findings,omitempty"` // what differs, but for what the policy expects
	Notes    []string       `json:"notes,omitempty"`
	Error    string         `json:"error,omitempty"`

	// What only Done gets to see.
	Case     Case            `json:"-"`
	Document platen.Document `json:"-"`
	Baseline *Entry          `json:"-"` // nil: there is none
	Golden   []byte          `json:"-"` // the PDF of the baseline, where it was compared
	Report   *diff.Report    `json:"-"` // nil: nothing was compared, or the bytes are equal
}

// OK reports whether the case is as its baseline.
func (r *Result) OK() bool { return r.State == Equal }

// A Checker compares documents with their baselines.
type Checker struct {
	Store    *Store
	Render   func(context.Context, Case) (platen.Document, error) // as one whose document is not kept
	Policy   *diff.Policy                                         // what may differ, beside OwnPolicy; may be nil
	Raster   *raster.Rasteriser                                   // nil: pixels are not compared
	Workers  int                                                  // documents at once
	FailFast bool                                                 // the first one that is not equal ends it
	Done     func(Result) error                                   // is told of each, by one goroutine at a time; may be nil
}

// errEnough ends a check that is to end at the first difference.
var errEnough = errors.New("enough")

// Check makes the document of each case and compares it. Baselines of these templates that have
// no case any more are Gone. The results are in the order of the cases. An error is none of a
// case: the store or this machine does not work.
func (c *Checker) Check(ctx context.Context, cases []Case) ([]Result, error) {
	entries, err := c.entries(ctx, cases)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(cases))
	var telling sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(c.Workers, 1))
	for i, k := range cases {
		results[i] = Result{Template: k.Template, Version: k.Version, Sample: k.Sample, Case: k, State: Skipped}
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			r := &results[i]
			if err := c.one(ctx, entries[k.Template], r); err != nil {
				return err
			}
			telling.Lock()
			defer telling.Unlock()
			if c.Done != nil {
				if err := c.Done(*r); err != nil {
					return err
				}
			}
			r.Case, r.Document, r.Golden, r.Report = Case{}, platen.Document{}, nil, nil // not all of them at once in memory
			if c.FailFast && !r.OK() {
				return errEnough
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	results = append(results, gone(cases, entries)...)
	order := func(r Result) int {
		return slices.IndexFunc(cases, func(k Case) bool { return k.Template == r.Template })
	}
	slices.SortStableFunc(results, func(a, b Result) int { return order(a) - order(b) })
	return results, nil
}

// entries reads the logs of the templates.
func (c *Checker) entries(ctx context.Context, cases []Case) (map[string][]Entry, error) {
	logs := map[string][]Entry{}
	for _, k := range cases {
		if _, known := logs[k.Template]; known {
			continue
		}
		all, err := c.Store.Entries(ctx, k.Template)
		if err != nil {
			return nil, err
		}
		logs[k.Template] = all
	}
	return logs, nil
}

// one checks one case.
func (c *Checker) one(ctx context.Context, entries []Entry, r *Result) (err error) {
	r.Document, err = c.Render(ctx, r.Case)
	switch {
	case errors.Is(err, platen.Invalid) || errors.Is(err, platen.NotFound):
		r.State, r.Error = Failed, strings.TrimSuffix(err.Error(), ": "+string(platen.KindOf(err)))
		return nil
	case err != nil:
		return fmt.Errorf("%s of template %s: %w", r.Sample, r.Template, err)
	}
	r.Is = r.Document.Manifest.SHA256
	if r.Baseline = Newest(entries, r.Sample, r.Document.Manifest.Inputs.Engine); r.Baseline == nil {
		r.State = New
		return nil
	}
	r.Was = r.Baseline.SHA256
	r.Causes = causes(r.Baseline.Inputs, r.Document.Manifest.Inputs)
	if r.Was == r.Is {
		r.State, r.Verdict = Equal, diff.Identical
		return nil
	}
	return c.compare(ctx, r)
}

// compare compares a document with its baseline.
func (c *Checker) compare(ctx context.Context, r *Result) error {
	var err error
	if r.Golden, err = c.Store.PDF(ctx, *r.Baseline); err != nil {
		return err
	}
	policy := OwnPolicy().With(c.Policy)
	r.Report, err = diff.Compare(ctx, r.Golden, r.Document.PDF, diff.Options{
		NameA: "baseline", NameB: "document", Policy: policy, Raster: c.Raster,
	})
	if err != nil {
		return fmt.Errorf("%s of template %s: %w", r.Sample, r.Template, err)
	}
	r.Verdict, r.Policy, r.Notes, r.State = r.Report.Verdict, r.Report.Policy, r.Report.Notes, Equal
	if r.Verdict == diff.Different {
		r.State = Changed
		r.Findings = slices.DeleteFunc(slices.Clone(r.Report.Findings), func(f diff.Finding) bool { return f.Mask != "" })
	}
	return nil
}

// gone lists the baselines of which there is no case.
func gone(cases []Case, entries map[string][]Entry) (list []Result) {
	seen := map[string]bool{}
	for _, k := range cases {
		if seen[k.Template] {
			continue
		}
		seen[k.Template] = true
		for _, sample := range Samples(entries[k.Template]) {
			if !slices.ContainsFunc(cases, func(c Case) bool { return c.Template == k.Template && c.Sample == sample }) {
				list = append(list, Result{Template: k.Template, Sample: sample, State: Gone})
			}
		}
	}
	return list
}
