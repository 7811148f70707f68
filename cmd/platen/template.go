package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

type templateCmd struct {
	Push     templatePushCmd     `cmd:"" help:"Check a template, print its samples, and publish it as a version."`
	Preview  templatePreviewCmd  `cmd:"" help:"Print a template as the tenant would get it, and keep nothing."`
	List     templateListCmd     `cmd:"" help:"List the tenant's templates and what is active."`
	Show     templateShowCmd     `cmd:"" help:"Show the versions of a template and what was done with them."`
	Approve  templateApproveCmd  `cmd:"" help:"Approve a version."`
	Activate templateActivateCmd `cmd:"" help:"Have jobs use a version: all of them, or a part."`
	Rollback templateRollbackCmd `cmd:"" help:"Activate the version before."`
	Halt     templateHaltCmd     `cmd:"" help:"End the wave of a version."`
	Retire   templateRetireCmd   `cmd:"" help:"End a version for good."`
	Upgrade  templateUpgradeCmd  `cmd:"" help:"Show what the newest baseline changes in a version that extends one, and publish that."`
	Pull     templatePullCmd     `cmd:"" help:"Write a version's files into a folder."`
	Diff     templateDiffCmd     `cmd:"" help:"Compare the files of two versions."`
}

// libraryBytes is how much of the templates a command keeps ready: it needs each once.
const libraryBytes = 64 << 20

// library opens the tenant's templates.
func (f tenantFlags) library(ctx context.Context, std streams) (*templates.Library, func() error, error) {
	bucket, closeBucket, err := f.Store.open(ctx, std)
	if err != nil {
		return nil, nil, err
	}
	return templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes), closeBucket, nil
}

// rulesIn returns the rules that tenants have set in their settings.
func rulesIn(bucket storage.Bucket) func(context.Context, platen.TenantID) (templates.Rules, error) {
	return func(ctx context.Context, id platen.TenantID) (templates.Rules, error) {
		own, err := storage.ForTenant(bucket, id)
		if err != nil {
			return templates.Rules{}, err
		}
		r, err := tenant.Current(ctx, own)
		return r.Settings.Regulatory.Approval, err
	}
}

// actFlags say who does something, and why.
type actFlags struct {
	By     string `default:"${user}" help:"Who does it."`
	Reason string `help:"Why; it stands in the template's log."`
}

func (f actFlags) act() templates.Act { return templates.Act{By: f.By, Reason: f.Reason} }

// versionArgs name a version of a template.
type versionArgs struct {
	Name    string `arg:"" help:"Name of the template."`
	Version string `arg:"" help:"Version, as in 1.4.0, or digest."`
}

// doing has the library do something with a version, which is an entry of the audit trail,
// and tells how it stands.
func (f tenantFlags) doing(ctx context.Context, std streams, name string, e audit.Entry, do func(*templates.Library, platen.TenantID) (templates.Version, error)) error {
	library, closeBucket, err := f.library(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	v, err := recorded(ctx, f, e, func() (templates.Version, error) { return do(library, platen.TenantID(f.Tenant)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s %s is %s\n", name, v.Version, v.State)
	return nil
}

type templateApproveCmd struct {
	versionArgs
	PrintedName string      `name:"name" required:"" placeholder:"NAME" help:"Printed name of who approves (21 CFR 11.50)."`
	Meaning     string      `default:"approval" help:"What the approval means: review, approval, responsibility."`
	Act         actFlags    `embed:""`
	Of          tenantFlags `embed:""`
}

// Run approves a version.
func (cmd templateApproveCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.doing(ctx, std, cmd.Name, cmd.Act.entry(audit.TemplateApproved, "template", cmd.Name+"@"+cmd.Version), func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		act := cmd.Act.act()
		act.Name, act.Meaning = cmd.PrintedName, cmd.Meaning
		return l.Approve(ctx, id, cmd.Name, cmd.Version, act)
	})
}

type templateActivateCmd struct {
	versionArgs
	Share float64     `help:"Part of the jobs that get it, as in 0.1; by default all."`
	Site  []string    `help:"Ids of the sites whose jobs get it, as data names them; by default all."`
	From  time.Time   `format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"When it begins (RFC 3339); by default now."`
	Act   actFlags    `embed:""`
	Of    tenantFlags `embed:""`
}

// Help is the long text of "platen help template activate".
func (templateActivateCmd) Help() string {
	return `With --share, --site or --from the version is active in a wave: for those jobs only. When
it fails more often than the version that the others get, the wave is halted by itself.

  platen template activate batch-record 2.0.0 --share 0.1 --reason "CR-118, first tenth"
  platen template activate batch-record 2.0.0 --reason "CR-118"`
}

// Run activates a version.
func (cmd templateActivateCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.doing(ctx, std, cmd.Name, cmd.Act.entry(audit.TemplateActivated, "template", cmd.Name+"@"+cmd.Version), func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		var wave *templates.Wave
		if cmd.Share != 0 || len(cmd.Site) > 0 || !cmd.From.IsZero() {
			wave = &templates.Wave{Share: cmd.Share, Sites: cmd.Site, From: cmd.From.UTC()}
		}
		return l.Activate(ctx, id, cmd.Name, cmd.Version, wave, cmd.Act.act())
	})
}

type templateRollbackCmd struct {
	Name string      `arg:"" help:"Name of the template."`
	Act  actFlags    `embed:""`
	Of   tenantFlags `embed:""`
}

// Run activates the version before.
func (cmd templateRollbackCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.doing(ctx, std, cmd.Name, cmd.Act.entry(audit.TemplateRolledBack, "template", cmd.Name), func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		return l.Rollback(ctx, id, cmd.Name, cmd.Act.act())
	})
}

type templateHaltCmd struct {
	versionArgs
	Act actFlags    `embed:""`
	Of  tenantFlags `embed:""`
}

// Run ends a wave.
func (cmd templateHaltCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.doing(ctx, std, cmd.Name, cmd.Act.entry(audit.TemplateHalted, "template", cmd.Name+"@"+cmd.Version), func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		return l.Halt(ctx, id, cmd.Name, cmd.Version, cmd.Act.act())
	})
}

