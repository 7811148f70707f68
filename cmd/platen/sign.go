package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	vault "github.com/hashicorp/vault/api"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
)

type signCmd struct {
	File   string `arg:"" help:"A PDF; - reads stdin."`
	Output string `short:"o" required:"" placeholder:"PATH" help:"Where the signed PDF goes; - writes stdout."`

	Key             string `group:"Key" required:"" placeholder:"FILE" help:"The private key: PKCS #12, PEM with its certificate, or a transit key of Vault (hashivault://name; VAULT_ADDR and VAULT_TOKEN say where)."`
	KeyPasswordFile string `group:"Key" placeholder:"FILE" help:"File with the password of the PKCS #12 file in its first line."`
	Cert            string `group:"Key" placeholder:"FILE" help:"Certificates in PEM that are not in the key's file: its own, and those that lead to a root."`

	Name     string `group:"Signature" placeholder:"TEXT" help:"Who signs, in print. Without it: the name in the certificate."`
	Meaning  string `group:"Signature" placeholder:"TEXT" help:"What the signature means, as in Approved or Reviewed."`
	Reason   string `group:"Signature" placeholder:"TEXT" help:"Why, as in Batch release."`
	Location string `group:"Signature" placeholder:"TEXT" help:"Where."`
	Time     string `group:"Signature" placeholder:"TIME" help:"When, RFC 3339 with an offset, as in 2026-03-01T14:05:00+01:00. Without it: now."`

	Field   string   `group:"Document" placeholder:"NAME" help:"The signature field; it is added if it is missing. Without it: the first unused of Signature1, Signature2 ..."`
	Certify int      `group:"Document" placeholder:"1|2|3" help:"Certify the document, as its first signature: after it nothing may change (1), it may be signed and filled in (2), annotated too (3)."`
	Reserve []string `group:"Document" placeholder:"NAME" help:"Add an empty field for a later signature. Can be given several times."`

	Level string `group:"Evidence" enum:"B-B,B-T,B-LT,B-LTA" default:"B-B" help:"PAdES level: B-B; B-T with a time stamp; B-LT with revocation; B-LTA with a time stamp of that."`
	TSA   string `group:"Evidence" name:"tsa" placeholder:"URL" help:"The time stamp authority (RFC 3161), for B-T and above."`
}

// Validate is called by kong: what it refuses is a wrong command line.
func (cmd *signCmd) Validate() error {
	if _, err := cmd.time(); err != nil {
		return fmt.Errorf("--time is %q: want RFC 3339 with an offset, as in 2026-03-01T14:05:00+01:00", cmd.Time)
	}
	switch {
	case cmd.Certify < 0 || cmd.Certify > int(sign.Annotate):
		return fmt.Errorf("--certify is %d: want 1, 2 or 3", cmd.Certify)
	case cmd.TSA == "" && sign.Level(cmd.Level) != sign.LevelB:
		return fmt.Errorf("--level %s needs a time stamp authority: name it with --tsa", cmd.Level)
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
      --meaning Approved --reason "Batch release" --level B-LTA --tsa http://tsa.example.com
`
}

// time is when the document is signed.
func (cmd *signCmd) time() (time.Time, error) {
	if cmd.Time == "" {
		return time.Now(), nil
	}
	return time.Parse(time.RFC3339, cmd.Time)
}

// evidenceTime is how long a time stamp authority or a revocation service may take.
const evidenceTime = 30 * time.Second

// Run signs one PDF.
func (cmd *signCmd) Run(ctx context.Context, std streams) error {
	opt, err := cmd.options(ctx, std)
	if err != nil {
		return err
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
	client := &http.Client{Timeout: evidenceTime}
	o = sign.Options{
		Name: cmd.Name, Meaning: cmd.Meaning, Reason: cmd.Reason, Location: cmd.Location,
		Field: cmd.Field, Certify: sign.Permission(cmd.Certify), Reserve: cmd.Reserve,
		Level: sign.Level(cmd.Level), Client: client,
	}
	if cmd.TSA != "" {
		o.TSA = &sign.TSA{URL: cmd.TSA, Client: client}
	}
	o.Time, _ = cmd.time() // Validate has looked at it
	o.Key, err = cmd.key(ctx, std)
	return o, err
}

// key reads the private key and its certificates.
func (cmd *signCmd) key(ctx context.Context, std streams) (sign.Key, error) {
	chain, err := readCertificates(cmd.Cert)
	if err != nil {
		return nil, err
	}
	if name, ok := strings.CutPrefix(cmd.Key, "hashivault://"); ok {
		return vaultKey(name, chain)
	}
	file, err := readData(ctx, cmd.Key, std.in, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", cmd.Key, err)
	}
	secret, err := password(cmd.KeyPasswordFile)
	if err != nil {
		return nil, err
	}
	key, err := sign.ReadKey(file, chain, secret)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", cmd.Key, err)
	}
	return key, nil
}

// vaultKey is a key of Vault, which the environment says where to find.
func vaultKey(name string, chain []byte) (sign.Key, error) {
	certs, err := sign.ReadCertificates(chain)
	if err != nil {
		return nil, err
	}
	client, err := vault.NewClient(nil)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return sign.NewVaultKey(client, name, certs)
}

const maxKeyFile = 1 << 20 // bytes of a key or of certificates

// readCertificates reads a file of certificates; without a path there are none.
func readCertificates(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readAtMost(path, nil, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificates %s: %w", path, err)
	}
	return text, nil
}
