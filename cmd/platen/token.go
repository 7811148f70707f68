package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen"
)

type tokenCmd struct {
	KeyFile  string        `required:"" placeholder:"FILE" help:"Private key (PKCS #8 PEM). With --new-key it is made, with the public key in FILE.pub."`
	NewKey   bool          `help:"Make a new key (Ed25519) first. A file that is there is not replaced."`
	Issuer   string        `default:"platen-development" help:"Issuer of the token; serve --token-issuer."`
	Audience string        `default:"platen" help:"Audience of the token; serve --token-audience."`
	Tenant   string        `default:"local" help:"Tenant that the token is for."`
	Subject  string        `default:"${user}" help:"Who the token is for."`
	Scope    []string      `default:"documents:write,documents:read" help:"What its bearer may do."`
	TTL      time.Duration `name:"ttl" default:"1h" help:"How long it is valid."`
}

// Validate is called by kong.
func (cmd *tokenCmd) Validate() error {
	if _, err := platen.ParseTenantID(cmd.Tenant); err != nil {
		return errors.New(words(err))
	}
	if cmd.TTL <= 0 {
		return fmt.Errorf("--ttl is %s: want more than 0", cmd.TTL)
	}
	return nil
}

// Help is the long text of "platen help token".
func (tokenCmd) Help() string {
	return `Makes a token for development. In production an identity provider makes them.

  platen token --key-file dev.pem --new-key --tenant acme > token
  platen serve --token-issuer platen-development --token-audience platen --token-key-file dev.pem.pub
  curl -H "Authorization: Bearer $(cat token)" localhost:8080/v1/documents`
}

// Run prints a token.
func (cmd *tokenCmd) Run(std streams) error {
	if cmd.NewKey {
		if err := newKey(cmd.KeyFile); err != nil {
			return err
		}
	}
	key, method, err := signingKey(cmd.KeyFile)
	if err != nil {
		return fmt.Errorf("--key-file %s: %w", cmd.KeyFile, err)
	}
	now := time.Now()
	token, err := jwt.NewWithClaims(method, jwt.MapClaims{
		"iss": cmd.Issuer, "aud": cmd.Audience, "sub": cmd.Subject, "tenant": cmd.Tenant, "scope": strings.Join(cmd.Scope, " "),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(cmd.TTL).Unix(),
	}).SignedString(key)
	if err != nil {
		return fmt.Errorf("sign the token: %w", err)
	}
	_, err = fmt.Fprintln(std.out, token)
	return cannotWrite("stdout", err)
}

// newKey writes a key pair into two files.
func newKey(file string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	shown, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if err := writeNew(file, "PRIVATE KEY", secret, 0o600); err != nil {
		return err
	}
	return writeNew(file+".pub", "PUBLIC KEY", shown, 0o644)
}

func writeNew(file, kind string, content []byte, mode os.FileMode) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and keys are not replaced: leave --new-key out, or name another file: %w", file, platen.Conflict)
	}
	if err != nil {
		return cannotWrite(file, err)
	}
	return cannotWrite(file, errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: content}), f.Close()))
}

// signingKey reads a private key, and says how it signs.
func signingKey(file string) (crypto.PrivateKey, jwt.SigningMethod, error) {
	src, err := readAtMost(file, nil, 64<<10)
	if err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(src)
	if block == nil {
		return nil, nil, fmt.Errorf("this is no key in PEM: %w", platen.Invalid)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("this is no private key in PKCS #8: convert it with openssl pkcs8 -topk8 -nocrypt: %w", platen.Invalid)
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return key, jwt.SigningMethodEdDSA, nil
	case *rsa.PrivateKey:
		return key, jwt.SigningMethodRS256, nil
	case *ecdsa.PrivateKey:
		if key.Curve.Params().BitSize == 256 {
			return key, jwt.SigningMethodES256, nil
		}
	}
	return nil, nil, fmt.Errorf("keys of this kind do not sign tokens: want Ed25519, RSA or ECDSA P-256: %w", platen.Invalid)
}
