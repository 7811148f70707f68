package templates

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/gif" // the decoders register themselves
	_ "image/jpeg"
	_ "image/png"
	"io"
	"path"
	"strings"

	_ "golang.org/x/image/webp"

	"github.com/dicode/platen/tenant/asset"
)

// lintAssets checks fonts, drawings and their references, and pictures.
func (l *linter) lintAssets() {
	for file := range l.bundle.under(fontsDir) {
		if isNote(file) {
			continue
		}
		kind := fontTypes[strings.ToLower(path.Ext(file))]
		if err := asset.CheckFont(kind, l.bundle.files[file]); err != nil {
			l.report(file, 0, 0, Fault, "%s", err)
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

var fontTypes = map[string]asset.Type{".woff2": asset.WOFF2, ".woff": asset.WOFF, ".ttf": asset.TTF, ".otf": asset.OTF}

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
