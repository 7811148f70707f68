package templates

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
	"testing"
)

func TestLintPictures(t *testing.T) {
	whole := pngOf(t, 30, 20)
	var photo, animation bytes.Buffer
	pixels := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	if err := errors.Join(jpeg.Encode(&photo, pixels, nil), gif.Encode(&animation, pixels, nil)); err != nil {
		t.Fatal(err)
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	huge := []byte(whole)
	binary.BigEndian.PutUint32(huge[16:], 20_000) // the width, and its checksum
	binary.BigEndian.PutUint32(huge[20:], 20_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, c := range []struct{ name, file, src, want string }{
		{"PNG", "a.png", whole, ""},
		{"JPEG", "a.JPG", photo.String(), ""},
		{"GIF", "a.gif", animation.String(), ""},
		{"WebP", "a.webp", string(webp), ""},
		{"empty", "a.png", "", "the picture is broken (image: unknown format): put in a whole .png file"},
		{"PNG that is cut", "a.png", whole[:len(whole)-20], "the picture is broken (png: invalid format: unexpected EOF)"},
		{"JPEG that is cut", "a.jpeg", photo.String()[:photo.Len()/2], "the picture is broken ("},
		{"GIF that is cut", "a.gif", animation.String()[:20], "the picture is broken ("},
		{"WebP that is cut", "a.webp", string(webp[:30]), "the picture is broken ("},
		{"page", "a.png", "<!DOCTYPE html>", "the picture is broken ("},
		{"too many pixels", "a.png", string(huge), "the picture has 20000 x 20000 pixels, the limit is 104857600"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []string
			if c.want != "" {
				want = append(want, "assets/"+c.file+": error: "+c.want)
			}
			wantFindings(t, lintBody(t, `<img src="assets/`+c.file+`" alt="">`, map[string]string{"assets/" + c.file: c.src}), want...)
		})
	}
}

func TestCheckPictureIsBounded(t *testing.T) {
	cut := pngOf(t, 30, 20)
	cut = cut[:len(cut)-20]
	if n, problem := checkPicture([]byte(cut), ".png", 599); n != 0 || problem != "" {
		t.Errorf("beyond the bound: %d pixels decoded, %q", n, problem)
	}
	if n, problem := checkPicture([]byte(cut), ".png", 600); n != 600 || problem == "" {
		t.Errorf("within the bound: %d pixels decoded, %q", n, problem)
	}
}

func pngOf(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
