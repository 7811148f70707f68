package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/webhook"
)

// permitFlags say what may come after a certification.
type permitFlags struct {
	Certify int      `placeholder:"1|2|3" help:"What may be done afterwards: nothing (1), signing and filling in (2), annotating too (3). Default: 2."`
	Reserve []string `sep:"none" placeholder:"NAME" help:"Add an empty field for a later signature. Can be given several times."`
}

// Validate is called by kong.
func (f *permitFlags) Validate() error {
	if f.Certify < 0 || f.Certify > int(sign.Annotate) {
		return fmt.Errorf("--certify is %d: want 1, 2 or 3", f.Certify)
	}
	return nil
}

// sealFlags say whether documents are sealed, and with which key.
type sealFlags struct {
	Seal     bool          `help:"Seal the document, which certifies it, with the tenant's key or that of --seal-key. Needs --issued-at, the time of the seal."`
	SealKey  string        `placeholder:"FILE" help:"A key that seals in the place of the tenant's: ${keys}."`
	Secret   secretFlags   `embed:""`
	Permits  permitFlags   `embed:""`
	Evidence evidenceFlags `embed:""`

	WebhookAllow []string `placeholder:"NET" help:"Networks, addresses and hosts off the public Internet that are asked for the evidence of the tenant's seal, as for platen serve; by default none."`
}

// Validate is called by kong.
func (f *sealFlags) Validate() error {
	if f.SealKey != "" && !f.Seal {
		return errors.New("--seal-key without --seal: nothing would be sealed: give both, or none")
	}
	if f.SealKey == "" && (f.Secret != secretFlags{} || f.Permits.Certify != 0 || f.Permits.Reserve != nil || f.Evidence.TSA != "") {
		return errors.New("--key-password-file, --cert, --certify, --reserve, --level and --tsa belong to --seal-key: the tenant's settings say how its own key seals")
	}
	return nil
}

// into gives a renderer what it seals with. Where a tenant's evidence comes from, the
// tenant has said: it is reached as in a service.
func (f sealFlags) into(ctx context.Context, std streams, cfg *renderer.Config, by string) error {
	allow, err := webhook.ParseAllow(f.WebhookAllow)
	if err != nil {
		return usage("--webhook-allow: %s", words(err))
	}
	cfg.RemoteKey, cfg.Evidence = remoteKey, webhook.NewClient(allow, evidenceTime)
	if cfg.Bucket != nil {
		cfg.Sealing = sealing(cfg.Bucket, by)
	}
	if f.SealKey == "" {
		return nil
	}
	key, err := f.Secret.read(ctx, f.SealKey, std)
	if err != nil {
		return err
	}
	how := tenant.Seal{Permits: f.Permits.Certify}
	cfg.SealWith = &sign.Options{Key: key, Field: tenant.SealField, Certify: sign.Permission(how.Permission()), Reserve: f.Permits.Reserve}
	f.Evidence.set(cfg.SealWith)
	return nil
}

// sealing returns what writes into the audit trail in a bucket that the key of a tenant is
// about to be used, by somebody at the terminal.
func sealing(bucket storage.Bucket, by string) func(ctx context.Context, id platen.TenantID, document, certificate string) error {
	trail := audit.New(audit.Config{Bucket: bucket, Now: time.Now})
	host, _ := os.Hostname()
	return func(ctx context.Context, id platen.TenantID, document, certificate string) error {
		_, err := trail.Add(ctx, id, audit.Entry{
			Action: audit.SealUsed, By: by, Credential: atTerminal, From: host, On: sealedBy(document, certificate),
		})
		return err
	}
}

// sealedBy are a document and the certificate that seals it, for the audit trail.
func sealedBy(document, certificate string) []audit.Object {
	return []audit.Object{{Type: "document", ID: document}, {Type: "seal", SHA256: certificate}}
}
