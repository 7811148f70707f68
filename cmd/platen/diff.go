package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf"
)

type diffCmd struct {
	A      string `arg:"" help:"A PDF; - reads stdin."`
	B      string `arg:"" help:"What it became; the same."`
	Policy string `placeholder:"FILE" help:"YAML that says what is expected to differ."`
	JSON   bool   `name:"json" help:"Print the report as JSON to stdout."`
	Pixels bool   `default:"true" negatable:"" help:"Compare the pictures of pages that are not known to be equal."`
}

// Help says what the exit codes mean here.
func (diffCmd) Help() string {
	return `Prints a line for each finding, and a verdict: identical, identical content, equal under policy, or different.

Exit codes: 0 the two are equal; 1 they are different; 2 they cannot be compared, since one is no PDF or is not
there, or the command line is wrong; 3 something on this machine does not work.`
}

// errDifferent is the verdict of a comparison; its words stand on stdout.
var errDifferent = errReported{fmt.Errorf("the files are different: %w", platen.Invalid)}

// Run compares the two files.
func (cmd diffCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	report, err := cmd.compare(ctx, std)
	if err != nil {
		return cannotCompare(err)
	}
	if err := cmd.tell(std.out, report); err != nil {
		return cannotWrite("stdout", err)
	}
	if report.Verdict == diff.Different {
		return errDifferent
	}
	return nil
}

// cannotCompare makes an error of the input one of the command line, so that exit code 1 means
// different and nothing else.
func cannotCompare(err error) error {
	if exitCode(err) == exitRefused {
		return usageError{errors.New(words(err))}
	}
	return err
}

func (cmd diffCmd) compare(ctx context.Context, std streams) (*diff.Report, error) {
	if cmd.A == stdStream && cmd.B == stdStream {
		return nil, usage("only one of the two can be stdin")
	}
	o := diff.Options{NameA: cmd.A, NameB: cmd.B}
	var files [2][]byte
	for i, name := range []string{cmd.A, cmd.B} {
		var err error
		if files[i], err = readData(ctx, name, std.in, pdf.DefaultLimits.Bytes); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if cmd.Policy != "" {
		src, err := readData(ctx, cmd.Policy, std.in, maxPolicy)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cmd.Policy, err)
		}
		if o.Policy, err = diff.ParsePolicy(src); err != nil {
			return nil, fmt.Errorf("%s: %w", cmd.Policy, err)
		}
	}
	if cmd.Pixels {
		o.Raster = newRaster(2)
		defer o.Raster.Close()
	}
	return diff.Compare(ctx, files[0], files[1], o)
}

// maxPolicy is the most bytes of a policy.
const maxPolicy = 1 << 20

func (cmd diffCmd) tell(w io.Writer, r *diff.Report) error {
	if cmd.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	var b strings.Builder
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s: %s", f.Class, f.What)
		if f.Kind == "inserted" || f.Kind == "removed" || f.Kind == "moved" {
			if said := cmp.Or(f.New, f.Old); said != "" && !strings.Contains(f.What, said) {
				line += ": " + said
			}
		}
		if f.Mask != "" {
			line = "expected (" + f.Mask + "): " + line
		}
		b.WriteString(printable(line + findingPlace(f)))
		b.WriteByte('\n')
	}
	for _, m := range r.Masks {
		fmt.Fprintf(&b, "mask %s: %s (%s)\n", m.Name, count(m.Hits, "difference"), m.Reason)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	fmt.Fprintf(&b, "%s\n", r.Verdict)
	_, err := io.WriteString(w, b.String())
	return err
}

// findingPlace says where a finding is: " (page 3, Materials; 12 places)".
func findingPlace(f diff.Finding) string {
	var parts []string
	if len(f.Places) > 0 {
		if p := f.Places[0]; p.B.Page > 0 {
			parts = append(parts, fmt.Sprintf("page %d", p.B.Page))
		} else if p.A.Page > 0 {
			parts = append(parts, fmt.Sprintf("page %d of the first", p.A.Page))
		}
		if f.Where != "" {
			parts = append(parts, f.Where)
		}
	}
	if len(f.Places) > 1 {
		parts = append(parts, fmt.Sprintf("%d places", len(f.Places)))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
