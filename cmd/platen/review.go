package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
)

// reviewFlags say where the decisions of a reviewer are, and what becomes of them.
type reviewFlags struct {
	Review    string       `placeholder:"FILE" help:"Decisions of a reviewer in JSON. Where there is no such file, it is written, with each finding to be decided."`
	ReviewPDF string       `name:"review-pdf" placeholder:"FILE" help:"With --review: the report with the decisions as a PDF."`
	Seal      sealFlags    `embed:"" group:"Seal"`
	Browser   browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong.
func (f *reviewFlags) Validate() error {
	switch {
	case f.ReviewPDF != "" && f.Review == "":
		return errors.New("--review-pdf without --review: there are no decisions to report")
	case f.Seal.Seal && f.ReviewPDF == "":
		return errors.New("--seal without --review-pdf: nothing would be sealed")
	case f.Seal.Seal && f.Seal.SealKey == "":
		return errors.New("--seal without --seal-key: a report belongs to no tenant: name a key")
	}
	return nil
}

// Decisions are what a reviewer says about a comparison.
type decisions struct {
	A        string       `json:"a"` // sha256 of the files
	B        string       `json:"b"`
	Policy   string       `json:"policy,omitempty"` // sha256
	Verdict  diff.Verdict `json:"verdict"`
	Name     string       `json:"name"`    // printed name of the reviewer
	At       string       `json:"at"`      // RFC 3339 with offset
	Meaning  string       `json:"meaning"` // of the review (21 CFR 11.50)
	Findings []decision   `json:"findings"`

	sum string
}

// A decision is about one finding.
type decision struct {
	ID       string     `json:"id"`
	Class    diff.Class `json:"class"`
	What     string     `json:"what"`
	Where    string     `json:"where,omitempty"`
	Decision string     `json:"decision"` // accepted or rejected
	Reason   string     `json:"reason"`
}

const (
	accepted = "accepted"
	rejected = "rejected"
)

// maxDecisions is the most bytes of a file of decisions.
const maxDecisions = 64 << 20

// review reads the decisions about a comparison, or writes what is to be decided, and makes the report.
func (f reviewFlags) review(ctx context.Context, std streams, log *slog.Logger, r *diff.Report) error {
	if _, err := os.Stat(f.Review); errors.Is(err, os.ErrNotExist) {
		return f.begin(std, r)
	}
	src, err := readData(ctx, f.Review, std.in, maxDecisions)
	if err != nil {
		return cannotCompare(fmt.Errorf("%s: %w", f.Review, err))
	}
	d, err := readDecisions(src, r)
	if err != nil {
		return usage("%s: %v", f.Review, err)
	}
	if f.ReviewPDF != "" {
		if err := f.write(ctx, std, log, r, d, src); err != nil {
			return err
		}
	}
	if d.outcome() == rejected {
		return errReported{fmt.Errorf("findings were rejected: %w", platen.Invalid)}
	}
	return nil
}

// begin writes the file in which findings are decided.
func (f reviewFlags) begin(std streams, r *diff.Report) error {
	d := decisions{A: r.A.SHA256, B: r.B.SHA256, Policy: r.Policy, Verdict: r.Verdict, Meaning: "review", Findings: []decision{}}
	for _, finding := range open(r) {
		d.Findings = append(d.Findings, decision{ID: finding.ID(), Class: finding.Class, What: finding.What, Where: finding.Position()})
	}
	src, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFiles(outputFile{f.Review, append(src, '\n')}); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s to be decided in %s: fill in decision (%s or %s) and reason of each, and your name and the time, and run this again\n", count(len(d.Findings), "finding"), f.Review, accepted, rejected)
	return errReported{fmt.Errorf("not reviewed yet: %w", platen.Invalid)}
}

// open lists the findings that nobody expected.
func open(r *diff.Report) (list []diff.Finding) {
	for _, f := range r.Findings {
		if f.Mask == "" {
			list = append(list, f)
		}
	}
	return list
}

// readDecisions reads decisions, which must be about this comparison, and complete.
func readDecisions(src []byte, r *diff.Report) (d decisions, err error) {
	in := json.NewDecoder(bytes.NewReader(src))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return d, fmt.Errorf("these are no decisions: %w", err)
	}
	d.sum = platen.Digest(src)
	switch {
	case d.A != r.A.SHA256 || d.B != r.B.SHA256:
		return d, errors.New("the decisions are about other files: a and b are the sha256 of those: review these two in a new file")
	case d.Policy != r.Policy:
		return d, errors.New("the decisions were made under another policy: compare with that one, or review in a new file")
	case strings.TrimSpace(d.Name) == "":
		return d, errors.New("name is empty: want the printed name of the reviewer")
	case strings.TrimSpace(d.Meaning) == "":
		return d, errors.New("meaning is empty: want what the review means, as in review or approval")
	}
	if t, err := (platen.IssueBlock{At: d.At}).Time(); err != nil || t.IsZero() {
		return d, fmt.Errorf("at is %q: want RFC 3339 with offset, as in 2026-03-01T14:05:00+01:00", d.At)
	}
	return d, d.complete(open(r))
}

// complete checks that each finding is decided, once, and nothing else.
func (d decisions) complete(findings []diff.Finding) error {
	known := map[string]bool{}
	for _, f := range findings {
		known[f.ID()] = true
	}
	decided := map[string]bool{}
	for i, one := range d.Findings {
		switch {
		case !known[one.ID]:
			return fmt.Errorf("findings[%d] is %q, which this comparison has not found: review in a new file", i, one.ID)
		case decided[one.ID]:
			return fmt.Errorf("findings[%d] (%s) is decided twice: keep one", i, one.ID)
		case one.Decision != accepted && one.Decision != rejected:
			return fmt.Errorf("findings[%d] (%s): decision is %q: want %s or %s", i, one.ID, one.Decision, accepted, rejected)
		case strings.TrimSpace(one.Reason) == "":
			return fmt.Errorf("findings[%d] (%s) has no reason: say why it is %s", i, one.ID, one.Decision)
		}
		decided[one.ID] = true
	}
	if n := len(known) - len(decided); n > 0 {
		return fmt.Errorf("%s not decided: review in a new file", count(n, "finding"))
	}
	return nil
}

// outcome is accepted when all findings are.
func (d decisions) outcome() string {
	for _, one := range d.Findings {
		if one.Decision == rejected {
			return rejected
		}
	}
	return accepted
}
