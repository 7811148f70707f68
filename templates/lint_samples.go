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

// maxSamples bounds the samples that are looked at.
const maxSamples = 20

// lintSamples holds the samples against the contract and fills each.
func (l *linter) lintSamples() {
	var files []string
	for file := range l.bundle.under(samplesDir) {
		if strings.HasSuffix(file, ".json") {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		l.report(samplesDir, 0, 0, Warning, "the bundle has no sample: add samples/*.json, so that lint and preview have something to fill")
	}
	if len(files) > maxSamples {
		l.report(samplesDir, 0, 0, Warning, "the bundle has %d samples, and lint looks at the first %d: keep the ones that differ", len(files), maxSamples)
		files = files[:maxSamples]
	}
	tpl, err := newTemplate(l.bundle, l.programs)
	if err != nil {
		l.reportErrors(settingsFile, err)
	} else {
		tpl = tpl.StandIn() // what the tenant lacks is reported already
	}
	known := l.faultyLines()
	for _, file := range files {
		if data, ok := l.sample(file); ok && err == nil && !l.broken {
			l.fillSample(tpl, file, data, known)
		}
	}
}

// A line is one of a template.
type line struct {
	file   string
	number int
}

// faultyLines are the lines on which a Fault is found already; what a sample
// says there is the same in other words.
func (l *linter) faultyLines() map[line]bool {
	lines := map[line]bool{}
	for f := range l.seen {
		if f.Severity == Fault {
			lines[line{f.File, f.Line}] = true
		}
	}
	return lines
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

// fillSample fills a sample in and reports what stops that, unless the line is
// known to be wrong.
func (l *linter) fillSample(tpl *Template, file string, data any, known map[line]bool) {
	_, err := tpl.Fill(context.Background(), data, sampleIssue, l.brand)
	var at *handlebars.Error
	switch {
	case err == nil:
	case errors.As(err, &at) && known[line{at.File, at.Line}]:
	case errors.As(err, &at):
		l.report(at.File, at.Line, at.Col, Fault, "filled with %s: %s", file, at.Msg)
	default:
		l.report(file, 0, 0, Fault, "cannot be filled in: %s", err)
	}
}
