package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Kind is a way to sign.
type Kind string

// The kinds. With HMAC whoever can verify a notice could also make one; with Ed25519
// the receiver has a public key only.
const (
	HMAC    Kind = "hmac"
	Ed25519 Kind = "ed25519"
)

// A Secret is a key with which notices are signed, as Standard Webhooks writes it:
// whsec_ or whsk_ and base64. It prints as nothing that tells what it is.
type Secret string

const (
	hmacPrefix    = "whsec_"
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
)

// String implements fmt.Stringer.
func (Secret) String() string { return "(secret)" }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return "(secret)" }

// newSecret makes a secret from 32 random bytes.
func newSecret(k Kind) Secret {
	random := make([]byte, ed25519.SeedSize)
	rand.Read(random) // never fails
	if k == Ed25519 {
		return Secret(privatePrefix + base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(random)))
	}
	return Secret(hmacPrefix + base64.StdEncoding.EncodeToString(random))
}

// private returns the private key that a secret of the kind Ed25519 is.
func (s Secret) private() (key ed25519.PrivateKey, ok bool) {
	text, ok := strings.CutPrefix(string(s), privatePrefix)
	b, err := base64.StdEncoding.DecodeString(text)
	return b, ok && err == nil && len(b) == ed25519.PrivateKeySize
}

// public returns the key with which a receiver verifies, whpk_ and base64. A secret
// of the kind HMAC has none.
func (s Secret) public() string {
	key, ok := s.private()
	if !ok {
		return ""
	}
	return publicPrefix + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// sign returns the signature of a notice that is sent at a time: "v1," or "v1a,"
// and base64.
func (s Secret) sign(id string, at time.Time, body []byte) (string, error) {
	content := fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)
	if key, ok := s.private(); ok {
		return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, content)), nil
	}
	text, ok := strings.CutPrefix(string(s), hmacPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 {
		return "", fmt.Errorf("a secret of a webhook is damaged: make a new one: %w", platen.Internal)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}
