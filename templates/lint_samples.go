package templates

import (
	"context"
	"errors"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// sampleIssue is the issue block under which samples are filled.
var sampleIssue = platen.IssueBlock{
	By: "A. Sample", At: "2026-01-31T12:00:00Z", Reason: "Sample", Copy: 1, Of: 1, Status: "DRAFT",
}

// lintSamples holds the samples against the contract and fills each.
func (l *linter) lintSamples() {
	tpl, err := Compile(l.bundle)
	if err != nil {
		tpl = nil // parse has reported why
	}
	count := 0
	for file := range l.bundle.under(samplesDir) {
		if !strings.HasSuffix(file, ".json") {
			continue
		}
		count++
		if data, ok := l.sample(file); ok && tpl != nil {
			l.fillSample(tpl, file, data)
		}
	}
	if count == 0 {
		l.report(samplesDir, 0, 0, Warning, "the bundle has no sample: add samples/*.json, so that lint and preview have something to fill")
	}
}

// sample reads a sample and reports what the contract does not allow.
func (l *linter) sample(file string) (data any, ok bool) {
	data, err := platen.ParseData(l.bundle.files[file], platen.DefaultDataLimits)
	var syntax *platen.DataError
	if errors.As(err, &syntax) {
		l.report(file, syntax.Line, syntax.Column, Fault, "%s", syntax.Reason)
		return nil, false
	}
	if l.contract == nil {
		return data, true
	}
	err = l.contract.Validate(data)
	var broken *contract.Error
	if !errors.As(err, &broken) {
		return data, true
	}
	for _, v := range broken.Violations {
		l.report(file, 0, 0, Fault, "%s", v)
	}
	return nil, false
}

func (l *linter) fillSample(tpl *Template, file string, data any) {
	_, err := tpl.Fill(context.Background(), data, sampleIssue)
	var at *handlebars.Error
	switch {
	case err == nil:
	case errors.As(err, &at):
		l.report(at.File, at.Line, at.Col, Fault, "filled with %s: %s", file, at.Msg)
	default:
		l.report(file, 0, 0, Fault, "cannot be filled in: %s", err)
	}
}
