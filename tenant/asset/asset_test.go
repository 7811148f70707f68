package asset_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant/asset"
)

// pictures returns one file of each kind of picture.
func pictures(t *testing.T) map[asset.Type][]byte {
	t.Helper()
	pixels := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	var p, j, g bytes.Buffer
	if err := errors.Join(png.Encode(&p, pixels), jpeg.Encode(&j, pixels, nil), gif.Encode(&g, pixels, nil)); err != nil {
		t.Fatal(err)
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return map[asset.Type][]byte{asset.PNG: p.Bytes(), asset.JPEG: j.Bytes(), asset.GIF: g.Bytes(), asset.WebP: webp}
}

func TestPictures(t *testing.T) {
	for want, content := range pictures(t) {
		kept, got, err := asset.Read(content)
		if err != nil || got != want || !bytes.Equal(kept, content) {
			t.Errorf("%s is read as %s, %v", want, got, err)
		}
		if _, _, err := asset.Read(content[:len(content)-len(content)/3]); !errors.Is(err, platen.Invalid) {
			t.Errorf("a %s that is cut gives %v", want, err)
		}
		if !got.IsImage() || got.IsFont() || !strings.HasPrefix(got.Ending(), ".") {
			t.Errorf("%s is no image with an ending", got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	huge := bytes.Clone(pictures(t)[asset.PNG])
	binary.BigEndian.PutUint32(huge[16:], 5000) // the width, and its checksum
	binary.BigEndian.PutUint32(huge[20:], 5000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, c := range []struct{ name, content, want string }{
		{"nothing", "", "none that can be printed"},
		{"text", "logo", "none that can be printed"},
		{"a program", "\x7fELF", "none that can be printed"},
		{"too large", strings.Repeat("a", asset.MaxBytes+1), "more than 8 MiB"},
		{"too many pixels", string(huge), "has 5000 x 5000 pixels"},
		{"a page", "<!DOCTYPE html><html></html>", "want one element <svg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := asset.Read([]byte(c.content)); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestPDF(t *testing.T) {
	if _, got, err := asset.Read([]byte("%PDF-1.7\n")); err != nil || got != asset.PDF || got.IsImage() {
		t.Errorf("got %s, %v", got, err)
	}
}
