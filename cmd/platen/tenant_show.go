package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/tenant/asset"
)

type tenantShowCmd struct {
	Of tenantFlags `embed:""`
}

// Run says what the tenant has decided.
func (cmd tenantShowCmd) Run(ctx context.Context, std streams) error {
	r, err := cmd.Of.newest(ctx, std)
	if err != nil {
		return err
	}
	library, closeBucket, err := cmd.Of.library(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	versions, err := library.InForce(ctx, platen.TenantID(cmd.Of.Tenant))
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%s\t%s\n", name, value)
		}
	}
	line("tenant", cmd.Of.Tenant)
	line("revision", fmt.Sprint(r.Number))
	if r.Number > 0 {
		line("by", r.By)
		line("at", r.At.Format(time.RFC3339))
		line("reason", r.Reason)
	}
	s := r.Settings
	line("look", s.Look())
	line("locale", s.Locale)
	line("theme", s.Theme.Tokens())
	line("slots", namesOf(s.Slots))
	line("texts", namesOf(s.Texts))
	line("copy", namesOf(s.Copy))
	line("flags", namesOf(s.Flags))
	if n := len(s.Watermarks); n > 0 {
		line("watermarks", fmt.Sprint(n))
	}
	if a := s.Regulatory.Approval; a.TwoPersons {
		line("approval", "by "+people(a.Approvals)+", none of whom has published the version")
	} else if a.Approvals > 0 {
		line("approval", "by "+people(a.Approvals))
	}
	if chain, err := s.Seal.Chain(); err == nil && len(chain) > 0 {
		line("seal", chain[0].Subject.String())
	}
	return cannotWrite("stdout", errors.Join(out.Flush(), inForce(std.out, versions)))
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// namesOf lists those of a map.
func namesOf[V any](m map[string]V) string { return strings.Join(slices.Sorted(maps.Keys(m)), ", ") }

type assetPutCmd struct {
	Slot   string      `arg:"" help:"Name of the slot, as in logo-primary."`
	File   string      `arg:"" help:"SVG, PNG, JPEG, GIF, WebP, PDF, WOFF2, WOFF, TrueType or OpenType; - reads stdin."`
	Alt    *string     `help:"What it shows, for those who do not see it. Left out: as it is."`
	Change changeFlags `embed:""`
	Of     tenantFlags `embed:""`
}

// Run fills the slot.
func (cmd assetPutCmd) Run(ctx context.Context, std streams) error {
	content, err := readData(ctx, cmd.File, std.in, asset.MaxBytes)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	bucket, closeBucket, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	r, err := recorded(ctx, cmd.Of, cmd.Change.entry(audit.AssetPut, "asset", cmd.Slot), func() (tenant.Revision, error) {
		return tenant.Fill(ctx, bucket, cmd.Slot, content, cmd.Alt, cmd.Change.change(0))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	slot := r.Settings.Slots[cmd.Slot]
	fmt.Fprintf(std.err, "tenant %s, revision %d: %s is %s, %d bytes, sha256 %s\n", cmd.Of.Tenant, r.Number, cmd.Slot, slot.Type, slot.Bytes, slot.SHA256)
	return nil
}

type assetListCmd struct {
	Of tenantFlags `embed:""`
}

// Run lists the slots.
func (cmd assetListCmd) Run(ctx context.Context, std streams) error {
	r, err := cmd.Of.newest(ctx, std)
	if err != nil {
		return err
	}
	return cannotWrite("stdout", listSlots(std.out, r))
}

func listSlots(w io.Writer, r tenant.Revision) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "SLOT\tPARTIAL\tTYPE\tBYTES\tSHA256\tALT")
	for name, slot := range r.Settings.Filled() {
		partial := "-"
		if slot.Type.IsImage() {
			partial = tenant.PartialName(name)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.12s\t%s\n", name, partial, slot.Type, slot.Bytes, slot.SHA256, slot.Alt)
	}
	return out.Flush()
}
