package asset

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // the decoders register themselves
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/webp"
)

// maxPixels is how many pixels a picture may have: a page of A4 in 300 dpi has half.
const maxPixels = 16 << 20

// checkPicture refuses a picture that is broken or has too many pixels.
func checkPicture(content []byte) error {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err == nil && (config.Width*config.Height > maxPixels) {
		return fmt.Errorf("the picture has %d x %d pixels, and may have %d: scale it down", config.Width, config.Height, maxPixels)
	}
	if err == nil {
		_, _, err = image.Decode(bytes.NewReader(content))
	}
	if err != nil {
		return fmt.Errorf("the picture is broken (%w): save it anew", err)
	}
	return nil
}
