package chrome

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the decoders register themselves
	_ "image/jpeg"
	_ "image/png"
	"io"
	"path"
	"strings"
	"sync"

	_ "golang.org/x/image/webp"
)

const (
	maxPixels   = 100 << 20 // of one image: 400 MB when the browser decodes it
	maxVerified = 4096      // images that are remembered as sound
)

// images remembers which images are sound. Chrome draws of a broken image what
// it can, and nothing of one that a style sheet names, without a word.
type images struct {
	mu    sync.Mutex
	sound map[[sha256.Size]byte]bool
}

// check decodes an image that has not been seen before.
func (i *images) check(name string, body []byte) error {
	digest := sha256.Sum256(body)
	i.mu.Lock()
	known := i.sound[digest]
	i.mu.Unlock()
	if known {
		return nil
	}
	if err := decode(name, body); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.sound == nil || len(i.sound) >= maxVerified {
		i.sound = make(map[[sha256.Size]byte]bool)
	}
	i.sound[digest] = true
	return nil
}

func decode(name string, body []byte) error {
	switch strings.ToLower(path.Ext(name)) {
	case ".svg":
		return wellFormed(body)
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
	default:
		return errors.New("its type is not known: use PNG, JPEG, GIF, WebP or SVG")
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if config.Width*config.Height > maxPixels {
		return fmt.Errorf("it has %d x %d pixels, the limit is %d", config.Width, config.Height, maxPixels)
	}
	_, _, err = image.Decode(bytes.NewReader(body))
	return err
}

// wellFormed reads an SVG drawing to its end.
func wellFormed(body []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
