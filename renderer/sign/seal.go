package sign

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// unknownPlace stands in /ByteRange until the places are known: ten digits, which
// is more than a file may have bytes.
const unknownPlace = types.Integer(9_999_999_999)

// holed returns a signature dictionary whose /Contents has room for n bytes.
// Written, /ByteRange and /Contents come first.
func holed(d types.Dict, n int) types.Dict {
	d["ByteRange"] = types.Array{types.Integer(0), unknownPlace, unknownPlace, unknownPlace}
	d["Contents"] = types.HexLiteral(strings.Repeat("0", 2*n))
	return d
}

// seal returns what comes behind the file: the update, with a signature of all bytes
// of file and update but the hole in the hole. Where the room was too small, it does so
// once more with enough.
func (d *draft) seal(room int, hash crypto.Hash, signature func(digest []byte) ([]byte, error)) ([]byte, error) {
	for try := 0; ; try++ {
		d.update.Set(d.signature, holed(d.dict, room))
		tail, err := d.update.Tail()
		if err != nil {
			return nil, err
		}
		start, end := d.hole(tail, room)
		message, err := signature(digestOf(hash, d.src, tail[:start], tail[end:]))
		if err != nil {
			return nil, err
		}
		if len(message) <= room {
			hex.Encode(tail[start+1:], message)
			return tail, nil
		}
		if try > 0 {
			return nil, fmt.Errorf("the signature has %d bytes, %d more than there is room for: %w", len(message), len(message)-room, platen.Internal)
		}
		room = len(message) + len(message)/4
	}
}

// hole finds the place of /Contents in the update, angle brackets included, and
// writes it into /ByteRange (ISO 32000-2 §12.8.1), which counts from the start of the file.
func (d *draft) hole(tail []byte, room int) (start, end int) {
	before := len(d.src)
	at := d.update.Place(d.signature) - before
	places := at + bytes.IndexByte(tail[at:], '[')
	close := places + bytes.IndexByte(tail[places:], ']')
	start = close + bytes.IndexByte(tail[close:], '<')
	end = start + 2*room + len("<>")
	text := fmt.Sprintf("[0 %d %d %d", before+start, before+end, len(tail)-end)
	copy(tail[places:close], text+strings.Repeat(" ", close-places-len(text)))
	return start, end
}
