package baseline

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The report of JUnit, as far as systems of continuous integration read it.
type (
	testSuites struct {
		XMLName xml.Name    `xml:"testsuites"`
		Suites  []testSuite `xml:"testsuite"`
	}
	testSuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	testCase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Failure *problem `xml:"failure"`
		Error   *problem `xml:"error"`
		Skipped *problem `xml:"skipped"`
	}
	problem struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes results as a report of JUnit: a suite for each template, and a test for each sample.
func JUnit(w io.Writer, results []Result) error {
	var all testSuites
	for i := range results {
		r := &results[i]
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != r.Template {
			all.Suites = append(all.Suites, testSuite{Name: r.Template})
		}
		s := &all.Suites[len(all.Suites)-1]
		c := testCase{Name: r.Sample, Class: r.Template}
		p := &problem{r.Summary(), strings.Join(r.Lines(), "\n")}
		s.Tests++
		switch r.State {
		case Equal:
		case Skipped:
			c.Skipped = p
			s.Skipped++
		case Failed:
			c.Error = p
			s.Errors++
		default:
			c.Failure = p
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// Summary says in a few words how the case is.
func (r *Result) Summary() string {
	switch r.State {
	case Equal:
		return string(r.Verdict)
	case New:
		return "it has no baseline: look at the document, and record it"
	case Gone:
		return "there is a baseline, and no longer such a sample"
	case Failed:
		return r.Error
	case Skipped:
		return "not checked"
	}
	text := fmt.Sprintf("different, %d findings", len(r.Findings))
	if len(r.Findings) == 1 {
		text = "different, 1 finding"
	}
	if len(r.Causes) == 0 {
		return text + "; nothing that it is made from has changed: this is a fault of Platen"
	}
	return text + "; " + strings.Join(r.Causes, "; ")
}

// Lines has a line for each finding.
func (r *Result) Lines() (lines []string) {
	for i := range r.Findings {
		f := &r.Findings[i]
		line := fmt.Sprintf("%s: %s", f.Class, f.What)
		if said := f.Said(); said != "" {
			line += ": " + said
		}
		if at := f.Position(); at != "" {
			line += " (" + at + ")"
		}
		lines = append(lines, line)
	}
	return lines
}
