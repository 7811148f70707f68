package keys

import (
	"bytes"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/dicode/platen"
)

// A Set is one version of a tenant's keyset. Values are sealed with its newest key, and
// opened with any. It is safe for concurrent use.
type Set struct {
	version   int
	handle    *keyset.Handle
	primitive tink.StreamingAEAD
}

// newSet returns the first version of a keyset, with one key.
func newSet() (*Set, error) {
	return (&Set{}).next()
}

// next returns the next version: the keys of s, and a new one that seals.
func (s *Set) next() (*Set, error) {
	m := keyset.NewManager()
	if s.handle != nil {
		m = keyset.NewManagerFromHandle(s.handle)
	}
	id, err := m.Add(streamingaead.AES256GCMHKDF4KBKeyTemplate())
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	handle, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return openSet(s.version+1, handle)
}

func openSet(version int, handle *keyset.Handle) (*Set, error) {
	primitive, err := streamingaead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("use a keyset: %w: %w", err, platen.Internal)
	}
	return &Set{version, handle, primitive}, nil
}

// bytes returns the keys as they are. They must be wrapped before anybody sees them.
func (s *Set) bytes() ([]byte, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(s.handle, keyset.NewBinaryWriter(&b))
	return b.Bytes(), err
}

// parseSet is the inverse of bytes.
func parseSet(version int, src []byte) (*Set, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(src)))
	if err != nil {
		return nil, fmt.Errorf("read a keyset: %w: %w", err, platen.Internal)
	}
	return openSet(version, handle)
}

// Version is the number of the version, from 1.
func (s *Set) Version() int { return s.version }

// Keys is how many keys it has.
func (s *Set) Keys() int { return s.handle.Len() }

// Seal encrypts a value, and binds it to a context, such as its name: it opens with the
// same context only.
func (s *Set) Seal(value, context []byte) ([]byte, error) {
	var sealed bytes.Buffer
	sealed.Grow(len(value) + len(value)/64 + 256)
	w, err := s.primitive.NewEncryptingWriter(&sealed, context)
	if err == nil {
		_, err = w.Write(value)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w: %w", err, platen.Internal)
	}
	return sealed.Bytes(), nil
}

// Open decrypts a value. One that was changed, or sealed with another key or context, is
// Denied.
func (s *Set) Open(sealed, context []byte) ([]byte, error) {
	r, err := s.primitive.NewDecryptingReader(bytes.NewReader(sealed), context)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w: %w", err, platen.Denied)
	}
	value := bytes.NewBuffer(make([]byte, 0, len(sealed)+bytes.MinRead)) // so that it never grows
	if _, err := io.Copy(value, r); err != nil {
		return nil, fmt.Errorf("decrypt: %w: %w", err, platen.Denied)
	}
	return value.Bytes(), nil
}
