package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// publicFlags say where people reach an installation.
type publicFlags struct {
	URL string `name:"public-url" placeholder:"URL" help:"Where people reach the API, as in https://platen.lab.example: the QR codes of copies lead there. Without it they name the copy only."`
}

// maxPublicURL keeps the modules of a QR code large enough to be read.
const maxPublicURL = 80

// Validate is called by kong.
func (f *publicFlags) Validate() error {
	u, err := url.Parse(f.URL)
	if f.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(f.URL) > maxPublicURL) {
		return fmt.Errorf("--public-url is %q: want https://host, with a path or without, and at most %d characters", f.URL, maxPublicURL)
	}
	return nil
}

// newKeeper looks after the documents that a renderer has made.
func newKeeper(r *renderer.Renderer, publicURL string) *custody.Keeper {
	cfg := custody.Config{Bucket: r.Bucket, Settings: r.Settings, Now: time.Now, Document: r.Document, Seal: r.Seal, PublicURL: publicURL}
	if r.Printer != nil {
		cfg.Print = r.Printer.Print
	}
	return custody.New(cfg)
}

type copyCmd struct {
	Document string `arg:"" help:"The document: its render key, as its manifest has it, or the id of the job that has made it."`
	Output   string `short:"o" required:"" placeholder:"PATH" help:"Where the copy goes; - writes stdout."`

	Status    string `default:"CONTROLLED COPY" help:"CONTROLLED COPY, UNCONTROLLED WHEN PRINTED, DRAFT, EFFECTIVE, OBSOLETE, or words of your own."`
	Recipient string `placeholder:"TEXT" help:"Who gets it and has to give it back, as in 'Line 3'."`
	Count     int    `name:"of" placeholder:"N" help:"How many copies there are to be, which is printed, too."`
	Key       string `name:"idempotency-key" placeholder:"TEXT" help:"Repeated with the same key, the command issues no second copy."`
	JSON      bool   `name:"json" help:"Print what the register says of the copy as JSON to stdout."`

	Who     whoFlags     `embed:""`
	Public  publicFlags  `embed:""`
	Of      tenantFlags  `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`

	WebhookAllow []string `placeholder:"NET" help:"Networks, addresses and hosts off the public Internet that are asked for the evidence of the tenant's seal, as for platen serve; by default none."`
}

// Validate is called by kong.
func (cmd *copyCmd) Validate() error {
	if cmd.JSON && cmd.Output == stdStream {
		return fmt.Errorf("--json and --output - both write to stdout: name a file for the copy")
	}
	return nil
}

// Help is the long text of "platen help copy".
func (copyCmd) Help() string {
	return `The copy has the pages of the archived document, with its status, number, recipient, time and
person on each, and a QR code that leads to what the register says of it. It is sealed where the
document is. The document stays as it is. platen copies lists the register.

  platen copy 8f3a1c… -o line3.pdf --recipient "Line 3" --of 5 --tenant acme
  platen copy 8f3a1c… -o print.pdf --status "UNCONTROLLED WHEN PRINTED" --tenant acme`
}

// Run issues a copy.
func (cmd *copyCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, cmd.Browser.Timeout)
	defer cancel()
	bucket, closeBucket, err := cmd.Of.Store.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	id := platen.TenantID(cmd.Of.Tenant)
	key, err := documentKey(ctx, bucket, id, cmd.Document)
	if err != nil {
		return err
	}
	printer := cmd.Browser.lazy(log)
	defer printer.Close()
	cfg := renderer.Config{Bucket: bucket, Printer: printer, Now: time.Now, Log: log}
	if err := (sealFlags{WebhookAllow: cmd.WebhookAllow}).into(ctx, std, &cfg, cmd.Who.By); err != nil {
		return err
	}
	keeper := newKeeper(renderer.New(cfg), cmd.Public.URL)
	order := custody.Order{Status: cmd.Status, Recipient: cmd.Recipient, Of: cmd.Count, Reason: cmd.Who.Reason, By: cmd.Who.By, Key: cmd.Key}
	var pdf []byte
	c, err := recorded(ctx, cmd.Of, cmd.Who.entry(audit.CopyIssued, "document", cmd.Document), func() (c custody.Copy, err error) {
		c, pdf, _, err = keeper.Issue(ctx, id, key, order)
		return c, err
	})
	if err != nil {
		return err
	}
	return cmd.write(ctx, std, c, pdf)
}

func (cmd *copyCmd) write(ctx context.Context, std streams, c custody.Copy, pdf []byte) error {
	if isStream(cmd.Output) {
		return std.writeStream(ctx, cmd.Output, pdf)
	}
	if err := writeFiles(outputFile{cmd.Output, pdf}); err != nil {
		return err
	}
	if cmd.JSON {
		return cannotWrite("stdout", json.NewEncoder(std.out).Encode(c))
	}
	_, err := fmt.Fprintf(std.err, "%s: copy %d, %s, sha256 %s\n", cmd.Output, c.Number, c.ID, c.SHA256)
	return err
}

var renderKey = regexp.MustCompile(`^[0-9a-f]{64}$`)

// documentKey returns the render key of a document that is named by it, or by the id of
// the job that has made it.
func documentKey(ctx context.Context, bucket storage.Bucket, id platen.TenantID, document string) (string, error) {
	if renderKey.MatchString(document) {
		return document, nil
	}
	r, err := queue.New(queue.Config{Bucket: bucket, Now: time.Now}).Job(ctx, id, document)
	if err != nil {
		return "", err
	}
	if r.State != queue.Done {
		return "", fmt.Errorf("job %s is %s: only one that is done has a document: %w", document, r.State, platen.Conflict)
	}
	return r.Document.RenderKey, nil
}
