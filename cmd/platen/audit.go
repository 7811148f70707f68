package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/client"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check an export, or the trail in a bucket: was anything changed, removed, inserted or moved?"`
	Export auditExportCmd `cmd:"" help:"Fetch the trail of a server, with proof."`
	Tail   auditTailCmd   `cmd:"" help:"Show what is written into the trail of a server, as it is written."`
}

type auditVerifyCmd struct {
	File   string     `arg:"" optional:"" help:"Export to check, needing nothing else; - reads stdin. Left out: the trail in the bucket."`
	Mark   []string   `placeholder:"SEQ:HASH" help:"Number and hash of an entry, as another verification has printed them: it must be there as it was."`
	Tenant string     `default:"local" help:"Whose trail in the bucket it is."`
	Store  storeFlags `embed:"" group:"Storage"`

	marks []audit.Mark
}

// Validate is called by kong.
func (cmd *auditVerifyCmd) Validate() error {
	for _, text := range cmd.Mark {
		number, hash, _ := strings.Cut(text, ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 1 || len(hash) != 64 {
			return fmt.Errorf("--mark is %q: want the number of an entry, a colon and its hash of 64 digits", text)
		}
		cmd.marks = append(cmd.marks, audit.Mark{Seq: seq, Hash: hash})
	}
	if cmd.File == "" && cmd.Store.Bucket == noBucket {
		return fmt.Errorf("--bucket is %s, and there is no file: name one of them", noBucket)
	}
	return nil
}

// Help is the long text of "platen help audit verify".
func (*auditVerifyCmd) Help() string {
	return `Prints what was found, with the number and hash of the last entry; with exit code 1 the first entry
that is not as it was written. Keep the last line where nobody who can write the bucket can write:
with it a later export proves that nothing was cut off at the end.

  platen audit export -o march.ndjson
  platen audit verify march.ndjson
  platen audit verify april.ndjson --mark 4711:9f86d081884c7d65…
  platen audit verify --tenant acme --bucket s3://batch-records`
}

// Run checks an export or a trail.
func (cmd *auditVerifyCmd) Run(ctx context.Context, std streams) error {
	r, err := cmd.verify(ctx, std)
	if fault := (&audit.Fault{}); errors.As(err, &fault) && r.Count > 0 {
		fmt.Fprintf(std.err, "platen: entries %d to %d are as they were written\n", r.First, r.Last)
	}
	if err != nil {
		return err
	}
	return cannotWrite("stdout", printReport(std.out, r))
}

func (cmd *auditVerifyCmd) verify(ctx context.Context, std streams) (r audit.Report, err error) {
	if cmd.File == "" {
		bucket, closeBucket, err := cmd.Store.open(ctx, std)
		if err != nil {
			return r, err
		}
		defer closeBucket()
		return audit.New(audit.Config{Bucket: bucket}).Verify(ctx, platen.TenantID(cmd.Tenant), cmd.marks...)
	}
	if cmd.File == stdStream {
		return audit.Verify(std.in, cmd.marks...)
	}
	f, err := os.Open(cmd.File)
	if err != nil {
		return r, fmt.Errorf("%s: %w", cmd.File, cannotRead(err))
	}
	defer f.Close()
	if r, err = audit.Verify(f, cmd.marks...); err != nil {
		err = fmt.Errorf("%s: %w", cmd.File, err)
	}
	return r, err
}

// printReport writes what was found for people.
func printReport(w io.Writer, r audit.Report) error {
	t := newTable(w)
	t.fact("tenant", string(r.Tenant))
	t.fact("entries", fmt.Sprint(r.Count))
	if r.Count > 0 {
		t.fact("numbers", fmt.Sprintf("%d to %d", r.First, r.Last))
		t.fact("written", utc(r.From)+" to "+utc(r.To))
		t.fact("mark", fmt.Sprintf("%d:%s", r.Last, r.Hash))
	}
	if len(r.Actions) > 0 {
		t.fact("only", fmt.Sprint(r.Actions)+": that none is left out between them is not proven")
	}
	return t.Flush()
}

type auditExportCmd struct {
	Output string          `short:"o" default:"-" help:"File to write; - is stdout."`
	Range  auditRangeFlags `embed:""`
	Remote remoteFlags     `embed:"" group:"Server"`
}

// auditRangeFlags choose entries.
type auditRangeFlags struct {
	After  int64    `help:"Number of an entry: only those after it."`
	From   moment   `placeholder:"TIME" help:"Only what was written then or later, as in 2026-03-01T00:00:00Z."`
	To     moment   `placeholder:"TIME" help:"Only what was written until then."`
	Action []string `placeholder:"ACTION" help:"Only these actions, as in document.read; what is left out between them is not proven."`
	Limit  int64    `help:"Entries to look at, at most; 0: all."`
}

func (f auditRangeFlags) params() *client.ExportAuditParams {
	p := &client.ExportAuditParams{After: given(f.After), From: given(f.From.Time), To: given(f.To.Time), Limit: given(f.Limit)}
	if len(f.Action) > 0 {
		p.Action = &f.Action
	}
	return p
}

// Run fetches the trail. What does not arrive whole and sound is an error, and a file is
// then left as it was.
func (cmd *auditExportCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	res, err := c.ExportAudit(ctx, cmd.Range.params())
	if err = refused(res, err); err != nil {
		return err
	}
	defer res.Body.Close()
	var r audit.Report
	if isStream(cmd.Output) {
		r, err = audit.Verify(io.TeeReader(res.Body, std.out))
	} else {
		r, err = saveExport(cmd.Output, res.Body)
	}
	if err != nil {
		return err
	}
	if r.Count == 0 {
		fmt.Fprintf(std.err, "platen: tenant %s, no entries\n", r.Tenant)
		return nil
	}
	fmt.Fprintf(std.err, "platen: tenant %s, entries %d to %d; mark %d:%s\n", r.Tenant, r.First, r.Last, r.Last, r.Hash)
	return nil
}

// saveExport writes an export to a file, whole or not at all.
func saveExport(path string, export io.Reader) (r audit.Report, err error) {
	f, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600))
	if err != nil {
		return r, cannotWrite(path, err)
	}
	defer f.Cleanup()
	if r, err = audit.Verify(io.TeeReader(export, f)); err != nil {
		return r, err
	}
	return r, cannotWrite(path, f.CloseAtomicallyReplace())
}

type auditTailCmd struct {
	After  int64       `help:"Number of an entry: those after it come first. Left out: only what is written from now on."`
	JSON   bool        `name:"json" help:"Print the entries as the export has them, as JSON lines."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Run shows entries until it is interrupted.
func (cmd *auditTailCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	res, err := c.FollowAudit(ctx, &client.FollowAuditParams{After: given(cmd.After)})
	if err = refused(res, err); err != nil {
		return err
	}
	defer res.Body.Close()
	return cmd.show(std, res.Body)
}
