//go:build pkcs11

package sign

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/ThalesGroup/crypto11"
	"github.com/miekg/pkcs11"

	"github.com/dicode/platen"
)

// A tokenKey is a key on a PKCS #11 token, which never leaves it. The token is opened
// when the key first signs, and again after an error.
type tokenKey struct {
	place TokenPlace
	pin   string
	chain []*x509.Certificate

	mu      sync.Mutex
	signer  crypto.Signer // nil while the token is not open
	refused error         // the token's word about the PIN: it locks itself when a wrong one is tried again
}

// NewTokenKey returns the key of a PKCS #11 token. chain holds its certificate, first,
// and those that lead to a root. Signing fails if the certificate is another key's.
func NewTokenKey(place TokenPlace, pin string, chain []*x509.Certificate) (Key, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("the key %s of the token %s has no certificate: name it: %w", place.Object, place.Token, platen.Invalid)
	}
	return &tokenKey{place: place, pin: pin, chain: leading(chain[0], chain)}, nil
}

// Chain is as Key has it.
func (k *tokenKey) Chain() []*x509.Certificate { return k.chain }

// Sign is as Key has it. Errors are Invalid where the token refuses the PIN, which is not
// tried again with this Key, else Busy: tokens are taken out, and put in again.
func (k *tokenKey) Sign(_ context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	signer, err := k.open()
	if err != nil {
		return nil, err
	}
	out, err := signer.Sign(rand.Reader, digest, hash)
	if err != nil {
		k.forget()
		return nil, fmt.Errorf("sign with the key %s of the token %s: %w: %w", k.place.Object, k.place.Token, err, platen.Busy)
	}
	return out, nil
}

// open opens the token, which is closed when nobody has the key any more.
func (k *tokenKey) open() (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.signer != nil || k.refused != nil {
		return k.signer, k.refused
	}
	token, err := crypto11.Configure(&crypto11.Config{Path: k.place.Module, TokenLabel: k.place.Token, Pin: k.pin})
	if refusesPin(err) {
		k.refused = fmt.Errorf("the token of the key refuses the PIN: correct it in its file: %w: %w", err, platen.Invalid)
		return nil, k.refused
	}
	if err != nil {
		return nil, fmt.Errorf("open the token %s: %w: %w", k.place.Token, err, platen.Busy)
	}
	pair, err := token.FindKeyPair(nil, []byte(k.place.Object))
	if err == nil && pair == nil {
		err = errors.New("there is no such key pair")
	}
	if err != nil {
		token.Close()
		return nil, fmt.Errorf("the key %s of the token %s: %w: %w", k.place.Object, k.place.Token, err, platen.Busy)
	}
	runtime.AddCleanup(k, func(token *crypto11.Context) { token.Close() }, token)
	k.signer = pair
	return pair, nil
}

// refusesPin reports whether an error is a token's word about a PIN.
func refusesPin(err error) bool {
	var word pkcs11.Error
	return errors.As(err, &word) && slices.Contains([]uint{
		pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_EXPIRED, pkcs11.CKR_PIN_LOCKED,
	}, uint(word))
}

// forget has the token opened again.
func (k *tokenKey) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.signer = nil
}
