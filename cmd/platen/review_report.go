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
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/templates"
)

// The data of contract diff-report/1.
type (
	reviewReport struct {
		Contract string           `json:"contract"`
		Report   reportAbout      `json:"report"`
		Before   reportFile       `json:"before"`
		After    reportFile       `json:"after"`
		Verdict  diff.Verdict     `json:"verdict"`
		Pages    diff.PageCount   `json:"pages"`
		Findings []reportFinding  `json:"findings"`
		Expected []reportExpected `json:"expected"`
		Notes    []string         `json:"notes"`
		Policy   string           `json:"policy,omitempty"`
		Engine   reportEngine     `json:"engine"`
		Review   reportReview     `json:"review"`
	}
	reportAbout struct {
		Title    string `json:"title"`
		Language string `json:"language"`
	}
	reportFile struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
		Bytes  int    `json:"bytes"`
		Pages  int    `json:"pages,omitempty"`
	}
	reportFinding struct {
		ID       string         `json:"id"`
		Class    diff.Class     `json:"class"`
		What     string         `json:"what"`
		Said     string         `json:"said,omitempty"`
		Where    string         `json:"where,omitempty"`
		Decision reportDecision `json:"decision"`
	}
	reportDecision struct {
		Outcome string `json:"outcome"`
		Reason  string `json:"reason"`
	}
	reportExpected struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
		Hits   int    `json:"hits"`
	}
	reportEngine struct {
		Platen string `json:"platen"`
		Raster string `json:"raster,omitempty"`
	}
	reportReview struct {
		Name      string `json:"name"`
		At        string `json:"at"`
		Meaning   string `json:"meaning"`
		Outcome   string `json:"outcome"`
		Decisions string `json:"decisions"`
	}
)

// reviewed is the comparison with what was decided about it.
func reviewed(r *diff.Report, d decisions) reviewReport {
	file := func(f diff.File) reportFile { return reportFile{filepath.Base(f.Name), f.SHA256, f.Bytes, f.Pages} }
	report := reviewReport{
		Contract: "diff-report/1", Report: reportAbout{"Comparison of two documents", "en"},
		Before: file(r.A), After: file(r.B), Verdict: r.Verdict, Pages: r.Pages, Policy: r.Policy, Engine: reportEngine{platen.Version, r.Engine},
		Findings: []reportFinding{}, Expected: []reportExpected{}, Notes: append([]string{}, r.Notes...),
		Review: reportReview{d.Name, d.At, d.Meaning, d.outcome(), d.sum},
	}
	decided := map[string]decision{}
	for _, one := range d.Findings {
		decided[one.ID] = one
	}
	for _, f := range open(r) {
		one := decided[f.ID()]
		report.Findings = append(report.Findings, reportFinding{f.ID(), f.Class, brief(f.What), brief(f.Said()), brief(f.Position()), reportDecision{one.Decision, one.Reason}})
	}
	for _, m := range r.Masks {
		report.Expected = append(report.Expected, reportExpected{m.Name, m.Reason, m.Hits})
	}
	return report
}

// maxBrief is how many characters of a text stand in a report.
const maxBrief = 2000

// brief is a text that is not too long, and nothing where it is only white space.
func brief(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	if r := []rune(s); len(r) > maxBrief {
		return string(r[:maxBrief]) + "…"
	}
	return s
}

// write makes the PDF of a review, with the decisions attached as they were given.
func (f reviewFlags) write(ctx context.Context, std streams, log *slog.Logger, r *diff.Report, d decisions, src []byte) error {
	pool, err := f.Browser.open(ctx, 1, log)
	if err != nil {
		return err
	}
	defer pool.Close()
	doc, err := printOwn(ctx, std, log, pool, f.Seal, "baseline/diff-report", reviewed(r, d), platen.IssueBlock{By: d.Name, At: d.At}, platen.Attachment{
		Name: "decisions.json", Type: "application/json", Relationship: "Supplement", Description: "The decisions of the reviewer", Content: src,
	})
	if err != nil {
		return fmt.Errorf("report the review: %w", err)
	}
	if err := writeFiles(outputFile{f.ReviewPDF, doc.PDF}); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s: %s, %s\n", f.ReviewPDF, count(doc.Manifest.Pages, "page"), d.outcome())
	return nil
}

// printOwn makes a document of Platen's own, which belongs to no tenant and is not kept.
func printOwn(ctx context.Context, std streams, log *slog.Logger, pool *chrome.Pool, seal sealFlags, template string, data any, issue platen.IssueBlock, with platen.Attachment) (doc platen.Document, err error) {
	src, err := ownData(data)
	if err != nil {
		return doc, err
	}
	bundle, err := templates.Open(template)
	if err != nil {
		return doc, err
	}
	t, err := templates.Compile(bundle)
	if err != nil {
		return doc, err
	}
	cfg := renderer.Config{
		Printer: pool, Limits: platen.DefaultDataLimits, Now: time.Now, Log: log,
		Templates: func(context.Context, platen.Job, string) (*templates.Template, error) { return t, nil },
	}
	if err := seal.into(ctx, std, &cfg, issue.By); err != nil {
		return doc, err
	}
	return renderer.New(cfg).Render(ctx, platen.Job{
		Tenant: "local", Template: template, Data: src, By: issue.By, Issue: issue,
		Finish: platen.FinishOptions{Seal: seal.Seal, Attachments: []platen.Attachment{with}},
	})
}

// ownData is the JSON of a document of Platen's own. It tells of texts of other documents, which
// may have characters that no document shows: their code points stand for them.
func ownData(data any) ([]byte, error) {
	src, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	v, err := platen.ParseJSON(src, platen.DefaultDataLimits)
	if err != nil {
		return nil, err
	}
	return platen.AppendJSON(nil, platen.Legible(v)), nil
}
