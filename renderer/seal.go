package renderer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/tenant"
)

// A seal is what certifies a document, last of all.
type seal struct {
	sign.Options
	own bool // with the tenant's key, whose use is told
}

// drift is how far the clocks of two machines may be apart.
const drift = 5 * time.Minute

// seal returns what seals the document of a job; nil where nothing does. An error that is
// Invalid says why it cannot be sealed: such a document is not made at all. Whether the
// certificate may seal says checkSeal.
func (r *Renderer) seal(ctx context.Context, in input) (*seal, error) {
	s, err := r.sealOf(ctx, in.tenant, in.sealed)
	if err != nil || s == nil {
		return nil, err
	}
	if s.Time, _ = in.issue.Time(); s.Time.IsZero() { // check has looked at it
		return nil, &platen.FieldError{Field: "issue.at", Reason: "is missing, and a seal says when the document was issued: give the time, in RFC 3339 with offset, as in 2026-03-01T14:05:00+01:00"}
	}
	return s, nil
}

// sealOf returns what seals documents of a tenant, without the time; nil where a document
// is not to be sealed.
func (r *Renderer) sealOf(ctx context.Context, id platen.TenantID, wanted bool) (*seal, error) {
	if r.SealWith != nil {
		if !wanted {
			return nil, nil
		}
		return &seal{Options: *r.SealWith}, nil
	}
	var s tenant.Seal
	if r.Bucket != nil {
		current, err := r.Settings.Current(ctx, id)
		if err != nil {
			return nil, err
		}
		s = current.Settings.Seal
	}
	if !wanted && !s.Always {
		return nil, nil
	}
	if !s.IsSet() {
		return nil, &platen.FieldError{Field: "finish.seal", Reason: "is true, and the tenant has no sealing key: bring one with platen tenant seal set, or leave it out"}
	}
	return r.ownSeal(ctx, id, s)
}

// ownSeal returns what seals with the key of a tenant.
func (r *Renderer) ownSeal(ctx context.Context, id platen.TenantID, s tenant.Seal) (*seal, error) {
	key, err := r.sealKey(ctx, id, s)
	if err != nil {
		return nil, fmt.Errorf("sealing key of the tenant: %w", err)
	}
	o := sign.Options{
		Key: key, Field: tenant.SealField, Certify: sign.Permission(s.Permission()), Reserve: s.Reserve,
		Level: sign.Level(s.Level), Client: r.Evidence,
	}
	if s.TSA != "" {
		if r.Evidence == nil {
			return nil, fmt.Errorf("the tenant seals at level %s, and nothing here asks for time stamps: seal at B-B: %w", s.Level, platen.Invalid)
		}
		o.TSA = &sign.TSA{URL: s.TSA, Client: r.Evidence}
	}
	return &seal{o, true}, nil
}

// checkSeal refuses a certificate that may not seal, at the time of the seal or by now: a
// time of the past brings no expired certificate back. A nil seal needs none.
func (r *Renderer) checkSeal(s *seal) error {
	if s == nil {
		return nil
	}
	now := r.Now()
	if s.Time.After(now.Add(drift)) {
		return &platen.FieldError{Field: "issue.at", Reason: fmt.Sprintf("is %s, which is still to come: no document is sealed ahead of its time", s.Time.Format(time.RFC3339))}
	}
	if err := sign.CheckCertificate(s.Key.Chain()[0], now); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := s.Check(); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return nil
}

// digest is that of all that a seal adds to a document, but for its time; "" for none.
func (s *seal) digest() string {
	if s == nil {
		return ""
	}
	tsa := ""
	if s.TSA != nil {
		tsa = s.TSA.URL
	}
	var chain []string
	for _, c := range s.Key.Chain() {
		chain = append(chain, platen.Digest(c.Raw))
	}
	b, err := json.Marshal([]any{chain, s.Level, tsa, s.Certify, s.Reserve})
	if err != nil {
		panic(err) // texts and numbers
	}
	return platen.Digest(b)
}

// certificate is the sha256 of the certificate that seals.
func (s *seal) certificate() string { return platen.Digest(s.Key.Chain()[0].Raw) }

// apply seals a finished document, which the audit trail knows by a name, if it is to be
// sealed.
func (r *Renderer) apply(ctx context.Context, id platen.TenantID, name string, s *seal, f finish.Result) (finish.Result, error) {
	if s == nil {
		return f, nil
	}
	defer r.stage(ctx, "seal")()
	if s.own && r.Sealing != nil {
		if err := r.Sealing(ctx, id, name, s.certificate()); err != nil {
			return f, err
		}
	}
	out, err := sign.Sign(ctx, f.PDF, s.Options)
	if err != nil {
		return f, fmt.Errorf("seal: %w", err)
	}
	f.PDF, f.Finished.Seal = out, s.describe()
	return f, nil
}

func (s *seal) describe() *platen.Sealed {
	level := s.Level
	if level == "" {
		level = sign.LevelB
	}
	return &platen.Sealed{
		By: s.Key.Chain()[0].Subject.String(), Certificate: s.certificate(), Level: string(level), Field: s.Field, At: s.Time.Format(time.RFC3339),
	}
}

// Seal seals a finished PDF, which the audit trail knows by a name, with the key of a
// tenant, as of a time. Errors are Invalid where PDF, time or certificate are at fault,
// NotFound for a tenant that has no sealing key, and those of the key and of the services
// that prove the time.
func (r *Renderer) Seal(ctx context.Context, id platen.TenantID, name string, pdf []byte, at time.Time) ([]byte, *platen.Sealed, error) {
	current, err := r.Settings.Current(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !current.Settings.Seal.IsSet() {
		return nil, nil, fmt.Errorf("the tenant has no sealing key: bring one with platen tenant seal set: %w", platen.NotFound)
	}
	s, err := r.ownSeal(ctx, id, current.Settings.Seal)
	if err != nil {
		return nil, nil, err
	}
	s.Time = at
	if err := r.checkSeal(s); err != nil {
		return nil, nil, err
	}
	f, err := r.apply(ctx, id, name, s, finish.Result{PDF: pdf})
	return f.PDF, f.Finished.Seal, err
}
