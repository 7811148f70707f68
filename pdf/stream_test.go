package pdf_test

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

func deflate(data []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.String()
}

// packLZW changes the width of its codes late.
func packLZW(t testing.TB, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := lzw.NewWriter(&b, lzw.MSB, 8)
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.String()
}

// decoded returns what the first stream of a document decodes to.
func decoded(t *testing.T, limits pdf.Limits, dict, data string) (string, error) {
	t.Helper()
	f, err := pdf.Open(document(catalog, twoPages, page, page, stream(dict, data), "/FlateDecode"), limits)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stream(types.IndirectRef{ObjectNumber: 5})
	if err != nil {
		return "", err
	}
	out, err := f.Decode(s)
	return string(out), err
}

func TestDecode(t *testing.T) {
	const flate, png = "/Filter /FlateDecode", "/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 3>>"
	for _, tt := range []struct{ name, dict, data, want string }{
		{"no filter", "", "as it is", "as it is"},
		{"Flate", flate, deflate([]byte("hello")), "hello"},
		{"indirect filter", "/Filter [6 0 R]", deflate([]byte("hello")), "hello"},
		{"two filters", "/Filter [/ASCIIHexDecode /FlateDecode]", fmt.Sprintf("%x>", deflate([]byte("hello"))), "hello"},
		{"hexadecimal", "/Filter /ASCIIHexDecode", "68 65\n6C6c 7>", "hellp"},
		{"base 85", "/Filter /ASCII85Decode", "BOu\n!rDZ~>", "hello"},
		{"run length", "/Filter /RunLengthDecode", "\x02abc\xfez\x80rest", "abczzz"},
		{"LZW", "/Filter /LZWDecode", packLZW(t, "hello hello"), "hello hello"},
		{"LZW, late change", "/Filter /LZWDecode /DecodeParms <</EarlyChange 0>>", packLZW(t, xmp+xmp), xmp + xmp},
		{"PNG none", png, deflate([]byte("\x00abc\x00def")), "abcdef"},
		{"PNG sub", png, deflate([]byte("\x01a\x01\x01")), "abc"},
		{"PNG up", png, deflate([]byte("\x02abc\x02\x01\x01\x01")), "abcbcd"},
		{"PNG average", png, deflate([]byte("\x00bbb\x03\x00\x00\x00")), "bbb\x31\x49\x55"},
		{"PNG Paeth", png, deflate([]byte("\x00abc\x04\x01\x01\x01")), "abcbcd"},
		{"TIFF", "/Filter /FlateDecode /DecodeParms [<</Predictor 2 /Columns 3>>]", deflate([]byte("a\x01\x01")), "abc"},
		{"empty with predictor", png, deflate(nil), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decoded(t, pdf.DefaultLimits, tt.dict, tt.data)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestDamagedStreamsAreRefused(t *testing.T) {
	limits := pdf.DefaultLimits
	limits.Decoded = 1 << 16
	bomb := deflate(make([]byte, 1<<20))
	whole := deflate([]byte("hello hello"))
	for _, tt := range []struct{ name, dict, data, want string }{
		{"bomb", "/Filter /FlateDecode", bomb, "raise the limit"},
		{"bomb in a bomb", "/Filter [/FlateDecode /FlateDecode]", deflate([]byte(bomb)), "raise the limit"},
		{"run length bomb", "/Filter /RunLengthDecode", strings.Repeat("\x81a", 1000), "raise the limit"},
		{"base 85 bomb", "/Filter /ASCII85Decode", strings.Repeat("z", 20_000) + "~>", "raise the limit"},
		{"cut off", "/Filter /FlateDecode", whole[:len(whole)-5], "cannot be decoded"},
		{"checksum", "/Filter /FlateDecode", whole[:len(whole)-4] + "abcd", "cannot be decoded"},
		{"no Flate", "/Filter /FlateDecode", "hello", "cannot be decoded"},
		{"no hexadecimal", "/Filter /ASCIIHexDecode", "xx>", "cannot be decoded"},
		{"hexadecimal without end", "/Filter /ASCIIHexDecode", "68", "no end"},
		{"base 85 without end", "/Filter /ASCII85Decode", "87cURDZ", "no end"},
		{"run length cut off", "/Filter /RunLengthDecode", "\x05ab", "cannot be decoded"},
		{"LZW bomb", "/Filter /LZWDecode /DecodeParms <</EarlyChange 0>>", packLZW(t, strings.Repeat("x", 1<<17)), "raise the limit"},
		{"image", "/Filter /DCTDecode", "x", "not one for text or data"},
		{"nine filters", "/Filter [" + strings.Repeat("/ASCIIHexDecode ", 9) + "]", "x", "more than 8 filters"},
		{"row", "/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 3>>", deflate([]byte("\x00ab")), "within a row"},
		{"row filter", "/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 3>>", deflate([]byte("\x09abc")), "unknown PNG filter"},
		{"columns", "/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 999999999>>", whole, "parameters of its predictor"},
		{"predictor", "/Filter /FlateDecode /DecodeParms <</Predictor 7>>", whole, "predictor is unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decoded(t, limits, tt.dict, tt.data)
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestStreamLength(t *testing.T) {
	for _, tt := range []struct{ name, object, want string }{
		{"indirect", "<</Length 6 0 R>>\nstream\nhello\nendstream", ""},
		{"CR LF", "<</Length 5>>\r\nstream\r\nhello\r\nendstream", ""},
		{"too short", "<</Length 2>>\nstream\nhello\nendstream", "does not end where"},
		{"too long", "<</Length 9>>\nstream\nhello\nendstream", "does not end where"},
		{"behind the end", "<</Length 99999>>\nstream\nhello\nendstream", "longer than the file"},
		{"negative", "<</Length -5>>\nstream\nhello\nendstream", "no /Length"},
		{"none", "<<>>\nstream\nhello\nendstream", "no /Length"},
		{"itself", "<</Length 5 0 R>>\nstream\nhello\nendstream", "no /Length"},
		{"CR", "<</Length 5>>\nstream\rhello\nendstream", "no end of line"},
		{"no endobj", "<</Length 5>> hello", "no endobj"},
	} {
		f := open(t, document(catalog, twoPages, page, page, tt.object, "5"))
		s, err := f.Stream(types.IndirectRef{ObjectNumber: 5})
		switch {
		case tt.want == "" && (err != nil || string(s.Raw) != "hello"):
			t.Errorf("%s: got %q, %v", tt.name, s.Raw, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}
