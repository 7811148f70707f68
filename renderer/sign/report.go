package sign

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Report says what the signatures of a document are worth.
type Report struct {
	Valid      bool        `json:"valid"` // each signature is, and the last one covers the file
	Problems   []Problem   `json:"problems,omitempty"`
	Signatures []Signature `json:"signatures"` // in the order in which they were made
}

// A Signature is one that has been verified.
type Signature struct {
	Field      string       `json:"field"`
	Kind       Kind         `json:"kind"`
	Valid      bool         `json:"valid"`
	Level      Level        `json:"level,omitempty"` // what of the PAdES baseline holds; none for a time stamp
	Name       string       `json:"name,omitempty"`  // who signed, as the signer says
	Reason     string       `json:"reason,omitempty"`
	Location   string       `json:"location,omitempty"`
	Claimed    string       `json:"claimed,omitempty"` // when, as the signer says; RFC 3339
	Proven     string       `json:"proven,omitempty"`  // until when a time stamp proves that it was there; RFC 3339
	Signer     *Certificate `json:"signer,omitempty"`
	Authority  *Certificate `json:"authority,omitempty"`  // that made the time stamp
	Revocation Revocation   `json:"revocation,omitempty"` // what the evidence in the file says
	Permits    Permission   `json:"permits,omitempty"`    // of a certification
	Bytes      int          `json:"bytes"`                // of the file, from its beginning, that it covers
	Whole      bool         `json:"whole"`                // these are all
	Changes    []Change     `json:"changes,omitempty"`    // what came after it
	Problems   []Problem    `json:"problems,omitempty"`
}

// A Kind of a signature.
type Kind string

const (
	Approval      Kind = "approval"
	Certification Kind = "certification" // by whoever issues the document; says what may change
	TimeStamp     Kind = "time stamp"    // of the whole document
)

// A Revocation is what evidence says about the certificates of a signature.
type Revocation string

const (
	NotRevoked    Revocation = "good"
	Revoked       Revocation = "revoked"
	NoEvidence    Revocation = "no evidence"
	NotApplicable Revocation = "not applicable" // the certificate is trusted by itself
)

// A Problem is why a document or signature is not valid.
type Problem struct {
	Code Code   `json:"code"`
	Text string `json:"text"` // for people
}

// A Code names a kind of problem for programs.
type Code string

const (
	Unsigned    Code = "unsigned"    // there is no signature
	Integrity   Code = "integrity"   // signed bytes or the signature were changed
	Range       Code = "range"       // it does not cover what it should
	Untrusted   Code = "untrusted"   // the certificate does not lead to a trusted root
	Certified   Code = "certificate" // it is expired, revoked or for something else
	Time        Code = "time"        // the time stamp is wrong
	Changed     Code = "changed"     // the document was changed after signing
	Uncovered   Code = "uncovered"   // the end of the file is not signed
	Structure   Code = "structure"   // the form could mean two things
	LowerLevel  Code = "level"       // the signature lacks what the caller asks for
	Unsupported Code = "unsupported" // of a kind that is not known here
)

// A Certificate is what people want to know of one.
type Certificate struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	Serial  string `json:"serial"` // hexadecimal
	From    string `json:"from"`   // RFC 3339
	Until   string `json:"until"`

	Holds time.Time `json:"-"` // until when what was made with its key is to be relied on: its end, or that of the algorithm
}

func describe(c *x509.Certificate) *Certificate {
	return &Certificate{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: fmt.Sprintf("%x", c.SerialNumber),
		From: stamp(c.NotBefore.UTC()), Until: stamp(c.NotAfter.UTC()), Holds: holds(c),
	}
}

// rsaEnd is when RSA below rsaLong bits, which has a strength of 112 bits, is to be
// replaced (NIST SP 800-57 part 1, table 4: acceptable through 2030). For the other keys
// and hashes that are accepted no end is set.
var rsaEnd = time.Date(2031, time.January, 1, 0, 0, 0, 0, time.UTC)

const rsaLong = 3072

func holds(c *x509.Certificate) time.Time {
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < rsaLong && rsaEnd.Before(c.NotAfter) {
		return rsaEnd
	}
	return c.NotAfter
}

// wrong adds a problem.
func (s *Signature) wrong(code Code, format string, args ...any) {
	s.Problems = append(s.Problems, Problem{code, fmt.Sprintf(format, args...)})
}

// wrong adds a problem of the document as a whole.
func (r *Report) wrong(code Code, format string, args ...any) {
	r.Problems = append(r.Problems, Problem{code, fmt.Sprintf(format, args...)})
}

// conclude says what is valid, now that all problems are known.
func (r *Report) conclude() {
	r.Valid = len(r.Problems) == 0
	for i := range r.Signatures {
		s := &r.Signatures[i]
		s.Valid = len(s.Problems) == 0
		r.Valid = r.Valid && s.Valid
	}
}

// VerifyOptions say whom to trust and what to ask for.
type VerifyOptions struct {
	Trust []*x509.Certificate // roots; without any, nobody is trusted
	Now   time.Time           // of verification: until then a certificate must be valid that no time stamp helps; zero: not looked at
	Level Level               // that each signature must have at least; empty: B-B
}

// words is what an error says, without its kind, which a report has as a code.
func words(err error) string { return strings.TrimSuffix(err.Error(), ": "+string(platen.Invalid)) }
