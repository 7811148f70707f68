package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"time"

	vault "github.com/hashicorp/vault/api"

	"github.com/dicode/platen/renderer/sign"
)

// keyForms are the forms of a private key, for help.
const keyForms = "PKCS #12, PEM with its certificate, a transit key of Vault (hashivault://name; VAULT_ADDR and VAULT_TOKEN say where), or a key on a PKCS #11 token (an RFC 7512 URI; docs/signatures.md describes it)"

// Keys that stay where they are have places that begin so.
const (
	vaultScheme = "hashivault://"
	tokenScheme = "pkcs11:"
)

func isRemote(place string) bool {
	return strings.HasPrefix(place, vaultScheme) || strings.HasPrefix(place, tokenScheme)
}

// secretFlags say what belongs to a private key and is not in its file.
type secretFlags struct {
	KeyPasswordFile string `placeholder:"FILE" help:"File with the password of the PKCS #12 file in its first line."`
	Cert            string `placeholder:"FILE" help:"Certificates in PEM that are not in the key's file: its own, and those that lead to a root."`
}

// read reads a private key and its certificates.
func (f secretFlags) read(ctx context.Context, place string, std streams) (sign.Key, error) {
	chain, err := readCertificates(f.Cert)
	if err != nil {
		return nil, err
	}
	if isRemote(place) {
		certs, err := sign.ReadCertificates(chain)
		if err != nil {
			return nil, err
		}
		return remoteKey(place, certs)
	}
	file, err := readData(ctx, place, std.in, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", place, err)
	}
	secret, err := password(f.KeyPasswordFile)
	if err != nil {
		return nil, err
	}
	key, err := sign.ReadKey(file, chain, secret)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", place, err)
	}
	return key, nil
}

// remoteKey returns a key of Vault, which the environment says where to find, or of a
// PKCS #11 token.
func remoteKey(place string, chain []*x509.Certificate) (sign.Key, error) {
	if token, ok, err := sign.ParseTokenPlace(place); ok {
		if err != nil {
			return nil, err
		}
		pin, err := password(token.Pin)
		if err != nil {
			return nil, err
		}
		return sign.NewTokenKey(token, pin, chain)
	}
	client, err := vault.NewClient(nil)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return sign.NewVaultKey(client, strings.TrimPrefix(place, vaultScheme), chain)
}

const maxKeyFile = 1 << 20 // bytes of a key or of certificates

// readCertificates reads a file of certificates; without a path there are none.
func readCertificates(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readAtMost(path, nil, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificates %s: %w", path, err)
	}
	return text, nil
}

// evidenceFlags say how long a signature is to be verifiable.
type evidenceFlags struct {
	Level string `enum:"B-B,B-T,B-LT,B-LTA" default:"B-B" help:"PAdES level: B-B; B-T with a time stamp; B-LT with revocation; B-LTA with a time stamp of that."`
	TSA   string `name:"tsa" placeholder:"URL" help:"The time stamp authority (RFC 3161), for B-T and above."`
}

// Validate is called by kong.
func (f *evidenceFlags) Validate() error {
	if f.TSA == "" && sign.Level(f.Level) != sign.LevelB {
		return fmt.Errorf("--level %s needs a time stamp authority: name it with --tsa", f.Level)
	}
	return nil
}

// evidenceTime is how long a time stamp authority or a revocation service may take.
const evidenceTime = 30 * time.Second

// set sets level and time stamp authority.
func (f evidenceFlags) set(o *sign.Options) {
	o.Level, o.Client = sign.Level(f.Level), &http.Client{Timeout: evidenceTime}
	if f.TSA != "" {
		o.TSA = &sign.TSA{URL: f.TSA, Client: o.Client}
	}
}
