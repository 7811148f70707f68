package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
)

type signCmd struct {
	File   string `arg:"" help:"A PDF; - reads stdin."`
	Output string `short:"o" required:"" placeholder:"PATH" help:"Where the signed PDF goes; - writes stdout."`

	Key    string      `group:"Key" required:"" placeholder:"FILE" help:"The private key: ${keys}."`
	Secret secretFlags `embed:"" group:"Key"`

	Name     string `group:"Signature" placeholder:"TEXT" help:"Who signs, in print. Without it: the name in the certificate."`
	Meaning  string `group:"Signature" placeholder:"TEXT" help:"What the signature means, as in Approved or Reviewed."`
	Reason   string `group:"Signature" placeholder:"TEXT" help:"Why, as in Batch release."`
	Location string `group:"Signature" placeholder:"TEXT" help:"Where."`
	Time     string `group:"Signature" placeholder:"TIME" help:"When, RFC 3339 with an offset, as in 2026-03-01T14:05:00+01:00. Without it: now."`

	Field   string   `group:"Document" placeholder:"NAME" help:"The signature field; it is added if it is missing. Without it: the first unused of Signature1, Signature2 ..."`
	Certify int      `group:"Document" placeholder:"1|2|3" help:"Certify the document, as its first signature: after it nothing may change (1), it may be signed and filled in (2), annotated too (3)."`
	Reserve []string `group:"Document" placeholder:"NAME" help:"Add an empty field for a later signature. Can be given several times."`

	Visible bool `group:"Document" help:"Print meaning, name and time into the field, where the template has reserved it with signatureField."`

	Evidence evidenceFlags `embed:"" group:"Evidence"`
	Browser  browserFlags  `embed:"" group:"Browser"`
}

// Validate is called by kong: what it refuses is a wrong command line.
func (cmd *signCmd) Validate() error {
	if _, err := cmd.time(); err != nil {
		return fmt.Errorf("--time is %q: want RFC 3339 with an offset, as in 2026-03-01T14:05:00+01:00", cmd.Time)
	}
	switch {
	case cmd.Certify < 0 || cmd.Certify > int(sign.Annotate):
		return fmt.Errorf("--certify is %d: want 1, 2 or 3", cmd.Certify)
	case cmd.Visible && (cmd.Field == "" || cmd.Meaning == ""):
		return errors.New("--visible shows a meaning in a field: give --meaning, as in Approved, and --field")
	case cmd.File == stdStream && cmd.Key == stdStream:
		return errors.New("the PDF and the key cannot both come from stdin")
	}
	return nil
}

// Help is the long text of "platen help sign".
func (signCmd) Help() string {
	return `The signature is PAdES (ETSI EN 319 142-1), appended to the PDF: what was there
stays, and earlier signatures stay valid. Sign last: what changes the document afterwards is found.

  platen sign doc.pdf -o sealed.pdf --key seal.p12 --key-password-file pw --certify 2 --reserve QA
  platen sign sealed.pdf -o approved.pdf --key approver.p12 --key-password-file pw2 --field QA \
      --meaning Approved --reason "Batch release" --visible --level B-LTA --tsa http://tsa.example.com
`
}

// time is when the document is signed.
func (cmd *signCmd) time() (time.Time, error) {
	if cmd.Time == "" {
		return time.Now(), nil
	}
	return time.Parse(time.RFC3339, cmd.Time)
}

// Run signs one PDF.
func (cmd *signCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	opt, err := cmd.options(ctx, std)
	if err != nil {
		return err
	}
	if cmd.Visible {
		printer := cmd.Browser.lazy(log)
		defer printer.Close()
		opt.Print = printer.Print
	}
	src, err := readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	out, err := sign.Sign(ctx, src, opt)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if isStream(cmd.Output) {
		return std.writeStream(ctx, cmd.Output, out)
	}
	if err := writeFiles(outputFile{cmd.Output, out}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.err, "%s: signed, sha256 %s\n", cmd.Output, platen.Digest(out))
	return err
}

func (cmd *signCmd) options(ctx context.Context, std streams) (o sign.Options, err error) {
	o = sign.Options{
		Name: cmd.Name, Meaning: cmd.Meaning, Reason: cmd.Reason, Location: cmd.Location,
		Field: cmd.Field, Certify: sign.Permission(cmd.Certify), Reserve: cmd.Reserve,
	}
	cmd.Evidence.set(&o)
	o.Time, _ = cmd.time() // Validate has looked at it
	o.Key, err = cmd.Secret.read(ctx, cmd.Key, std)
	return o, err
}
