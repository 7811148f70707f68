package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
)

// check demands that the signer has signed content of this kind with a digest, and
// nothing else. bound says that the certificate must be among what is signed, as
// CAdES and RFC 3161 want it.
func (e *envelope) check(kind asn1.ObjectIdentifier, digest []byte, bound bool) error {
	var signedKind asn1.ObjectIdentifier
	if err := e.attribute(oidContentType, &signedKind); err != nil {
		return err
	}
	if !signedKind.Equal(kind) || !e.kind.Equal(kind) {
		return fmt.Errorf("the signature is for content of another kind, %v", signedKind)
	}
	var signedDigest []byte
	if err := e.attribute(oidDigest, &signedDigest); err != nil {
		return err
	}
	if !bytes.Equal(signedDigest, digest) {
		return errDigest
	}
	if err := e.checkBinding(bound); err != nil {
		return err
	}
	if !e.fits() {
		return fmt.Errorf("the signature's algorithm, %v, does not fit the key of %s, or is not accepted: want RSA with PKCS #1 v1.5, or ECDSA", e.algorithm, title(e.cert))
	}
	if _, err := hashFor(e.cert.PublicKey); err != nil {
		return err
	}
	return checkSignature(e.cert, e.hash, digestOf(e.hash, e.attrs), e.signature)
}

// errDigest says that signed bytes are not as they were.
var errDigest = errors.New("the signed bytes were changed after signing")

func (e *envelope) attribute(oid asn1.ObjectIdentifier, to any) error {
	value, err := one(e.signed, oid)
	if err != nil {
		return err
	}
	if rest, err := asn1.Unmarshal(value, to); err != nil || len(rest) > 0 {
		return fmt.Errorf("the signed attribute %v is missing or damaged", oid)
	}
	return nil
}

// checkBinding looks at the certificate that is named among what is signed: another
// one of the same key must not take its place. Time stamps may name it by SHA-1
// (RFC 3161 §2.4.2, RFC 5816).
func (e *envelope) checkBinding(bound bool) error {
	oid, hash := oidSigningCert, crypto.SHA256
	value, err := one(e.signed, oid)
	if value == nil && err == nil && e.kind.Equal(oidTSTInfo) {
		oid, hash = oidSigningOld, crypto.SHA1
		value, err = one(e.signed, oid)
	}
	if err != nil || value == nil && !bound {
		return err
	}
	var id signingCertificate
	if err := e.attribute(oid, &id); err != nil {
		return err
	}
	if len(id.Certs) == 0 {
		return errors.New("the signature names no signing certificate")
	}
	if named := id.Certs[0].Algorithm.Algorithm; named != nil {
		hash = hashOf(named)
	}
	if hash == 0 || !bytes.Equal(digestOf(hash, e.cert.Raw), id.Certs[0].Hash) {
		return errors.New("the signature names another signing certificate than it holds")
	}
	return nil
}

// fits reports whether the algorithm is one of the signer's key, with the hash of
// the message.
func (e *envelope) fits() bool {
	for _, h := range hashes {
		if h.Hash != e.hash {
			continue
		}
		switch e.cert.PublicKey.(type) {
		case *rsa.PublicKey:
			return e.algorithm.Equal(oidRSA) || e.algorithm.Equal(h.rsa)
		case *ecdsa.PublicKey:
			return e.algorithm.Equal(h.ecdsa)
		}
	}
	return false
}

// checkSignature verifies a signature of a digest.
func checkSignature(cert *x509.Certificate, hash crypto.Hash, digest, signature []byte) error {
	ok := false
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(k, hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(k, digest, signature)
	}
	if !ok {
		return fmt.Errorf("the signature was not made with the key of %s", title(cert))
	}
	return nil
}
