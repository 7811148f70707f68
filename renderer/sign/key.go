package sign

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// A Key signs. It is safe for concurrent use.
type Key interface {
	// Chain returns the certificate of the key, then those that lead to a root,
	// each issued by the next. The root may be left out.
	Chain() []*x509.Certificate
	// Sign signs a digest: RSA with PKCS #1 v1.5, ECDSA in ASN.1. An error says
	// which kind it is.
	Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error)
}

// minRSA is the length of the shortest RSA key that may sign, in bits (ETSI TS 119 312).
const minRSA = 2048

// hashFor returns the hash that is as strong as a key, or why the key may not sign.
func hashFor(public crypto.PublicKey) (crypto.Hash, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		switch bits := k.N.BitLen(); {
		case bits < minRSA:
			return 0, fmt.Errorf("the RSA key has %d bits: want %d or more: %w", bits, minRSA, platen.Invalid)
		case bits <= 3072:
			return crypto.SHA256, nil
		default:
			return crypto.SHA384, nil
		}
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return crypto.SHA256, nil
		case elliptic.P384():
			return crypto.SHA384, nil
		}
	}
	return 0, fmt.Errorf("a key of this kind cannot sign: want RSA, or ECDSA on P-256 or P-384: %w", platen.Invalid)
}

// Prove has a key sign, and says why that does not fit its certificate; nil where it
// does. The error is Invalid, or that of the key.
func Prove(ctx context.Context, key Key) error {
	hash, err := hashFor(key.Chain()[0].PublicKey)
	if err != nil {
		return fmt.Errorf("certificate of %s: %w", title(key.Chain()[0]), err)
	}
	_, err = signMessage(ctx, key, make([]byte, hash.Size()), hash)
	return err
}

// Extended key usages of certificates for documents: RFC 9336, and those that
// Adobe and Microsoft had before it.
var documentUsages = []asn1.ObjectIdentifier{
	{1, 3, 6, 1, 5, 5, 7, 3, 36}, {1, 2, 840, 113583, 1, 1, 5}, {1, 3, 6, 1, 4, 1, 311, 10, 3, 12},
}

// CheckCertificate says why a certificate may not stand for signatures of documents at
// a time; nil where it may. The error is Invalid.
func CheckCertificate(cert *x509.Certificate, at time.Time) error {
	if err := validAt(cert, at); err != nil {
		return err
	}
	if cert.KeyUsage != 0 && cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return fmt.Errorf("the certificate of %s is not for signatures: its key usage has neither digital signature nor non-repudiation: %w", title(cert), platen.Invalid)
	}
	if !forDocuments(cert) {
		return fmt.Errorf("the certificate of %s is not for documents: its extended key usage names other things alone: %w", title(cert), platen.Invalid)
	}
	return nil
}

func validAt(cert *x509.Certificate, at time.Time) error {
	if at.Before(cert.NotBefore) {
		return fmt.Errorf("the certificate of %s is not valid before %s, and the time is %s: %w", title(cert), stamp(cert.NotBefore), stamp(at), platen.Invalid)
	}
	if at.After(cert.NotAfter) {
		return fmt.Errorf("the certificate of %s has expired at %s, and the time is %s: renew it: %w", title(cert), stamp(cert.NotAfter), stamp(at), platen.Invalid)
	}
	return nil
}

// forDocuments reports whether a certificate without extended key usage, or one
// that names documents, mail or anything, is at hand.
func forDocuments(cert *x509.Certificate) bool {
	if len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) == 0 {
		return true
	}
	for _, usage := range cert.ExtKeyUsage {
		if usage == x509.ExtKeyUsageAny || usage == x509.ExtKeyUsageEmailProtection {
			return true
		}
	}
	for _, usage := range cert.UnknownExtKeyUsage {
		for _, want := range documentUsages {
			if usage.Equal(want) {
				return true
			}
		}
	}
	return false
}

// title is who a certificate belongs to, for people.
func title(cert *x509.Certificate) string {
	if cert.Subject.CommonName != "" {
		return cert.Subject.CommonName
	}
	return cert.Subject.String()
}

// stamp is a time for people and programs.
func stamp(t time.Time) string { return t.Format(time.RFC3339) }
