package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/google/renameio/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/pdf/raster"
)

type diffCmd struct {
	A      string      `arg:"" help:"A PDF; - reads stdin."`
	B      string      `arg:"" help:"What it became; the same."`
	Policy string      `placeholder:"FILE" help:"YAML that says what is expected to differ."`
	HTML   string      `name:"html" placeholder:"FILE" help:"Write a report for a browser: one file, which loads nothing."`
	Output string      `short:"o" placeholder:"FILE" help:"Write the second file with a frame around each change."`
	JSON   bool        `name:"json" help:"Print the report as JSON to stdout."`
	Review reviewFlags `embed:""`
	Pixels bool        `default:"true" negatable:"" help:"Compare the pictures of pages that are not known to be equal."`
}

// Help says what the exit codes mean here.
func (diffCmd) Help() string {
	return `Prints a line for each finding, and a verdict: identical, identical content, equal under policy, or different.

With --review each finding is accepted or rejected by a person; docs/review.md says how.

Exit codes: 0 the two are equal, or all findings are accepted; 1 they are different; 2 they cannot be compared, since one is no PDF or is not
there, or the command line is wrong; 3 something on this machine does not work.`
}

// errDifferent is the verdict of a comparison; its words stand on stdout.
var errDifferent = errReported{fmt.Errorf("the files are different: %w", platen.Invalid)}

// Run compares the two files.
func (cmd diffCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	draw := newRaster(2)
	defer draw.Close()
	report, files, err := cmd.compare(ctx, std, draw)
	if err != nil {
		return cannotCompare(err)
	}
	if err := cmd.write(ctx, report, files, draw); err != nil {
		return err
	}
	if err := cmd.tell(std.out, report); err != nil {
		return cannotWrite("stdout", err)
	}
	if cmd.Review.Review != "" {
		return cmd.Review.review(ctx, std, log, report)
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

func (cmd diffCmd) compare(ctx context.Context, std streams, draw *raster.Rasteriser) (r *diff.Report, files [2][]byte, err error) {
	if cmd.A == stdStream && cmd.B == stdStream {
		return nil, files, usage("only one of the two can be stdin")
	}
	o := diff.Options{NameA: cmd.A, NameB: cmd.B}
	for i, name := range []string{cmd.A, cmd.B} {
		if files[i], err = readData(ctx, name, std.in, pdf.DefaultLimits.Bytes); err != nil {
			return nil, files, fmt.Errorf("%s: %w", name, err)
		}
	}
	if cmd.Policy != "" {
		src, err := readData(ctx, cmd.Policy, std.in, maxPolicy)
		if err != nil {
			return nil, files, fmt.Errorf("%s: %w", cmd.Policy, err)
		}
		if o.Policy, err = diff.ParsePolicy(src); err != nil {
			return nil, files, fmt.Errorf("%s: %w", cmd.Policy, err)
		}
	}
	if cmd.Pixels {
		o.Raster = draw
	}
	r, err = diff.Compare(ctx, files[0], files[1], o)
	return r, files, err
}

// write writes the files that were asked for.
func (cmd diffCmd) write(ctx context.Context, r *diff.Report, files [2][]byte, draw *raster.Rasteriser) error {
	if cmd.HTML != "" {
		var page bytes.Buffer
		if err := r.HTML(ctx, &page, files[0], files[1], draw); err != nil {
			return err
		}
		if err := renameio.WriteFile(cmd.HTML, page.Bytes(), 0o644); err != nil {
			return cannotWrite(cmd.HTML, err)
		}
	}
	if cmd.Output == "" {
		return nil
	}
	marked, err := r.Marked(files[1])
	if err != nil {
		return err
	}
	return cannotWrite(cmd.Output, renameio.WriteFile(cmd.Output, marked, 0o644))
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
	for i := range r.Findings {
		f := &r.Findings[i]
		line := fmt.Sprintf("%s: %s", f.Class, f.What)
		if said := f.Said(); said != "" {
			line += ": " + said
		}
		if at := f.Position(); at != "" {
			line += " (" + at + ")"
		}
		if f.Mask != "" {
			line = "expected (" + f.Mask + "): " + line
		}
		b.WriteString(printable(line) + "\n")
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
