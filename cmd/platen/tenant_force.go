package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

// inForce prints which versions count for a tenant, and since when.
func inForce(w io.Writer, f templates.InForce) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\nIN FORCE\tVERSION\tSINCE\tBY\tDIGEST")
	line := func(what, version string, since time.Time, by, digest string) {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%.12s\n", what, orDash(version), orDash(sinceWhen(since)), orDash(by), digest)
	}
	line("Platen", f.Release.Platen, f.Release.Since, "", "-")
	for _, b := range f.Release.Baselines {
		line(b.Name, b.Version, b.Since, "", b.Digest)
	}
	for _, c := range f.Release.Contracts {
		line(c.Name, "", c.Since, "", c.Digest)
	}
	for _, t := range f.Templates {
		name := t.Template
		if t.Wave != nil {
			name += " " + t.Wave.String()
		}
		line(name, t.Version, t.Since, t.By, t.Bundle)
	}
	return out.Flush()
}

// sinceWhen is a time as tables have it, "" for none.
func sinceWhen(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

type tenantLogCmd struct {
	Of tenantFlags `embed:""`
}

// Help is the long text of "platen help tenant log".
func (tenantLogCmd) Help() string {
	return `A line of JSON for each change of what counts for the tenant, the first one first: releases of
Platen that servers have noted, revisions of the settings, and what was done with templates.

  platen tenant log --tenant acme > acme.ndjson`
}

// Run prints the log.
func (cmd tenantLogCmd) Run(ctx context.Context, std streams) error {
	library, closeBucket, err := cmd.Of.library(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	events, err := library.Log(ctx, platen.TenantID(cmd.Of.Tenant))
	if err != nil {
		return err
	}
	out := json.NewEncoder(std.out)
	for _, e := range events {
		if err := out.Encode(e); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	return nil
}
