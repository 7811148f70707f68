package sign

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	vault "github.com/hashicorp/vault/api"

	"github.com/dicode/platen"
)

// A vaultKey is a key of Vault's transit engine, which never leaves it.
type vaultKey struct {
	client *vault.Client
	name   string
	chain  []*x509.Certificate
}

// NewVaultKey returns a key of Vault's transit engine by its name. chain holds its
// certificate, first, and those that lead to a root. Signing fails if the
// certificate is another key's.
func NewVaultKey(client *vault.Client, name string, chain []*x509.Certificate) (Key, error) {
	if name == "" || strings.ContainsAny(name, "/?#") {
		return nil, fmt.Errorf("the key of Vault has the name %q: want that of a transit key: %w", name, platen.Invalid)
	}
	if len(chain) == 0 {
		return nil, fmt.Errorf("the key %s of Vault has no certificate: name it: %w", name, platen.Invalid)
	}
	return &vaultKey{client, name, leading(chain[0], chain)}, nil
}

// Chain is as Key has it.
func (k *vaultKey) Chain() []*x509.Certificate { return k.chain }

// hashNames are those that transit knows.
var hashNames = map[crypto.Hash]string{crypto.SHA256: "sha2-256", crypto.SHA384: "sha2-384"}

// Sign is as Key has it. Errors are Busy where Vault cannot be reached or is
// sealed, else Internal.
func (k *vaultKey) Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	answer, err := k.client.Logical().WriteWithContext(ctx, "transit/sign/"+k.name+"/"+hashNames[hash], map[string]any{
		"input": base64.StdEncoding.EncodeToString(digest), "prehashed": true,
		"signature_algorithm": "pkcs1v15", "marshaling_algorithm": "asn1",
	})
	if err != nil {
		return nil, fmt.Errorf("sign with the key %s of Vault: %w: %w", k.name, err, vaultKind(err))
	}
	text := ""
	if answer != nil {
		text, _ = answer.Data["signature"].(string)
	}
	signature, err := base64.StdEncoding.DecodeString(text[strings.LastIndexByte(text, ':')+1:]) // vault:v1:…
	if err != nil || len(signature) == 0 {
		return nil, fmt.Errorf("sign with the key %s of Vault: the answer holds no signature: %w", k.name, platen.Internal)
	}
	return signature, nil
}

// vaultKind says what an error of Vault means: what it refuses, it refuses again.
func vaultKind(err error) platen.Kind {
	var refused *vault.ResponseError
	if errors.As(err, &refused) && refused.StatusCode < http.StatusInternalServerError {
		return platen.Internal
	}
	return platen.Busy
}
