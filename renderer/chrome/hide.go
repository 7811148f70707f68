package chrome

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/chromedp/cdproto/emulation"

	"github.com/dicode/platen"
)

// hideOnScreen keeps a document from being laid out before it is printed.
const hideOnScreen = "<style media=screen>html{display:none!important}</style>"

// show returns the document as it is put into the tab. One whose styles name no
// file is hidden until it is printed, which spares the layout for the screen, a
// tenth of the whole. Any other is shown as it will be printed, so that the
// browser asks for what its styles name.
func (t *tab) show(ctx context.Context, m platen.Markup) ([]byte, error) {
	html, body := inlineSheets(m)
	media := "print"
	if body >= 0 && !m.Scripts && !m.Artwork && !stylesNameFiles(m) {
		media = ""
		html = slices.Insert(html, body, []byte(hideOnScreen)...)
	}
	if media == t.media {
		return html, nil
	}
	set := emulation.SetEmulatedMediaParams{Media: media}
	if err := t.target.Call(ctx, emulation.SetEmulatedMedia.Method, set, nil); err != nil {
		return nil, fmt.Errorf("choose the medium: %w", orCause(ctx, err))
	}
	t.media = media
	return html, nil
}

// stylesNameFiles reports whether a style, in the document or in its sheets, may
// name a file or a data: URL.
func stylesNameFiles(m platen.Markup) bool {
	for name, file := range m.Files {
		if path.Ext(name) == ".css" && refers(file) {
			return true
		}
	}
	if escapesLetters(m.HTML) || bytes.Contains(m.HTML, []byte("@import")) {
		return true
	}
	for rest := m.HTML; ; {
		i := bytes.IndexByte(rest, '(')
		if i < 0 {
			return false
		}
		before := bytes.ToLower(rest[max(0, i-len("image-set")):i])
		for _, function := range []string{"url", "src", "image-set"} {
			if bytes.HasSuffix(before, []byte(function)) {
				return true
			}
		}
		rest = rest[i+1:]
	}
}

// escapesLetters reports whether an escape of CSS (\75 or \u) stands for what
// could be part of a function's or a rule's name, so that it hides there.
func escapesLetters(css []byte) bool {
	for {
		i := bytes.IndexByte(css, '\\')
		if i < 0 || i+1 == len(css) {
			return false
		}
		css = css[i+1:]
		digits := 0
		for digits < min(len(css), 6) && isHex(css[digits]) {
			digits++
		}
		c, err := strconv.ParseUint(string(css[:digits]), 16, 32)
		if err != nil { // no digits: the character itself
			c = uint64(css[0])
		}
		if c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || c == '(' || c == '@' || c == '-') {
			return true
		}
	}
}

func isHex(c byte) bool {
	_, ok := hexDigit(c)
	return ok
}
