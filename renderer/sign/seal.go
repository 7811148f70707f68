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

// seal writes the update and puts a signature of all its bytes but the hole into
// the hole. Where the room was too small, it does so once more with enough.
func (d *draft) seal(room int, hash crypto.Hash, signature func(digest []byte) ([]byte, error)) ([]byte, error) {
	for try := 0; ; try++ {
		d.update.Set(d.signature, holed(d.dict, room))
		out, err := d.update.Bytes()
		if err != nil {
			return nil, err
		}
		start, end := d.hole(out, room)
		message, err := signature(digestOf(hash, out[:start], out[end:]))
		if err != nil {
			return nil, err
		}
		if len(message) <= room {
			hex.Encode(out[start+1:], message)
			return out, nil
		}
		if try > 0 {
			return nil, fmt.Errorf("the signature has %d bytes, %d more than there is room for: %w", len(message), len(message)-room, platen.Internal)
		}
		room = len(message) + len(message)/4
	}
}

// hole finds the place of /Contents in the written update, angle brackets
// included, and writes it into /ByteRange (ISO 32000-2 §12.8.1).
func (d *draft) hole(out []byte, room int) (start, end int) {
	at := d.update.Place(d.signature)
	places := at + bytes.IndexByte(out[at:], '[')
	close := places + bytes.IndexByte(out[places:], ']')
	start = close + bytes.IndexByte(out[close:], '<')
	end = start + 2*room + len("<>")
	text := fmt.Sprintf("[0 %d %d %d", start, end, len(out)-end)
	copy(out[places:close], text+strings.Repeat(" ", close-places-len(text)))
	return start, end
}
