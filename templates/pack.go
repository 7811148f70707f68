package templates

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/dicode/platen"
)

// Pack returns the bundle as a zip file, which OpenPacked opens.
func (b *Bundle) Pack() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for path, src := range b.All() {
		f, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(src)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w: %w", path, err, platen.Internal)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack the bundle: %w: %w", err, platen.Internal)
	}
	return out.Bytes(), nil
}

// OpenPacked opens what Pack has made of the bundle with this digest. Any other is
// platen.Internal.
func OpenPacked(src []byte, digest string) (*Bundle, error) {
	l := defaultLimits()
	l.stored = true
	b, err := openZip(src, l)
	if err == nil && b.digest != digest {
		err = fmt.Errorf("it has the digest %s", b.digest)
	}
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("the stored bundle %s was changed: restore it from a backup: %w", digest, err))
	}
	return b, nil
}
