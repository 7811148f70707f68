//go:build !pkcs11

package sign

import (
	"crypto/x509"
	"fmt"

	"github.com/dicode/platen"
)

// NewTokenKey says that this program cannot use PKCS #11 tokens: it was built without cgo.
func NewTokenKey(TokenPlace, string, []*x509.Certificate) (Key, error) {
	return nil, fmt.Errorf("this program was built without PKCS #11: build it with cgo and -tags pkcs11: %w", platen.Invalid)
}
