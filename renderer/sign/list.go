package sign

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"
)

// revokedAt returns when a list says that a certificate of its issuer was revoked; zero
// where it does not.
func revokedAt(l *x509.RevocationList, cert *x509.Certificate) (at time.Time) {
	for _, e := range l.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			return e.RevocationTime
		}
	}
	return at
}

// A scope is which certificates a list is about (RFC 5280 §5.2.5).
type scope struct {
	Point      point          `asn1:"optional,tag:0"`
	Users      bool           `asn1:"optional,tag:1"`
	CAs        bool           `asn1:"optional,tag:2"`
	Reasons    asn1.BitString `asn1:"optional,tag:3"`
	Indirect   bool           `asn1:"optional,tag:4"`
	Attributes bool           `asn1:"optional,tag:5"`
}

// A point is where a list is published.
type point struct {
	Names    []asn1.RawValue  `asn1:"optional,tag:0"`
	Relative pkix.RDNSequence `asn1:"optional,tag:1"`
}

var oidScope = asn1.ObjectIdentifier{2, 5, 29, 28}

// covers reports whether a list would name a certificate of its issuer if that were
// revoked. One that has a critical extension which is not known here may be a part of a
// list, as one of changes alone is (RFC 5280 §5.2).
func covers(l *x509.RevocationList, cert *x509.Certificate) bool {
	for _, e := range l.Extensions {
		switch {
		case e.Id.Equal(oidScope):
			if !inScope(e.Value, cert) {
				return false
			}
		case e.Critical:
			return false
		}
	}
	return true
}

func inScope(value []byte, cert *x509.Certificate) bool {
	var s scope
	if rest, err := asn1.Unmarshal(value, &s); err != nil || len(rest) > 0 {
		return false
	}
	if s.Reasons.BitLength > 0 || s.Indirect || s.Attributes || s.Users && cert.IsCA || s.CAs && !cert.IsCA || s.Point.Relative != nil {
		return false
	}
	return len(s.Point.Names) == 0 || slices.ContainsFunc(s.Point.Names, func(name asn1.RawValue) bool {
		return slices.ContainsFunc(cert.CRLDistributionPoints, func(url string) bool { return bytes.Equal(name.Bytes, []byte(url)) })
	})
}
