package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"mime/multipart"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
)

type verifyCmd struct {
	File     string   `arg:"" help:"A PDF; - reads stdin."`
	Trust    []string `placeholder:"FILE" help:"Root certificates in PEM. Without any, nobody is trusted, and no signature is valid. Can be given several times."`
	Level    string   `enum:"B-B,B-T,B-LT,B-LTA" default:"B-B" help:"The PAdES level that each signature must have at least."`
	Manifest string   `placeholder:"FILE" help:"Demand that the PDF is the one of this manifest."`
	JSON     bool     `name:"json" help:"Print the report as JSON to stdout."`

	Ask    string      `enum:",bucket,server" default:"" group:"Who knows it" help:"Say whether a tenant has the document, and trust whom the tenant trusts: bucket looks into --bucket for --tenant, server asks --server."`
	Tenant string      `default:"local" group:"Who knows it" help:"Whose bucket it is."`
	Store  storeFlags  `embed:"" group:"Who knows it"`
	Remote remoteFlags `embed:"" group:"Who knows it"`
}

// Validate is called by kong.
func (cmd *verifyCmd) Validate() error {
	if cmd.Ask == askServer && len(cmd.Trust) > 0 {
		return errors.New("--trust with --ask server: the server trusts whom the tenant's settings name: leave it out")
	}
	if cmd.Ask == askBucket && cmd.Store.Bucket == noBucket {
		return fmt.Errorf("--ask bucket, and --bucket is %s: name the bucket", noBucket)
	}
	return nil
}

// Whom --ask asks.
const (
	askBucket = "bucket"
	askServer = "server"
)

// Help is the long text of "platen help verify".
func (verifyCmd) Help() string {
	return `Says for each signature whether the bytes that it covers are as they were signed, whether its
certificate leads to a root in --trust, when it was made and what proves that, what evidence in the
file says about revocation, and what was done to the document afterwards. Nothing is fetched.

  platen verify doc.pdf --trust ca.pem
  platen verify doc.pdf --ask bucket --tenant acme       # and whether acme has it, as document or copy
  platen verify doc.pdf --ask server --server https://platen.lab.example

Exit code 0: every signature is valid, and the last one covers the file; 1: not so.
`
}

// A verified is what --json prints.
type verified struct {
	File string `json:"file"`
	custody.Verification
}

// Run verifies one PDF.
func (cmd *verifyCmd) Run(ctx context.Context, std streams) error {
	src, err := readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	var manifest []byte
	if cmd.Manifest != "" {
		if manifest, err = readAtMost(cmd.Manifest, nil, maxKeyFile); err != nil {
			return fmt.Errorf("manifest %s: %w", cmd.Manifest, err)
		}
	}
	v, err := cmd.verify(ctx, std, src, manifest)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if err := cmd.print(std.out, v); err != nil {
		return cannotWrite("stdout", err)
	}
	if !v.Valid {
		return errReported{fmt.Errorf("%s is not valid: %w", cmd.File, platen.Invalid)}
	}
	return nil
}

// verify verifies here, with what a tenant's bucket knows, or has a server do it.
func (cmd *verifyCmd) verify(ctx context.Context, std streams, src, manifest []byte) (v custody.Verification, err error) {
	if cmd.Ask == askServer {
		return cmd.Remote.verify(ctx, src, manifest, cmd.Level)
	}
	opt := sign.VerifyOptions{Level: sign.Level(cmd.Level), Now: time.Now()}
	if opt.Trust, err = cmd.roots(); err != nil {
		return v, err
	}
	var m *platen.Manifest
	if manifest != nil {
		read, err := custody.ParseManifest(manifest)
		if err != nil {
			return v, fmt.Errorf("manifest %s: %w", cmd.Manifest, err)
		}
		m = &read
	}
	if cmd.Ask != askBucket {
		return custody.Verify(src, m, opt)
	}
	err = tenantFlags{cmd.Tenant, cmd.Store}.register(ctx, std, func(r register) (err error) {
		v, err = r.Verify(ctx, r.tenant, src, m, opt)
		return err
	})
	return v, err
}

// roots reads the certificates that --trust names.
func (cmd *verifyCmd) roots() (all []*x509.Certificate, err error) {
	for _, path := range cmd.Trust {
		text, err := readCertificates(path)
		if err != nil {
			return nil, err
		}
		roots, err := sign.ReadCertificates(text)
		if err != nil {
			return nil, fmt.Errorf("certificates %s: %w", path, err)
		}
		all = append(all, roots...)
	}
	return all, nil
}

// verify has a server verify a PDF with its manifest, which may be nil.
func (f remoteFlags) verify(ctx context.Context, src, manifest []byte, level string) (v custody.Verification, err error) {
	c, err := f.open()
	if err != nil {
		return v, err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, part := range []struct {
		name    string
		content []byte
	}{{"pdf", src}, {"manifest", manifest}} {
		if part.content == nil {
			continue
		}
		w, err := form.CreateFormFile(part.name, part.name)
		if err == nil {
			_, err = w.Write(part.content)
		}
		if err != nil {
			return v, err // a buffer takes everything
		}
	}
	if err := form.Close(); err != nil {
		return v, err
	}
	return answer[custody.Verification](c.VerifyWithBody(ctx, &client.VerifyParams{Level: new(client.VerifyParamsLevel(level))}, form.FormDataContentType(), &body))
}
