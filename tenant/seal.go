package tenant

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// A Seal says how documents of the tenant are sealed, which is to certify them
// (ISO 32000-2 §12.8.2.2) with a key that PutSealKey has brought. The zero value is that
// of a tenant that seals nothing.
type Seal struct {
	Certificates string   `json:"certificates,omitempty"` // in PEM: that of the key, then those that lead to a root, each issued by the next
	Level        string   `json:"level,omitempty"`        // PAdES: B-T, B-LT, B-LTA; empty: B-B
	TSA          string   `json:"tsa,omitempty"`          // address of the time stamp authority, for B-T and above
	Permits      int      `json:"permits,omitempty"`      // what may come after the seal: 1 nothing, 2 signatures and forms, 3 annotations too; 0: 2
	Reserve      []string `json:"reserve,omitempty"`      // names of fields for approvals
	Always       bool     `json:"always,omitempty"`       // each document is sealed, whether or not its job asks for that
}

// SealField is the name of the field that has the seal.
const SealField = "Seal"

const (
	maxCertificates = 64 << 10 // bytes
	maxReserved     = 32
	defaultPermits  = 2
)

// IsSet reports whether the tenant has a sealing key.
func (s Seal) IsSet() bool { return s.Certificates != "" }

// Permission is what may come after the seal: 1, 2 or 3, as Permits has it.
func (s Seal) Permission() int {
	if s.Permits == 0 {
		return defaultPermits
	}
	return s.Permits
}

// Chain returns the certificates, that of the key first; none when the tenant has no
// sealing key. The error is a platen.FieldError.
func (s Seal) Chain() (chain []*x509.Certificate, err error) {
	const field = "seal.certificates"
	if strings.Contains(s.Certificates, "PRIVATE KEY") { // whole or damaged
		return nil, refuse(field, "has a private key: want certificates alone; a key is brought by platen tenant seal set")
	}
	for block, rest := pem.Decode([]byte(s.Certificates)); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, refuse(field, "has a %q: want certificates in PEM and nothing else", block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, refuse(field, "has a certificate that is damaged: %v", err)
		}
		if n := len(chain); n > 0 && chain[n-1].CheckSignatureFrom(cert) != nil {
			return nil, refuse(field, "has at place %d the certificate of %s, which has not issued the one before it: want that of the key, then those that lead to a root", n+1, cert.Subject)
		}
		chain = append(chain, cert)
	}
	if s.IsSet() && chain == nil {
		return nil, refuse(field, "has no certificate in PEM: want that of the key, then those that lead to a root")
	}
	return chain, nil
}

func (s Seal) validate() error {
	const field = "seal"
	if len(s.Certificates) > maxCertificates {
		return refuse(field+".certificates", "has %d bytes: want at most %d", len(s.Certificates), maxCertificates)
	}
	if _, err := s.Chain(); err != nil {
		return err
	}
	if s.Always && !s.IsSet() {
		return refuse(field+".always", "is true, and there is no sealing key: bring one with platen tenant seal set, or leave it out")
	}
	if s.Permits < 0 || s.Permits > 3 {
		return refuse(field+".permits", "is %d: want 1, 2 or 3, or leave it out for %d", s.Permits, defaultPermits)
	}
	if err := s.validateEvidence(field); err != nil {
		return err
	}
	return s.validateReserve(field + ".reserve")
}

// validateEvidence checks level and time stamp authority.
func (s Seal) validateEvidence(field string) error {
	if !slices.Contains([]string{"", "B-B", "B-T", "B-LT", "B-LTA"}, s.Level) {
		return refuse(field+".level", "is %q: want B-B, B-T, B-LT or B-LTA", s.Level)
	}
	stamped := s.Level != "" && s.Level != "B-B"
	if stamped != (s.TSA != "") {
		return refuse(field+".tsa", "is %q, and the level %q: want the address of a time stamp authority with B-T and above, and none below", s.TSA, s.Level)
	}
	if u, err := url.Parse(s.TSA); stamped && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil) {
		return refuse(field+".tsa", "is no address of a time stamp authority: want https://host/path, without a user")
	}
	return nil
}

func (s Seal) validateReserve(field string) error {
	if len(s.Reserve) > maxReserved {
		return refuse(field, "has %d names: want at most %d", len(s.Reserve), maxReserved)
	}
	for i, name := range s.Reserve {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case !platen.IsFieldName(name):
			return refuse(at, "is %q: want %s", name, platen.FieldNameForm)
		case name == SealField:
			return refuse(at, "is %q, which is where the seal is: choose another name", name)
		case slices.Contains(s.Reserve[:i], name):
			return refuse(at, "is %q, as another one: name each field once", name)
		}
	}
	return nil
}

// sealPEM writes certificates as Seal.Certificates has them.
func sealPEM(chain []*x509.Certificate) string {
	var b strings.Builder
	for _, c := range chain {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return b.String()
}
