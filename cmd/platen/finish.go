package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/finish"
)

type finishCmd struct {
	File   string `arg:"" help:"A PDF; - reads stdin."`
	Output string `short:"o" required:"" placeholder:"PATH" help:"Where the finished PDF goes; - writes stdout."`
	JSON   bool   `name:"json" help:"Print what was done as JSON to stdout."`

	Title    string `group:"Metadata" placeholder:"TEXT" help:"Its title. What none of these flags says stays as it is."`
	Subject  string `group:"Metadata" placeholder:"TEXT" help:"What it is about."`
	Author   string `group:"Metadata" placeholder:"TEXT" help:"Who wrote it."`
	Keywords string `group:"Metadata" placeholder:"TEXT" help:"Keywords, with commas."`
	Language string `group:"Metadata" placeholder:"TAG" help:"Its language (BCP 47), as in en-GB."`

	Issue   issueFlags   `embed:"" group:"Issue block"`
	Finish  finishFlags  `embed:"" group:"Finishing"`
	Claim   string       `name:"conformance" enum:"archive,none" default:"none" group:"Finishing" help:"archive: make it PDF/A-3b and PDF/UA-1, or say what it lacks; none: claim nothing."`
	Protect protectFlags `embed:"" group:"Finishing"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Validate is called by kong: what it refuses is a wrong command line.
func (cmd *finishCmd) Validate() error {
	if _, err := cmd.Issue.block(); err != nil {
		return errors.New(words(err))
	}
	switch {
	case cmd.JSON && cmd.Output == stdStream:
		return errors.New("--json and --output - both write to stdout: name a file for the document")
	case cmd.Claim == claimArchive && cmd.Protect.wanted():
		return errors.New("--conformance archive with a password: what is encrypted is not PDF/A: leave one of the two out")
	}
	return nil
}

// Help is the long text of "platen help finish".
func (finishCmd) Help() string {
	return `The PDF is described, stamped and written anew, as small as it gets. What it says
about itself is replaced where a flag says it, and stands in Info and XMP alike. The dates stay,
unless --issued-at gives a new one. A signed PDF is refused: finish it before it is signed.

  platen finish in.pdf -o out.pdf --watermark 'text=COPY,rotate=45' --attach record.json
  platen finish in.pdf -o out.pdf --conformance archive --title "Cleaning log" --language en
` + watermarkHelp
}

const claimArchive = "archive"

// A finished is what --json prints.
type finished struct {
	Output   string          `json:"output"`
	Pages    int             `json:"pages"`
	Bytes    int             `json:"bytes"`
	SHA256   string          `json:"sha256"`
	Finished platen.Finished `json:"finished"`
}

// Run finishes one PDF.
func (cmd *finishCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, cmd.Browser.Timeout)
	defer cancel()
	in, err := cmd.input(ctx, std)
	if err != nil {
		return err
	}
	before := claims(in.PDF)
	printer := cmd.Browser.lazy(log)
	defer printer.Close()
	res, err := finish.New(printer.Print).Finish(ctx, in)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if cmd.Claim == claimArchive {
		if err := checkClaim(res.PDF); err != nil {
			return fmt.Errorf("%s: %w", cmd.File, err)
		}
		fmt.Fprintln(std.err, "platen: the structure was checked for PDF/A-3b and PDF/UA-1; colours and page content were not: veraPDF looks at all of it")
	} else if before != "" {
		fmt.Fprintf(std.err, "platen: %s claimed to be %s; what comes out claims nothing, unless --conformance archive asks for it\n", cmd.File, before)
	}
	return cmd.write(ctx, std, res)
}

func (cmd *finishCmd) input(ctx context.Context, std streams) (in finish.Input, err error) {
	in.About = finish.About{Title: cmd.Title, Subject: cmd.Subject, Author: cmd.Author, Keywords: cmd.Keywords, Language: cmd.Language}
	in.Issue, _ = cmd.Issue.block() // Validate has looked at it
	if in.Options, err = cmd.Finish.options(); err != nil {
		return in, err
	}
	if cmd.Claim != claimArchive {
		in.Options.Conformance = platen.NoConformance
	}
	for _, w := range in.Options.Watermarks {
		in.Watermarks = append(in.Watermarks, finish.Watermark{Watermark: w, From: "request"})
	}
	if in.PDF, err = readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes); err != nil {
		return in, fmt.Errorf("%s: %w", cmd.File, err)
	}
	return in, nil
}

func (cmd *finishCmd) write(ctx context.Context, std streams, res finish.Result) error {
	out, err := cmd.Protect.protect(res.PDF)
	if err != nil {
		return err
	}
	if isStream(cmd.Output) {
		return std.writeStream(ctx, cmd.Output, out)
	}
	if err := writeFiles(outputFile{cmd.Output, out}); err != nil {
		return err
	}
	sum := platen.Digest(out)
	if cmd.JSON {
		return cannotWrite("stdout", json.NewEncoder(std.out).Encode(finished{cmd.Output, res.Pages, len(out), sum, res.Finished}))
	}
	_, err = fmt.Fprintf(std.err, "%s: %s, sha256 %s\n", cmd.Output, count(res.Pages, "page"), sum)
	return err
}

// claims returns the conformance that a PDF claims, "" if none or if it cannot be read.
func claims(src []byte) string {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return ""
	}
	facts, err := f.Facts()
	if err != nil {
		return ""
	}
	return strings.Join(facts.Conformance, ", ")
}

// checkClaim refuses a PDF that lacks something of what it claims.
func checkClaim(src []byte) error {
	lacks, err := lacksOf(src)
	if err != nil || len(lacks) == 0 {
		return err
	}
	var list []string
	for _, l := range lacks {
		list = append(list, lackText(l))
	}
	return fmt.Errorf("it cannot be made PDF/A-3b and PDF/UA-1, since it lacks what only its author can add:\n  %s\nMend the source and export it again, or leave --conformance out: %w",
		strings.Join(list, "\n  "), platen.Invalid)
}

// lackText says what a PDF lacks, and of which standard.
func lackText(l pdf.Lack) string {
	return l.Standard + " " + l.Clause + ": " + l.What + lackPlaces(l)
}

func lacksOf(src []byte) ([]pdf.Lack, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	return f.Lacks()
}
