package templates

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"strings"

	"golang.org/x/image/font/sfnt"
)

// lintAssets checks fonts, and the references in drawings.
func (l *linter) lintAssets() {
	for file := range l.bundle.under(fontsDir) {
		if isNote(file) {
			continue
		}
		if problem := checkFont(file, l.bundle.files[file]); problem != "" {
			l.report(file, 0, 0, Fault, "%s", problem)
		}
	}
	for file := range l.bundle.under(assetsDir) {
		if strings.HasSuffix(strings.ToLower(file), ".svg") {
			p := &page{linter: l, file: file, src: l.bundle.files[file], folder: path.Dir(file), drawing: true}
			p.lint(p.src)
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
