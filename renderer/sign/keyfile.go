package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/dicode/platen"
)

// A localKey is a private key in memory.
type localKey struct {
	signer crypto.Signer
	chain  []*x509.Certificate
}

// Chain is as Key has it.
func (k *localKey) Chain() []*x509.Certificate { return k.chain }

// Sign is as Key has it. Equal digests give equal signatures: those of ECDSA are
// as RFC 6979 has them.
func (k *localKey) Sign(_ context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	out, err := k.signer.Sign(nil, digest, hash)
	if err != nil {
		return nil, fmt.Errorf("sign: %w: %w", err, platen.Internal)
	}
	return out, nil
}

// ReadKey reads a private key and its certificates: a PKCS #12 file, or PEM blocks
// with a key (PKCS #8, PKCS #1 or SEC 1) and certificates, more of which may be in
// chain (PEM). password is that of the PKCS #12 file; empty where there is none.
// Errors are Invalid, and never hold what the files hold.
func ReadKey(file, chain []byte, password string) (Key, error) {
	more, err := ReadCertificates(chain)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(file, []byte("-----BEGIN ")) {
		return readPEM(file, more)
	}
	private, cert, others, err := pkcs12.DecodeChain(file, password)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, fmt.Errorf("the password of the key is wrong: %w", platen.Invalid)
	}
	if err != nil {
		return nil, fmt.Errorf("this is no key: want PKCS #12, or PEM with a private key: %w", platen.Invalid)
	}
	return newKey(private, append(append([]*x509.Certificate{cert}, others...), more...))
}

// PrivatePEM returns the private key of a Key that ReadKey has returned, as PEM (PKCS #8),
// for those who keep it where nobody else can read it.
func PrivatePEM(k Key) ([]byte, error) {
	local, ok := k.(*localKey)
	if !ok {
		return nil, fmt.Errorf("the key is not in a file: %w", platen.Invalid)
	}
	der, err := x509.MarshalPKCS8PrivateKey(local.signer)
	if err != nil {
		return nil, fmt.Errorf("a key of this kind cannot be kept: want RSA or ECDSA: %w", platen.Invalid)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ReadCertificates reads all certificates of PEM text; of none, none.
func ReadCertificates(text []byte) (list []*x509.Certificate, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("a certificate is damaged: %w: %w", err, platen.Invalid)
		}
		list = append(list, cert)
	}
	if len(bytes.TrimSpace(text)) > 0 && list == nil {
		return nil, fmt.Errorf("there is no certificate in PEM: %w", platen.Invalid)
	}
	return list, nil
}

func readPEM(file []byte, certs []*x509.Certificate) (Key, error) {
	var private any
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			continue
		}
		key, err := parsePrivate(block)
		if err != nil {
			return nil, err
		}
		if key != nil && private != nil {
			return nil, fmt.Errorf("the file has two private keys: want one: %w", platen.Invalid)
		}
		if key != nil {
			private = key
		}
	}
	if bytes.Contains(file, []byte("BEGIN CERTIFICATE")) {
		here, err := ReadCertificates(file)
		if err != nil {
			return nil, err
		}
		certs = append(here, certs...)
	}
	return newKey(private, certs)
}

// parsePrivate returns the private key of a block, nil for a block of another kind.
func parsePrivate(block *pem.Block) (key any, err error) {
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, fmt.Errorf("the private key is encrypted, which PEM is not read with: make a PKCS #12 file of it (openssl pkcs12 -export): %w", platen.Invalid)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the private key is damaged or encrypted: %w", platen.Invalid)
	}
	return key, nil
}

// newKey puts the certificate of a private key first, and behind it those that
// lead on from it.
func newKey(private any, certs []*x509.Certificate) (Key, error) {
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("there is no private key that can sign: name a PEM file with a private key and its certificate, or a PKCS#12 file: %w", platen.Invalid)
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil, fmt.Errorf("a key of this kind cannot sign: want RSA or ECDSA: %w", platen.Invalid)
	}
	for _, c := range certs {
		if public.Equal(c.PublicKey) {
			return &localKey{signer, leading(c, certs)}, nil
		}
	}
	return nil, fmt.Errorf("no certificate belongs to the private key: name the one that was issued for it: %w", platen.Invalid)
}

// leading returns a certificate and those of a list that issued it, and them.
func leading(cert *x509.Certificate, from []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{cert}
	for !isRoot(cert) {
		issuer := issuerOf(cert, from)
		if issuer == nil || len(chain) > len(from) {
			break
		}
		chain, cert = append(chain, issuer), issuer
	}
	return chain
}

// issuerOf returns the certificate of a list whose key signed another one, or nil.
func issuerOf(cert *x509.Certificate, from []*x509.Certificate) *x509.Certificate {
	for _, c := range from {
		if bytes.Equal(c.RawSubject, cert.RawIssuer) && cert.CheckSignatureFrom(c) == nil {
			return c
		}
	}
	return nil
}

func isRoot(cert *x509.Certificate) bool { return bytes.Equal(cert.RawSubject, cert.RawIssuer) }
