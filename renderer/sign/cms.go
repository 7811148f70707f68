package sign

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"github.com/dicode/platen"
)

// A message is a SignedData (RFC 5652 §5) while it is made.
type message struct {
	signedData
	signature []byte
}

// signMessage signs the digest of content that stands elsewhere. The signed
// attributes are those of CAdES (ETSI EN 319 122-1) but the time, which PAdES has
// in the signature dictionary.
func signMessage(ctx context.Context, key Key, digest []byte, hash crypto.Hash) (*message, error) {
	cert := key.Chain()[0]
	attributes := must(asn1.MarshalWithParams([]attribute{
		attr(oidContentType, encode(oidData)),
		attr(oidDigest, encode(digest)),
		attr(oidSigningCert, encode(signingCertificate{Certs: []certID{identify(cert, hash)}})),
	}, "set"))
	signature, err := key.Sign(ctx, digestOf(hash, attributes), hash)
	if err != nil {
		return nil, err
	}
	if err := checkSignature(cert, hash, digestOf(hash, attributes), signature); err != nil {
		return nil, fmt.Errorf("the key does not belong to the certificate of %s: name the certificate of this key: %w", title(cert), platen.Invalid)
	}
	signed := asn1.RawValue{}
	if _, err := asn1.Unmarshal(attributes, &signed); err != nil {
		return nil, err
	}
	return &message{signature: signature, signedData: signedData{
		Version:      1,
		Digests:      []pkix.AlgorithmIdentifier{{Algorithm: oidOf(hash)}},
		Content:      contentInfo{Type: oidData},
		Certificates: tagged(0, rawCerts(withoutRoots(key.Chain()))),
		Signers: []signerInfo{{
			Version:   1,
			ID:        asn1.RawValue{FullBytes: encode(issuerAndSerial{asn1.RawValue{FullBytes: cert.RawIssuer}, cert.SerialNumber})},
			Digest:    pkix.AlgorithmIdentifier{Algorithm: oidOf(hash)},
			Signed:    tagged(0, signed.Bytes),
			Algorithm: algorithm(cert, hash),
			Signature: signature,
		}},
	}}, nil
}

// withoutRoots returns a chain without what verifiers must know by themselves.
func withoutRoots(chain []*x509.Certificate) []*x509.Certificate {
	list := chain[:1:1]
	for _, c := range chain[1:] {
		if !isRoot(c) {
			list = append(list, c)
		}
	}
	return list
}

// identify returns the ESSCertIDv2 of a certificate; SHA-256 is the default and
// must be left out (RFC 5035 §4, X.690 §11.5).
func identify(cert *x509.Certificate, hash crypto.Hash) certID {
	id := certID{Hash: digestOf(hash, cert.Raw)}
	if hash != crypto.SHA256 {
		id.Algorithm.Algorithm = oidOf(hash)
	}
	return id
}

// algorithm names how a certificate's key signs (RFC 5754 §3).
func algorithm(cert *x509.Certificate, hash crypto.Hash) pkix.AlgorithmIdentifier {
	if cert.PublicKeyAlgorithm == x509.RSA {
		return pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}
	}
	for _, h := range hashes {
		if h.Hash == hash {
			return pkix.AlgorithmIdentifier{Algorithm: h.ecdsa}
		}
	}
	panic("no hash for signatures")
}

// stampWith adds the token of a time stamp of the signature.
func (m *message) stampWith(token []byte) {
	set := must(asn1.MarshalWithParams([]attribute{attr(oidTimeStamp, token)}, "set"))
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(set, &outer); err != nil {
		panic(err) // it was encoded here
	}
	m.Signers[0].Unsigned = tagged(1, outer.Bytes)
}

// bytes returns the message in DER.
func (m *message) bytes() []byte {
	return encode(struct {
		Type    asn1.ObjectIdentifier
		Content signedData `asn1:"explicit,tag:0"`
	}{oidSignedData, m.signedData})
}
