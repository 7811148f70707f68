package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/tenant"
)

type sealSetCmd struct {
	Key      string        `arg:"" help:"The private key: ${keys}."`
	Secret   secretFlags   `embed:"" group:"Key"`
	Permits  permitFlags   `embed:"" group:"Document"`
	Evidence evidenceFlags `embed:"" group:"Evidence"`
	Always   bool          `help:"Seal every document of the tenant, whether or not its job asks for that."`
	Change   changeFlags   `embed:""`
	Of       tenantFlags   `embed:""`
}

// Help is the long text of "platen help tenant seal set".
func (sealSetCmd) Help() string {
	return `The key is kept in the tenant's bucket, encrypted with the tenant's keys, and never given out; one of
Vault stays there. Certificates and all else stand in the tenant's settings. What is set replaces what
was there. Documents are then sealed by "platen render --seal", and over HTTP with "finish": {"seal": true}.

  platen tenant seal set seal.p12 --key-password-file pw --tenant acme --reserve QA --reserve QP --always
  platen tenant seal set hashivault://acme-seal --cert seal.pem --tenant acme --level B-LTA --tsa https://tsa.example.com`
}

// Run keeps the key, and sets how it seals.
func (cmd sealSetCmd) Run(ctx context.Context, std streams) error {
	key, err := cmd.Secret.read(ctx, cmd.Key, std)
	if err != nil {
		return err
	}
	chain := key.Chain()
	if err := errors.Join(sign.CheckCertificate(chain[0], time.Now()), sign.Prove(ctx, key)); err != nil {
		return err
	}
	kept, err := cmd.kept(key)
	if err != nil {
		return err
	}
	bucket, closeBucket, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	s := tenant.Seal{Level: cmd.Evidence.Level, TSA: cmd.Evidence.TSA, Permits: cmd.Permits.Certify, Reserve: cmd.Permits.Reserve, Always: cmd.Always}
	if s.Level == string(sign.LevelB) {
		s.Level = ""
	}
	entry := cmd.Change.entry(audit.SealChanged, "seal", "")
	entry.On[0].SHA256 = platen.Digest(chain[0].Raw)
	r, err := recorded(ctx, cmd.Of, entry, func() (tenant.Revision, error) {
		return tenant.PutSeal(ctx, bucket, chain, kept, s, cmd.Change.change(0))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "tenant %s, revision %d: sealed by %s\n", cmd.Of.Tenant, r.Number, chain[0].Subject)
	return nil
}

// kept returns what is kept of a key. A bucket that is not encrypted gets no private key.
func (cmd sealSetCmd) kept(key sign.Key) (k tenant.SealKey, err error) {
	if isRemote(cmd.Key) {
		return tenant.SealKey{Place: cmd.Key}, nil
	}
	if cmd.Of.Store.Keys.off() {
		return k, fmt.Errorf("--master-key %s: a private key would stand in the bucket as it is: encrypt the bucket, or name a key that stays in Vault or on a token: %w", noKey, platen.Invalid)
	}
	private, err := sign.PrivatePEM(key)
	return tenant.SealKey{PEM: string(private)}, err
}

type sealShowCmd struct {
	Of tenantFlags `embed:""`
}

// Run says whose certificate seals, how, and where its key is.
func (cmd sealShowCmd) Run(ctx context.Context, std streams) error {
	bucket, closeBucket, err := cmd.Of.open(ctx, std)
	if err != nil {
		return err
	}
	defer closeBucket()
	r, err := tenant.Current(ctx, bucket)
	if err != nil {
		return err
	}
	s := r.Settings.Seal
	chain, err := s.Chain()
	if err != nil {
		return err
	}
	if len(chain) == 0 {
		return fmt.Errorf("tenant %s has no sealing key: bring one with platen tenant seal set: %w", cmd.Of.Tenant, platen.NotFound)
	}
	k, err := tenant.SealKeyOf(ctx, bucket, chain[0])
	if err != nil && !errors.Is(err, platen.Invalid) {
		return err
	}
	out := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, line := range append(sealLines(s, chain), keyLines(k, err)...) {
		fmt.Fprintln(out, line)
	}
	return cannotWrite("stdout", out.Flush())
}

func sealLines(s tenant.Seal, chain []*x509.Certificate) []string {
	level := s.Level
	if level == "" {
		level = string(sign.LevelB)
	}
	lines := []string{
		"certificate\t" + chain[0].Subject.String(),
		"sha256\t" + platen.Digest(chain[0].Raw),
		"issued by\t" + chain[0].Issuer.String(),
		"valid\t" + chain[0].NotBefore.UTC().Format(time.RFC3339) + " to " + chain[0].NotAfter.UTC().Format(time.RFC3339),
		"level\t" + level,
		"permits\t" + fmt.Sprint(s.Permission()),
	}
	if s.TSA != "" {
		lines = append(lines, "time stamps\t"+s.TSA)
	}
	if len(s.Reserve) > 0 {
		lines = append(lines, "reserved\t"+strings.Join(s.Reserve, ", "))
	}
	if s.Always {
		return append(lines, "seals\tevery document")
	}
	return append(lines, "seals\twhat jobs ask for")
}

func keyLines(k tenant.SealKey, missing error) []string {
	if missing != nil {
		return []string{"key\t" + words(missing)}
	}
	place := k.Place
	if place == "" {
		place = "in the bucket"
	}
	return []string{"key\t" + place, "brought\t" + k.At.Format(time.RFC3339) + " by " + k.By}
}
