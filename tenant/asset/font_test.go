package asset_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant/asset"
)

// A table of a font.
type table struct {
	name    string
	content []byte
}

// tablesOf returns those of a TrueType font.
func tablesOf(ttf []byte) (list []table) {
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := ttf[12+16*i:]
		from, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		list = append(list, table{string(entry[:4]), ttf[from:][:length]})
	}
	return list
}

// licensed returns a font with these bits in fsType.
func licensed(bits uint16) []byte {
	ttf := bytes.Clone(goregular.TTF)
	for _, t := range tablesOf(ttf) {
		if t.name == "OS/2" {
			binary.BigEndian.PutUint16(t.content[8:], bits)
		}
	}
	return ttf
}

// woff packs a font as WOFF 1.0.
func woff(ttf []byte) []byte {
	list := tablesOf(ttf)
	head, body := make([]byte, 44+20*len(list)), []byte{}
	for i, t := range list {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		z.Write(t.content)
		z.Close()
		packed := b.Bytes()
		if len(packed) >= len(t.content) {
			packed = t.content
		}
		entry := head[44+20*i:]
		copy(entry, t.name)
		binary.BigEndian.PutUint32(entry[4:], uint32(len(head)+len(body)))
		binary.BigEndian.PutUint32(entry[8:], uint32(len(packed)))
		binary.BigEndian.PutUint32(entry[12:], uint32(len(t.content)))
		body = append(body, packed...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	copy(head, "wOFF\x00\x01\x00\x00")
	binary.BigEndian.PutUint32(head[8:], uint32(len(head)+len(body)))
	binary.BigEndian.PutUint16(head[12:], uint16(len(list)))
	return append(head, body...)
}

// woff2 packs a font as WOFF 2.0, its tables as they are.
func woff2(ttf []byte) []byte {
	list := tablesOf(ttf)
	head, all := make([]byte, 48), []byte{}
	for _, t := range list {
		flags := byte(63)
		if t.name == "glyf" || t.name == "loca" {
			flags |= 3 << 6
		}
		head = append(append(head, flags), t.name...)
		n := len(t.content)
		head = append(head, byte(n>>14|128), byte(n>>7|128), byte(n&127))
		all = append(all, t.content...)
	}
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	w.Write(all)
	w.Close()
	copy(head, "wOF2\x00\x01\x00\x00")
	binary.BigEndian.PutUint32(head[8:], uint32(len(head)+b.Len()))
	binary.BigEndian.PutUint16(head[12:], uint16(len(list)))
	binary.BigEndian.PutUint32(head[20:], uint32(b.Len()))
	return append(head, b.Bytes()...)
}

func TestFonts(t *testing.T) {
	otto := append([]byte("OTTO"), goregular.TTF[4:]...)
	for _, c := range []struct {
		kind asset.Type
		pack func([]byte) []byte
	}{
		{asset.TTF, func(ttf []byte) []byte { return ttf }}, {asset.WOFF, woff}, {asset.WOFF2, woff2},
	} {
		for bits, want := range map[uint16]string{
			0: "", 4: "", 8: "", 2: "forbids to embed it", 2 | 4: "", 256: "parts of it", 8 | 256: "parts of it", 512: "bitmaps only",
		} {
			t.Run(fmt.Sprintf("%s with fsType %d", c.kind, bits), func(t *testing.T) {
				_, got, err := asset.Read(c.pack(licensed(bits)))
				if got != c.kind || !got.IsFont() {
					t.Errorf("it is read as %s", got)
				}
				if want == "" && err != nil || want != "" && (!errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want)) {
					t.Errorf("got %v, want %q", err, want)
				}
			})
		}
	}
	if _, got, err := asset.Read(otto); got != asset.OTF || err == nil {
		t.Errorf("OpenType without outlines of its kind is %s, %v", got, err)
	}
}

func TestBrokenFonts(t *testing.T) {
	whole := map[string][]byte{"TrueType": goregular.TTF, "WOFF": woff(goregular.TTF), "WOFF2": woff2(goregular.TTF)}
	for name, font := range whole {
		for _, n := range []int{13, 45, 60, 100, len(font) / 2, len(font) - 16} {
			if _, _, err := asset.Read(font[:n]); !errors.Is(err, platen.Invalid) {
				t.Errorf("%d bytes of a %s font give %v", n, name, err)
			}
		}
	}
	other := bytes.Replace(goregular.TTF, []byte("OS/2"), []byte("OS/3"), 1)
	if _, _, err := asset.Read(other); err == nil {
		t.Error("a font that does not say whether it may be embedded is kept")
	}
	bomb := bytes.Clone(whole["WOFF"])
	binary.BigEndian.PutUint32(bomb[44+12:], 1<<30)
	if _, _, err := asset.Read(bomb); err == nil || !strings.Contains(err.Error(), "more than 64 MiB") {
		t.Errorf("a font that says that it has a gigabyte gives %v", err)
	}
}

func FuzzFont(f *testing.F) {
	f.Add(woff(goregular.TTF))
	f.Add(woff2(goregular.TTF))
	f.Add(goregular.TTF)
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, kind := range []asset.Type{asset.WOFF2, asset.WOFF, asset.TTF, asset.OTF} {
			_ = asset.CheckFont(kind, in) // it does not panic
		}
	})
}
