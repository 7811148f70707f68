package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen/pdf"
)

const packedObjects = "1 0 2 32 3 83 "

var packedBody = packedObjects + catalog + " " + "<</Type /Pages /Kids [3 0 R] /Count 1>>            " + "<</Type /Page /Parent 2 0 R>>"

// packedDocument has its catalog, pages and page in object stream 4, and the
// cross-reference in stream 5.
func packedDocument(pack, xref string, rows []byte) []byte {
	b := bytes.NewBufferString("%PDF-1.7\n")
	at := b.Len()
	fmt.Fprintf(b, "4 0 obj\n%s\nendobj\n", pack)
	start := b.Len()
	rows = append(bytes.Clone(rows), 1, byte(at>>8), byte(at), 0, 1, byte(start>>8), byte(start), 0)
	fmt.Fprintf(b, "5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", stream("/Type /XRef /Size 6 /Root 1 0 R "+xref, string(rows)), start)
	return b.Bytes()
}

func TestObjectStreams(t *testing.T) {
	const good, xref = "/Type /ObjStm /N 3 /First 14", "/W [1 2 1]"
	in4 := []byte{0, 0, 0, 0, 2, 0, 4, 0, 2, 0, 4, 1, 2, 0, 4, 2}
	limits := pdf.DefaultLimits
	limits.Decoded = 10_000
	for _, tt := range []struct{ name, want, pack, xref string }{
		{"good", "", stream(good, packedBody), xref},
		{"bomb", "raise the limit", stream(good+" /Filter /FlateDecode", deflate([]byte(packedBody+strings.Repeat(" ", 20_000)))), xref},
		{"just over what is left", "raise the limit", stream(good+" /Filter /FlateDecode", deflate([]byte(packedBody+strings.Repeat(" ", 9_980-len(packedBody))))), xref},
		{"not one", "not an object stream", stream("/N 3 /First 14", packedBody), xref},
		{"no stream", "stream should stand here", "<<>>", xref},
		{"too few", "where the cross-reference says", stream("/Type /ObjStm /N 1 /First 14", packedBody), xref},
		{"other number", "where the cross-reference says", stream(good, strings.Replace(packedBody, "3 83", "9 83", 1)), xref},
		{"N too large", "/N or /First", stream("/Type /ObjStm /N 9999 /First 14", packedBody), xref},
		{"First outside", "/N or /First", stream("/Type /ObjStm /N 3 /First 9999", packedBody), xref},
		{"place outside", "beginning of the object stream", stream(good, strings.Replace(packedBody, "3 83", "3 9999", 1)), xref},
		{"length within itself", "no /Length", "<<" + good + " /Length 1 0 R>>\nstream\n" + packedBody + "\nendstream", xref},
		{"filter within itself", "not an object stream", stream(good+" /Filter [1 0 R]", packedBody), xref},
		{"no W", "no /W", stream(good, packedBody), ""},
		{"W of text", "/W of", stream(good, packedBody), "/W [/A /B /C]"},
		{"W wide", "/W of", stream(good, packedBody), "/W [1 99 1]"},
		{"W empty", "/W of", stream(good, packedBody), "/W [0 0 0]"},
		{"index too long", "shorter than it says", stream(good, packedBody), xref + " /Index [0 7]"},
		{"index huge", "objects", stream(good, packedBody), xref + " /Index [0 99999999]"},
		{"index odd", "/Index", stream(good, packedBody), xref + " /Index [0 1 2]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := pdf.Open(packedDocument(tt.pack, tt.xref, in4), limits)
			if err == nil {
				_, err = pages(f)
			}
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