type templateRetireCmd struct {
	versionArgs
	Act actFlags    `embed:""`
	Of  tenantFlags `embed:""`
}

// Run ends a version.
func (cmd templateRetireCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.doing(ctx, std, cmd.Name, cmd.Act.entry(audit.TemplateRetired, "template", cmd.Name+"@"+cmd.Version), func(l *templates.Library, id platen.TenantID) (templates.Version, error) {
		return l.Retire(ctx, id, cmd.Name, cmd.Version, cmd.Act.act())
	})
}

type templateListCmd struct {
	Of tenantFlags `embed:""`
}

// Run lists the templates.
func (cmd templateListCmd) Run(ctx context.Context, std streams) error {
	library, closeBucket, err := cmd.Of.library(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	id := platen.TenantID(cmd.Of.Tenant)
	names, err := library.Names(ctx, id)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TEMPLATE\tVERSION\tSTATE\tCONTRACT\tPUBLISHED")
	for _, name := range names {
		h, err := library.History(ctx, id, name)
		if err != nil {
			return err
		}
		for _, v := range h.Versions() {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", name, v.Version, v.State, v.Contract, v.Published.At.Format(time.RFC3339))
		}
	}
	return cannotWrite("stdout", w.Flush())
}

type templateShowCmd struct {
	Name      string      `arg:"" help:"Name of the template."`
	Version   string      `arg:"" optional:"" help:"Version or digest; by default the newest."`
	Effective bool        `help:"List the files of the version and where each comes from."`
	Of        tenantFlags `embed:""`
}

// Run shows the versions and the log of a template, or the files of a version.
func (cmd templateShowCmd) Run(ctx context.Context, std streams) error {
	library, closeBucket, err := cmd.Of.library(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	h, err := library.History(ctx, platen.TenantID(cmd.Of.Tenant), cmd.Name)
	if err != nil {
		return err
	}
	if cmd.Effective {
		return cmd.effective(ctx, std, library, h)
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VERSION\tSTATE\tDIGEST")
	for _, v := range h.Versions() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.Version, v.State, v.Bundle)
	}
	fmt.Fprintln(w, "\nTIME\tWHAT\tVERSION\tWHO\tWHY")
	for _, e := range h {
		who := e.By
		if e.Name != "" {
			who = fmt.Sprintf("%s (%s, %s)", e.By, e.Name, e.Meaning)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.At.Format(time.RFC3339), whatWasDone(e), e.Version, who, e.Reason)
	}
	return cannotWrite("stdout", w.Flush())
}

// whatWasDone says it in words.
func whatWasDone(e templates.Entry) string {
	switch {
	case e.Rollback:
		return "rolled back to"
	case e.Wave != nil:
		return fmt.Sprintf("%s %s", e.Action, e.Wave)
	}
	return string(e.Action)
}

// effective lists the files of a version.
func (cmd templateShowCmd) effective(ctx context.Context, std streams, library *templates.Library, h templates.History) error {
	versions := h.Versions()
	v := versions[len(versions)-1]
	if cmd.Version != "" {
		var err error
		if v, err = h.Find(cmd.Version); err != nil {
			return err
		}
	}
	b, err := library.Bundle(ctx, platen.TenantID(cmd.Of.Tenant), cmd.Name, v.Bundle)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FILE\tBYTES\tFROM")
	for path, src := range b.All() {
		from := b.From(path)
		if from == "" {
			from = cmd.Name + " " + v.Version
		} else {
			from += " " + b.Origin().Version
		}
		fmt.Fprintf(w, "%s\t%d\t%s\n", path, len(src), from)
	}
	return cannotWrite("stdout", w.Flush())
}
