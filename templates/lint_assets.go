package templates

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/gif" // the decoders register themselves
	_ "image/jpeg"
	_ "image/png"
	"io"
	"path"
	"strings"

	"golang.org/x/image/font/sfnt"
	_ "golang.org/x/image/webp"
)

// lintAssets checks fonts, drawings and their references, and pictures.
func (l *linter) lintAssets() {
	for file := range l.bundle.under(fontsDir) {
		if isNote(file) {
			continue
		}
		if problem := checkFont(file, l.bundle.files[file]); problem != "" {
			l.report(file, 0, 0, Fault, "%s", problem)
		}
	}
	pixels := maxDecoded
	for file := range l.bundle.under(assetsDir) {
		src := l.bundle.files[file]
		switch ext := strings.ToLower(path.Ext(file)); ext {
		case ".svg":
			p := &page{linter: l, file: file, src: src, folder: path.Dir(file), drawing: true}
			p.lint(p.src)
			l.wellFormed(file, src)
		case ".png", ".jpg", ".jpeg", ".gif", ".webp":
			n, problem := checkPicture(src, ext, pixels)
			if problem != "" {
				l.report(file, 0, 0, Fault, "%s", problem)
			}
			pixels -= n
		}
	}
}

const (
	maxPixels  = 100 << 20 // of one picture, as printing has it
	maxDecoded = 32 << 20  // of all pictures that are decoded whole; of others only the header is read
)

// checkPicture says what is wrong with a picture, or "". It decodes no more than
// the given number of pixels and returns how many it has decoded.
func checkPicture(src []byte, ext string, most int) (pixels int, problem string) {
	config, _, err := image.DecodeConfig(bytes.NewReader(src))
	switch n := config.Width * config.Height; {
	case err != nil:
	case n > maxPixels:
		return 0, fmt.Sprintf("the picture has %d x %d pixels, the limit is %d: scale it down", config.Width, config.Height, maxPixels)
	case n <= most:
		pixels = n
		_, _, err = image.Decode(bytes.NewReader(src))
	}
	if err != nil {
		return pixels, fmt.Sprintf("the picture is broken (%v): put in a whole %s file", err, ext)
	}
	return pixels, ""
}

// wellFormed reports the first place where a drawing is no XML.
func (l *linter) wellFormed(file string, src []byte) {
	for d := xml.NewDecoder(bytes.NewReader(src)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			l.reportAt(file, int(d.InputOffset()), Fault, "the drawing is broken (%v): save it as plain SVG", err)
			return
		}
	}
}

// checkFont says what is wrong with a font file, or "".
func checkFont(file string, src []byte) string {
	switch ext := strings.ToLower(path.Ext(file)); ext {
	case ".woff":
		return checkPackedFont(src, "wOFF", 44)
	case ".woff2":
		return checkPackedFont(src, "wOF2", 48)
	default:
		if _, err := sfnt.Parse(src); err != nil {
			return fmt.Sprintf("the font is broken (%v): put in a whole %s file", err, ext)
		}
	}
	return ""
}

// checkPackedFont checks the header of a WOFF or WOFF2 file: its signature
// and, at byte 8, the length of the file.
func checkPackedFont(src []byte, signature string, header int) string {
	if len(src) < header || !bytes.HasPrefix(src, []byte(signature)) {
		return fmt.Sprintf("the font is broken (it does not start as a %s file): put in the right file", signature)
	}
	if n := binary.BigEndian.Uint32(src[8:]); int64(n) != int64(len(src)) {
		return fmt.Sprintf("the font is broken (it says %d bytes and has %d): put in the whole file", n, len(src))
	}
	return ""
}
