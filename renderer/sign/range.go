package sign

import (
	"bytes"
	"encoding/hex"
	"errors"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A span is what a signature covers: the file up to end, but the hole that holds
// the signature.
type span struct {
	hole, after, end int
}

// locate finds what a signature covers, and demands that it is all of a revision:
// one hole, which is the signature's own /Contents and nothing else, and behind it
// the end of an update. Another layout could hide bytes from the signature.
func locate(f *pdf.File, src []byte, ref types.IndirectRef, d types.Dict) (s span, err error) {
	start, end, err := f.Extent(ref)
	if err != nil {
		return s, err
	}
	n, ok := byteRange(d["ByteRange"])
	if !ok || n[0] != 0 || n[1] >= n[2] || n[2] > len(src) || n[3] > len(src)-n[2] {
		return s, errors.New("the signature does not say which bytes it covers (/ByteRange)")
	}
	s = span{n[1], n[2], n[2] + n[3]}
	if s.hole <= start || s.after > end || src[s.hole] != '<' || src[s.after-1] != '>' {
		return s, errors.New("bytes outside the signature are left out of what it covers (/ByteRange)")
	}
	contents, _ := d["Contents"].(types.HexLiteral)
	if !bytes.HasSuffix(bytes.TrimRight(src[start:s.hole], " \r\n\t"), []byte("/Contents")) ||
		string(src[s.hole+1:s.after-1]) != string(contents) {
		return s, errors.New("what is left out of the signature is not the signature (/Contents)")
	}
	if !bytes.HasSuffix(bytes.TrimRight(src[:s.end], "\r\n"), []byte("%%EOF")) {
		return s, errors.New("the signature covers a part of an update: the end of the file was cut off or replaced")
	}
	return s, nil
}

func byteRange(o types.Object) (n [4]int, ok bool) {
	list, _ := o.(types.Array)
	if len(list) != len(n) {
		return n, false
	}
	for i, o := range list {
		v, ok := o.(types.Integer)
		if !ok || v < 0 {
			return n, false
		}
		n[i] = int(v)
	}
	return n, true
}

// message returns the signature in the hole.
func (s span) message(src []byte) ([]byte, error) {
	b := make([]byte, (s.after-s.hole-len("<>"))/2)
	_, err := hex.Decode(b, src[s.hole+1:s.after-1])
	return b, err
}
