package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

type copiesCmd struct {
	List      copiesListCmd      `cmd:"" help:"List the register of copies, as a table, JSON or CSV."`
	Verify    copiesVerifyCmd    `cmd:"" help:"Say whether a copy counts, by what its QR code says."`
	Return    copiesReturnCmd    `cmd:"" help:"Register that a copy has come back."`
	Destroy   copiesDestroyCmd   `cmd:"" help:"Register that a copy was destroyed."`
	Supersede copiesSupersedeCmd `cmd:"" help:"Register that a document is superseded: its copies count no more."`
}

// A register is that of a tenant's copies, and who looks after it.
type register struct {
	*custody.Keeper
	bucket storage.Bucket
	tenant platen.TenantID
}

// register opens that of the tenant while a command uses it.
func (f tenantFlags) register(ctx context.Context, std streams, use func(register) error) error {
	bucket, closeBucket, err := f.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	k := custody.New(custody.Config{Bucket: bucket, Settings: tenant.NewBook(bucket, time.Now, libraryBytes), Now: time.Now})
	return use(register{k, bucket, platen.TenantID(f.Tenant)})
}

// document returns the render key of a document, which is named by that or by the id of its job.
func (r register) document(ctx context.Context, name string) (string, error) {
	return documentKey(ctx, r.bucket, r.tenant, name)
}

type copiesListCmd struct {
	Document    string `arg:"" optional:"" help:"Only copies of this document: its render key, or the id of its job."`
	Status      string `placeholder:"TEXT" help:"Only copies with this status."`
	Recipient   string `placeholder:"TEXT" help:"Only those of this recipient."`
	State       string `enum:",issued,returned,destroyed" default:"" help:"Only those that are issued, returned or destroyed."`
	Outstanding bool   `help:"Only those that somebody has to give back, or to say that they were destroyed."`
	JSON        bool   `name:"json" xor:"form" help:"Print lines of JSON."`
	CSV         bool   `name:"csv" xor:"form" help:"Print CSV."`

	Of tenantFlags `embed:""`
}

// Run lists copies.
func (cmd copiesListCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.register(ctx, std, func(r register) (err error) {
		f := custody.Filter{Status: cmd.Status, Recipient: cmd.Recipient, State: custody.State(cmd.State), Outstanding: cmd.Outstanding}
		if cmd.Document != "" {
			if f.RenderKey, err = r.document(ctx, cmd.Document); err != nil {
				return err
			}
		}
		copies := r.Copies(ctx, r.tenant, f)
		if cmd.CSV {
			return custody.WriteCSV(std.out, copies)
		}
		return cmd.print(std, copies)
	})
}

// print lists copies as a table, or as lines of JSON.
func (cmd copiesListCmd) print(std streams, copies iter.Seq2[custody.Copy, error]) error {
	table, lines := newTable(std.out), json.NewEncoder(std.out)
	if !cmd.JSON {
		table.row("copy", "status", "recipient", "issued", "by", "state")
	}
	for c, err := range copies {
		if err != nil {
			return err
		}
		if !cmd.JSON {
			table.row(c.ID, c.Status, c.Recipient, c.At.Format(time.RFC3339), c.By, stateText(c))
		} else if err := lines.Encode(c); err != nil {
			return cannotWrite("stdout", err)
		}
	}
	return cannotWrite("stdout", table.Flush())
}

// stateText says for people what has become of a copy.
func stateText(c custody.Copy) string {
	text := string(c.State)
	if c.Superseded != nil {
		text += ", superseded"
	}
	if c.IsOutstanding() {
		text += ", outstanding"
	}
	return text
}

// aCopy names a copy, and says who does something with it.
type aCopy struct {
	Copy   string      `arg:"" help:"The id that stands on the copy; or the document: its render key, or the id of its job."`
	Number int         `arg:"" optional:"" help:"Number of the copy, where the document is named."`
	Who    whoFlags    `embed:""`
	Of     tenantFlags `embed:""`
}

// find returns the render key of the document, and the number of its copy.
func (cmd aCopy) find(ctx context.Context, r register) (key string, number int, err error) {
	if cmd.Number != 0 {
		key, err = r.document(ctx, cmd.Copy)
		return key, cmd.Number, err
	}
	c, err := r.CopyWithID(ctx, r.tenant, cmd.Copy)
	if errors.Is(err, platen.NotFound) {
		err = fmt.Errorf("%q is no copy: want the id that stands on it, as in 8f3a1c09d2b47e55-3, or a document and a number: %w", cmd.Copy, platen.NotFound)
	}
	return c.RenderKey, c.Number, err
}

// end registers that the copy has reached a state.
func (cmd aCopy) end(ctx context.Context, std streams, s custody.State, action audit.Action) error {
	return cmd.Of.register(ctx, std, func(r register) error {
		key, number, err := cmd.find(ctx, r)
		if err != nil {
			return err
		}
		c, err := recorded(ctx, cmd.Of, cmd.Who.entry(action, "copy", key+"/"+strconv.Itoa(number)), func() (custody.Copy, error) {
			return r.End(ctx, r.tenant, key, number, s, cmd.Who.By, cmd.Who.Reason)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.err, "copy %s: %s\n", c.ID, stateText(c))
		return err
	})
}

type copiesReturnCmd struct{ aCopy }

// Run registers that a copy has come back.
func (cmd copiesReturnCmd) Run(ctx context.Context, std streams) error {
	return cmd.end(ctx, std, custody.Returned, audit.CopyReturned)
}

type copiesDestroyCmd struct{ aCopy }

// Run registers that a copy was destroyed.
func (cmd copiesDestroyCmd) Run(ctx context.Context, std streams) error {
	return cmd.end(ctx, std, custody.Destroyed, audit.CopyDestroyed)
}

type copiesSupersedeCmd struct {
	Document string      `arg:"" help:"The document: its render key, or the id of its job."`
	Who      whoFlags    `embed:""`
	Of       tenantFlags `embed:""`
}

// Run registers that a document is superseded.
func (cmd copiesSupersedeCmd) Run(ctx context.Context, std streams) error {
	return cmd.Of.register(ctx, std, func(r register) error {
		key, err := r.document(ctx, cmd.Document)
		if err != nil {
			return err
		}
		e, err := recorded(ctx, cmd.Of, cmd.Who.entry(audit.DocumentSuperseded, "document", cmd.Document), func() (custody.Event, error) {
			return r.Supersede(ctx, r.tenant, key, cmd.Who.By, cmd.Who.Reason)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.err, "superseded %s by %s: ask for its copies with platen copies list %s --outstanding\n", e.At.Format(time.RFC3339), e.By, cmd.Document)
		return err
	})
}
