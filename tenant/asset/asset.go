package asset

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// A Type is a media type.
type Type string

// The types of files that a tenant may bring.
const (
	SVG   Type = "image/svg+xml"
	PNG   Type = "image/png"
	JPEG  Type = "image/jpeg"
	GIF   Type = "image/gif"
	WebP  Type = "image/webp"
	PDF   Type = "application/pdf" // a letterhead or a seal, for watermarks
	WOFF2 Type = "font/woff2"
	WOFF  Type = "font/woff"
	TTF   Type = "font/ttf"
	OTF   Type = "font/otf"
)

// MaxBytes is how many bytes a file may have.
const MaxBytes = 8 << 20

// endings are those of the names of files.
var endings = map[Type]string{
	SVG: ".svg", PNG: ".png", JPEG: ".jpg", GIF: ".gif", WebP: ".webp", PDF: ".pdf",
	WOFF2: ".woff2", WOFF: ".woff", TTF: ".ttf", OTF: ".otf",
}

// Types returns all types, sorted.
func Types() []Type { return slices.Sorted(maps.Keys(endings)) }

// Ending returns that of the name of such a file, as in ".svg", and "" for a type that
// is none of these.
func (t Type) Ending() string { return endings[t] }

// IsImage reports whether a page can show the file as a picture.
func (t Type) IsImage() bool { return strings.HasPrefix(string(t), "image/") }

// IsFont reports whether the file is a font.
func (t Type) IsFont() bool { return strings.HasPrefix(string(t), "font/") }

// signatures are what files begin with.
var signatures = []struct {
	start string
	is    Type
}{
	{"\x89PNG\r\n\x1a\n", PNG}, {"\xff\xd8\xff", JPEG}, {"GIF87a", GIF}, {"GIF89a", GIF}, {"%PDF-", PDF},
	{"wOF2", WOFF2}, {"wOFF", WOFF}, {"\x00\x01\x00\x00", TTF}, {"true", TTF}, {"OTTO", OTF},
}

// typeOf tells by its first bytes what a file is, "" if it is none of the types.
func typeOf(content []byte) Type {
	for _, s := range signatures {
		if bytes.HasPrefix(content, []byte(s.start)) {
			return s.is
		}
	}
	if len(content) > 12 && string(content[:4]) == "RIFF" && string(content[8:12]) == "WEBP" {
		return WebP
	}
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("<")) {
		return SVG
	}
	return ""
}

// Read checks a file and returns what is to be kept of it, and what it is. Equal
// files give equal bytes. The error is Invalid and says how to mend the file.
func Read(content []byte) (kept []byte, t Type, err error) {
	t = typeOf(content)
	switch {
	case len(content) > MaxBytes:
		err = fmt.Errorf("the file has more than %d MiB: make it smaller", MaxBytes>>20)
	case t == "":
		err = fmt.Errorf("the file is none that can be printed: want SVG, PNG, JPEG, GIF, WebP, PDF, WOFF2, WOFF, TrueType or OpenType")
	case t == SVG:
		content, err = readDrawing(content)
	case t.IsImage():
		err = checkPicture(content)
	case t.IsFont():
		err = CheckFont(t, content)
	}
	return content, t, platen.WithKind(platen.Invalid, err)
}
