package sign

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// Options say how a document is signed.
type Options struct {
	Key      Key
	Time     time.Time // when it is signed; viewers show it in the offset it has
	Name     string    // who signs, in print; empty: the name in the certificate
	Meaning  string    // of the signature: "Approved", "Reviewed" (21 CFR 11.50)
	Reason   string
	Location string
	Field    string     // name of the signature field; empty: the first unused of Signature1, Signature2 …
	Certify  Permission // makes it a certification, which must be the first signature
	Reserve  []string   // names of fields that later signatures fill; those that are missing are added
	Level    Level
	TSA      *TSA         // for B-T and above
	Client   *http.Client // asks for revocation, for B-LT and above; nil: that of the TSA

	// Print prints what the field shows, an Artwork: meaning, name and time. The field must
	// have a place on a page. Nil: it shows nothing.
	Print func(context.Context, platen.Markup) ([]byte, error)
}

// A Permission is what may be done to a certified document (ISO 32000-2 §12.8.2.2).
type Permission int

const (
	NoChanges   Permission = 1 // nothing but evidence and time stamps
	FillAndSign Permission = 2 // forms and signatures
	Annotate    Permission = 3 // annotations too
)

// A Level is one of the PAdES baseline (ETSI EN 319 142-1 §6).
type Level string

const (
	LevelB   Level = "B-B"   // a signature
	LevelT   Level = "B-T"   // with a time stamp, which proves that it was there
	LevelLT  Level = "B-LT"  // with all that is needed to verify it later
	LevelLTA Level = "B-LTA" // with a time stamp of that, which can be renewed
)

// Levels are the levels, each of which has what those before it have.
var Levels = []Level{LevelB, LevelT, LevelLT, LevelLTA}

// atLeast reports whether a level has what another one has.
func (l Level) atLeast(other Level) bool { return rank(l) >= rank(other) }

func rank(l Level) int {
	for i, level := range Levels {
		if level == cmp.Or(l, LevelB) {
			return i
		}
	}
	return -1
}

// reason is what the signature dictionary has as /Reason: viewers show no meaning.
func (o Options) reason() string {
	if o.Meaning == "" || o.Reason == "" {
		return o.Meaning + o.Reason
	}
	return o.Meaning + ": " + o.Reason
}

// Sign signs a PDF and returns it with an incremental update. Equal input gives
// equal bytes at level B-B, if the key signs alike. Errors are Invalid where the
// PDF, the options or a certificate is at fault, and those of the key, of Print, the time
// stamp authority and the revocation services.
func Sign(ctx context.Context, src []byte, o Options) ([]byte, error) {
	hash, err := o.check()
	if err != nil {
		return nil, err
	}
	tail, err := o.sign(ctx, src, hash)
	if err != nil {
		return nil, err
	}
	if !o.Level.atLeast(LevelLT) {
		return join(src, tail, 0), nil
	}
	signed := join(src, tail, roomForEvidence)
	if tail, err = o.prolong(ctx, signed); err != nil {
		return nil, err
	}
	return append(signed, tail...), nil
}

// sign returns the update with a signature.
func (o Options) sign(ctx context.Context, src []byte, hash crypto.Hash) ([]byte, error) {
	d, err := open(src)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx, o); err != nil {
		return nil, err
	}
	return d.seal(o.estimate(), hash, func(digest []byte) ([]byte, error) {
		return o.message(ctx, digest, hash)
	})
}

// join returns a file with its update, and room for more behind it, so that the whole is
// in memory once.
func join(src, tail []byte, room int) []byte {
	out := make([]byte, 0, len(src)+len(tail)+room)
	return append(append(out, src...), tail...)
}

// Check says why a document cannot be signed with the options, as far as that can be
// told without it. The error is Invalid.
func (o Options) Check() error {
	_, err := o.check()
	return err
}

// check looks at the options and the certificate, and returns the hash that fits its key.
func (o Options) check() (crypto.Hash, error) {
	if rank(o.Level) < 0 {
		return 0, fmt.Errorf("the level is %q: want B-B, B-T, B-LT or B-LTA: %w", o.Level, platen.Invalid)
	}
	if o.Level.atLeast(LevelT) && o.TSA == nil {
		return 0, fmt.Errorf("level %s needs a time stamp authority: name one, or sign at B-B: %w", o.Level, platen.Invalid)
	}
	if o.Time.IsZero() {
		return 0, fmt.Errorf("the time of signing is missing: %w", platen.Invalid)
	}
	if o.Certify < 0 || o.Certify > Annotate {
		return 0, fmt.Errorf("a certification permits 1, 2 or 3, not %d: %w", o.Certify, platen.Invalid)
	}
	if o.Print != nil && (o.Meaning == "" || o.Field == "") {
		return 0, fmt.Errorf("a signature that is shown needs a meaning, as in Approved, and the name of its field: %w", platen.Invalid)
	}
	if o.Key == nil || len(o.Key.Chain()) == 0 {
		return 0, fmt.Errorf("the key has no certificate: %w", platen.Invalid)
	}
	cert := o.Key.Chain()[0]
	if err := CheckCertificate(cert, o.Time); err != nil {
		return 0, err
	}
	hash, err := hashFor(cert.PublicKey)
	if err != nil {
		return 0, fmt.Errorf("certificate of %s: %w", title(cert), err)
	}
	return hash, o.checkText()
}

func (o Options) checkText() error {
	const longest = 500 // characters; viewers show a line
	for _, t := range []struct{ name, text string }{{"name", o.Name}, {"reason", o.reason()}, {"location", o.Location}, {"field", o.Field}} {
		if len([]rune(t.text)) > longest {
			return fmt.Errorf("the %s of the signature is longer than %d characters: %w", t.name, longest, platen.Invalid)
		}
	}
	for _, name := range append([]string{o.Field}, o.Reserve...) {
		if strings.Contains(name, ".") {
			return fmt.Errorf("the field name %q has a full stop, which separates names: %w", name, platen.Invalid)
		}
	}
	return nil
}

// message returns the CMS of a digest, with a time stamp where the level asks for one.
func (o Options) message(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	m, err := signMessage(ctx, o.Key, digest, hash)
	if err != nil {
		return nil, err
	}
	if o.Level.atLeast(LevelT) {
		token, err := o.TSA.stamp(ctx, digestOf(hash, m.signature), hash)
		if err != nil {
			return nil, err
		}
		m.stampWith(token.raw)
	}
	return m.bytes(), nil
}

const (
	roomForMessage = 2 << 10 // bytes of a CMS besides certificates: names, an RSA signature of 4096 bits
	roomForToken   = 8 << 10 // bytes of a time stamp with its certificates

	roomForEvidence = 64 << 10 // bytes of what is usually appended for B-LTA
)

// estimate returns how many bytes the signature may have.
func (o Options) estimate() int {
	n := roomForMessage + size(o.Key.Chain())
	if o.Level.atLeast(LevelT) {
		n += roomForToken
	}
	return n
}

func size(certs []*x509.Certificate) (n int) {
	for _, c := range certs {
		n += len(c.Raw)
	}
	return n
}
