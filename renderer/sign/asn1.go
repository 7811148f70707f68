package sign

import (
	"crypto"
	_ "crypto/sha1"   // names certificates in old time stamps
	_ "crypto/sha256" // hashes that signatures have
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
)

// Object identifiers of RFC 5652, 5035, 3161, 5754 and 5758.
var (
	oidData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // signing-certificate-v2
	oidSigningOld  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12} // signing-certificate, SHA-1; in time stamps
	oidTimeStamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14} // unsigned attribute
	oidTSTInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}  // content of a token

	oidRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
)

// hashes are those that signatures may have.
var hashes = []struct {
	crypto.Hash
	oid, rsa, ecdsa asn1.ObjectIdentifier
}{
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}},
}

// hashOf returns the hash of an identifier, and 0 for one that is too weak or unknown.
func hashOf(oid asn1.ObjectIdentifier) crypto.Hash {
	for _, h := range hashes {
		if h.oid.Equal(oid) {
			return h.Hash
		}
	}
	return 0
}

func oidOf(hash crypto.Hash) asn1.ObjectIdentifier {
	for _, h := range hashes {
		if h.Hash == hash {
			return h.oid
		}
	}
	panic("no hash for signatures")
}

func digestOf(hash crypto.Hash, parts ...[]byte) []byte {
	h := hash.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      contentInfo
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Revocations  asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version   int
	ID        asn1.RawValue // issuer and serial number, or [0] key identifier
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// signingCertificate is the attribute of RFC 5035.
type signingCertificate struct {
	Certs    []certID
	Policies asn1.RawValue `asn1:"optional"`
}

type certID struct {
	Algorithm    pkix.AlgorithmIdentifier `asn1:"optional"` // absent: SHA-256
	Hash         []byte
	IssuerSerial asn1.RawValue `asn1:"optional"`
}

// must returns the encoding of a value that can always be encoded.
func must(der []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return der
}

// encode returns the DER of a value.
func encode(v any) []byte { return must(asn1.Marshal(v)) }

// attr returns an attribute of one value.
func attr(oid asn1.ObjectIdentifier, value []byte) attribute {
	return attribute{oid, []asn1.RawValue{{FullBytes: value}}}
}

// tagged returns content within an implicit, constructed context tag.
func tagged(tag int, content []byte) asn1.RawValue {
	return asn1.RawValue{FullBytes: encode(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: content})}
}

// rawCerts joins certificates for a SignedData, in an order that depends on them alone.
func rawCerts(certs []*x509.Certificate) (all []byte) {
	var set []asn1.RawValue
	for _, c := range certs {
		set = append(set, asn1.RawValue{FullBytes: c.Raw})
	}
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(must(asn1.MarshalWithParams(set, "set")), &outer); err != nil {
		panic(err)
	}
	return outer.Bytes
}
