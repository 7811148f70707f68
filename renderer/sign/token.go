package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// A token is a time stamp (RFC 3161 §2.4.2) that has been read.
type token struct {
	*envelope
	raw  []byte
	info stampInfo
	time time.Time
}

// stampInfo is TSTInfo.
type stampInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	Time       asn1.RawValue
	Accuracy   accuracy      `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	Authority  asn1.RawValue `asn1:"optional,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"optional,tag:0"`
	Micros  int `asn1:"optional,tag:1"`
}

func openToken(raw []byte) (*token, error) {
	e, err := openEnvelope(raw)
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	t := &token{envelope: e, raw: raw}
	if rest, err := asn1.Unmarshal(e.content, &t.info); err != nil || len(rest) > 0 || t.info.Version != 1 {
		return nil, errors.New("time stamp: its content is damaged")
	}
	const utc = "20060102150405Z" // fractions of a second may follow
	if t.time, err = time.Parse(utc, string(t.info.Time.Bytes)); err != nil || t.info.Time.Tag != asn1.TagGeneralizedTime {
		return nil, errors.New("time stamp: its time is damaged")
	}
	return t, nil
}

// hash is that of what the token stamps; 0 for one that is too weak or unknown.
func (t *token) imprintHash() crypto.Hash { return hashOf(t.info.Imprint.Algorithm.Algorithm) }

// checkToken demands that the token is for a digest, and made by an authority whose
// certificate is for nothing else and was valid (RFC 3161 §2.3).
func (t *token) checkToken(digest []byte) error {
	if t.imprintHash() == 0 {
		return errors.New("time stamp: its hash is unknown or too weak: want SHA-256, SHA-384 or SHA-512")
	}
	if !bytes.Equal(t.info.Imprint.Digest, digest) {
		return errors.New("the time stamp is for something else")
	}
	if err := t.check(oidTSTInfo, digestOf(t.hash, t.content), true); err != nil {
		return fmt.Errorf("time stamp: %w", err)
	}
	if !stampsTime(t.cert) {
		return fmt.Errorf("time stamp: the certificate of %s is not for time stamps alone: its extended key usage must be that, and critical", title(t.cert))
	}
	if err := validAt(t.cert, t.time); err != nil {
		return fmt.Errorf("time stamp: %w", err)
	}
	return nil
}

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

func stampsTime(cert *x509.Certificate) bool {
	if len(cert.ExtKeyUsage) != 1 || cert.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(cert.UnknownExtKeyUsage) > 0 {
		return false
	}
	for _, e := range cert.Extensions {
		if e.Id.Equal(oidExtKeyUsage) {
			return e.Critical
		}
	}
	return false
}
