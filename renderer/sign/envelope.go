package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// An envelope is a SignedData with one signer that has been read. Nothing in it
// counts before check.
type envelope struct {
	certs     []*x509.Certificate
	cert      *x509.Certificate // of the signer
	hash      crypto.Hash
	kind      asn1.ObjectIdentifier // of the content
	content   []byte                // nil when it stands elsewhere
	signed    []attribute
	attrs     []byte // DER of signed
	algorithm asn1.ObjectIdentifier
	signature []byte
	token     []byte // time stamp of the signature; nil when there is none
}

// errNotDER covers BER too, which PAdES does not allow (ETSI EN 319 142-1 §6.2.1).
var errNotDER = errors.New("the signature is no CMS in DER")

// openEnvelope reads a SignedData. Behind it only zeros may stand.
func openEnvelope(der []byte) (*envelope, error) {
	var outer contentInfo
	rest, err := asn1.Unmarshal(der, &outer)
	if err != nil || !outer.Type.Equal(oidSignedData) {
		return nil, errNotDER
	}
	if !canonical(outer, der[:len(der)-len(rest)]) {
		return nil, errNotDER
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, errors.New("other bytes stand behind the signature's CMS")
	}
	var data signedData
	if _, err := asn1.Unmarshal(outer.Content.Bytes, &data); err != nil || !canonical(data, outer.Content.Bytes) {
		return nil, errNotDER
	}
	if len(data.Signers) != 1 {
		return nil, fmt.Errorf("the signature has %d signers, and PAdES has one", len(data.Signers))
	}
	if len(data.Digests) != 1 || !data.Digests[0].Algorithm.Equal(data.Signers[0].Digest.Algorithm) || !plainAlgorithms(data) {
		return nil, errors.New("the signature names other algorithms than it uses")
	}
	e := &envelope{kind: data.Content.Type}
	if data.Content.Content.Bytes != nil {
		if _, err := asn1.Unmarshal(data.Content.Content.Bytes, &e.content); err != nil {
			return nil, errNotDER
		}
	}
	if e.certs, err = x509.ParseCertificates(data.Certificates.Bytes); err != nil {
		return nil, fmt.Errorf("a certificate in the signature is damaged: %w", err)
	}
	return e, e.openSigner(data.Signers[0])
}

// canonical reports whether bytes are the one encoding of what was read from them:
// what reading passes over must not vary.
func canonical(v any, der []byte) bool {
	again, err := asn1.Marshal(v)
	return err == nil && bytes.Equal(again, der)
}

// plainAlgorithms reports whether versions are those of RFC 5652 §5.1 and §5.3, and
// no algorithm has parameters: what is not signed must not vary.
func plainAlgorithms(d signedData) bool {
	s := d.Signers[0]
	version, signer := 1, 1
	if !d.Content.Type.Equal(oidData) {
		version = 3
	}
	if s.ID.Class == asn1.ClassContextSpecific {
		version, signer = 3, 3
	}
	for _, a := range []pkix.AlgorithmIdentifier{d.Digests[0], s.Digest, s.Algorithm} {
		if raw := a.Parameters.FullBytes; len(raw) > 0 && !bytes.Equal(raw, asn1.NullBytes) {
			return false
		}
	}
	return d.Version == version && s.Version == signer
}

func (e *envelope) openSigner(s signerInfo) (err error) {
	if e.hash = hashOf(s.Digest.Algorithm); e.hash == 0 {
		return fmt.Errorf("the hash %v is unknown or too weak: want SHA-256, SHA-384 or SHA-512", s.Digest.Algorithm)
	}
	if len(s.Signed.FullBytes) == 0 {
		return errors.New("the signature has no signed attributes")
	}
	e.attrs = bytes.Clone(s.Signed.FullBytes)
	e.attrs[0] = asn1.TagSet | 0x20 // what is signed has the tag of a SET (RFC 5652 §5.4)
	if e.signed, err = attributes(e.attrs); err != nil {
		return err
	}
	e.algorithm, e.signature = s.Algorithm.Algorithm, s.Signature
	if err := e.openUnsigned(s.Unsigned); err != nil {
		return err
	}
	for _, c := range e.certs {
		if isSigner(c, s.ID) {
			e.cert = c
			return nil
		}
	}
	return errors.New("the signature does not hold the certificate of its signer")
}

func (e *envelope) openUnsigned(raw asn1.RawValue) error {
	if len(raw.FullBytes) == 0 {
		return nil
	}
	set := bytes.Clone(raw.FullBytes)
	set[0] = asn1.TagSet | 0x20
	list, err := attributes(set)
	if err == nil {
		e.token, err = one(list, oidTimeStamp)
	}
	return err
}

func attributes(set []byte) (list []attribute, err error) {
	if rest, err := asn1.UnmarshalWithParams(set, &list, "set"); err != nil || len(rest) > 0 {
		return nil, errNotDER
	}
	return list, nil
}

// one returns the value of an attribute, nil when it is missing. Twice, or with
// several values, it could mean two things.
func one(list []attribute, oid asn1.ObjectIdentifier) (value []byte, err error) {
	for _, a := range list {
		if !a.Type.Equal(oid) {
			continue
		}
		if value != nil || len(a.Values) != 1 {
			return nil, fmt.Errorf("the signature has the attribute %v more than once", oid)
		}
		value = a.Values[0].FullBytes
	}
	return value, nil
}

func isSigner(c *x509.Certificate, id asn1.RawValue) bool {
	if id.Class == asn1.ClassContextSpecific && id.Tag == 0 {
		return len(id.Bytes) > 0 && bytes.Equal(id.Bytes, c.SubjectKeyId)
	}
	var name issuerAndSerial
	_, err := asn1.Unmarshal(id.FullBytes, &name)
	return err == nil && bytes.Equal(name.Issuer.FullBytes, c.RawIssuer) && name.Serial.Cmp(c.SerialNumber) == 0
}
