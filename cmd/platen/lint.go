package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

type lintCmd struct {
	Template []string `arg:"" help:"Templates: folders, zip files, or baseline/<name>."`
	JSON     bool     `help:"Print the findings as JSON lines to stdout."`
	Strict   bool     `help:"Let warnings fail, too."`
}

// Run prints the findings of every template and fails if there are errors.
func (cmd lintCmd) Run(std streams) error {
	failed := false
	for _, ref := range cmd.Template {
		bundle, err := templates.Open(ref)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		findings := templates.Lint(bundle)
		faults := 0
		for _, f := range findings {
			if f.Severity == templates.Fault {
				faults++
			}
			if err := cmd.print(std, ref, f); err != nil {
				return err
			}
		}
		fmt.Fprintf(std.err, "%s: %s, %s\n", ref, count(faults, "error"), count(len(findings)-faults, "warning"))
		failed = failed || faults > 0 || cmd.Strict && len(findings) > 0
	}
	if failed {
		return errReported{platen.Invalid}
	}
	return nil
}

func (cmd lintCmd) print(std streams, ref string, f templates.Finding) error {
	f.File = filepath.Join(ref, f.File)
	if !cmd.JSON {
		_, err := fmt.Fprintln(std.out, f)
		return err
	}
	return json.NewEncoder(std.out).Encode(f)
}

type templatesCmd struct{}

func (templatesCmd) Run(std streams) error {
	for _, name := range templates.BaselineNames() {
		bundle, err := templates.Baseline(name)
		if err != nil {
			return err
		}
		s := bundle.Settings()
		fmt.Fprintf(std.out, "baseline/%-28s %-26s %s\n", name, s.Contract, s.Title)
	}
	return nil
}
