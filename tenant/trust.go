package tenant

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

const (
	maxTrust       = 100
	maxTrustedText = 16 << 10 // bytes of a certificate in PEM
)

// Roots returns the certificates that end the chains of signatures which the tenant
// trusts: those of Trust, and the highest of its sealing certificate. The error is a
// platen.FieldError.
func (s Settings) Roots() (roots []*x509.Certificate, err error) {
	for i, text := range s.Trust {
		cert, err := oneCertificate(text)
		if err != nil {
			return nil, refuse(fmt.Sprintf("trust[%d]", i), "%v", err)
		}
		roots = append(roots, cert)
	}
	chain, err := s.Seal.Chain()
	if n := len(chain); n > 0 {
		roots = append(roots, chain[n-1])
	}
	return roots, err
}

// oneCertificate reads a text in PEM that has one certificate and nothing else. The
// error goes on where the name of a field ends.
func oneCertificate(text string) (*x509.Certificate, error) {
	if len(text) > maxTrustedText {
		return nil, fmt.Errorf("has %d bytes: want at most %d", len(text), maxTrustedText)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return nil, fmt.Errorf("is not one certificate in PEM: want the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, each certificate in an entry of its own")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("is a certificate that is damaged: %w", err)
	}
	return cert, nil
}

func (s Settings) checkTrust() error {
	if len(s.Trust) > maxTrust {
		return refuse("trust", "has %d certificates: want at most %d", len(s.Trust), maxTrust)
	}
	_, err := s.Roots()
	return err
}
