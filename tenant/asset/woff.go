package asset

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
)

const (
	maxUnpacked = 64 << 20 // bytes of a font when it is unpacked
	maxTables   = 256
)

var errCut = errors.New("it ends too early")

// header checks the start of a packed font: its signature, and at byte 8 the length of
// the file. It returns the number of tables.
func header(content []byte, signature string, length int) (tables int, err error) {
	if len(content) < length || string(content[:4]) != signature {
		return 0, fmt.Errorf("it does not start as a %s file", signature)
	}
	if n := binary.BigEndian.Uint32(content[8:]); int64(n) != int64(len(content)) {
		return 0, fmt.Errorf("it says %d bytes and has %d", n, len(content))
	}
	if tables = int(binary.BigEndian.Uint16(content[12:])); tables > maxTables {
		return 0, fmt.Errorf("it has %d tables, and may have %d", tables, maxTables)
	}
	return tables, nil
}

// woffTable reads WOFF 1.0, in which each table is packed by itself. All are unpacked.
func woffTable(content []byte) (found []byte, err error) {
	count, err := header(content, "wOFF", 44)
	if err != nil {
		return nil, err
	}
	left := int64(maxUnpacked)
	for i := range count {
		if len(content) < 44+20*(i+1) {
			return nil, errCut
		}
		entry := content[44+20*i:]
		packed, err := part(content, binary.BigEndian.Uint32(entry[4:]), binary.BigEndian.Uint32(entry[8:]))
		if err != nil {
			return nil, err
		}
		size := int64(binary.BigEndian.Uint32(entry[12:]))
		if left -= size; left < 0 {
			return nil, fmt.Errorf("it has more than %d MiB unpacked", maxUnpacked>>20)
		}
		if int64(len(packed)) < size {
			if packed, err = inflate(packed, size); err != nil {
				return nil, err
			}
		}
		if string(entry[:4]) == os2 {
			found = packed
		}
	}
	return found, nil
}

// inflate unpacks a table of so many bytes.
func inflate(packed []byte, size int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return exactly(z, size)
}

// exactly reads a stream that has so many bytes, and no more.
func exactly(r io.Reader, size int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, size+1))
	if err == nil && int64(len(b)) != size {
		err = errors.New("what is packed in it has another length than it says")
	}
	return b, err
}

// knownTables are the names that WOFF 2.0 §5 gives by their place in this list.
var knownTables = []string{
	"cmap", "head", "hhea", "hmtx", "maxp", "name", os2, "post", "cvt ", "fpgm", "glyf", "loca", "prep", "CFF ", "VORG", "EBDT",
	"EBLC", "gasp", "hdmx", "kern", "LTSH", "PCLT", "VDMX", "vhea", "vmtx", "BASE", "GDEF", "GPOS", "GSUB", "EBSC", "JSTF", "MATH",
	"CBDT", "CBLC", "COLR", "CPAL", "SVG ", "sbix", "acnt", "avar", "bdat", "bloc", "bsln", "cvar", "fdsc", "feat", "fmtx", "fvar",
	"gvar", "hsty", "just", "lcar", "mort", "morx", "opbd", "prop", "trak", "Zapf", "Silf", "Glat", "Gloc", "Feat", "Sill",
}

// woff2Table reads WOFF 2.0, in which all tables are one packed stream.
func woff2Table(content []byte) ([]byte, error) {
	count, err := header(content, "wOF2", 48)
	if err != nil {
		return nil, err
	}
	if string(content[4:8]) == "ttcf" {
		return nil, errors.New("it is a collection of fonts")
	}
	d := directory{rest: content[48:]}
	at, length := int64(-1), int64(0)
	for range count {
		name, size := d.entry()
		if name == os2 {
			at, length = d.total, size
		}
		d.total += size
		if d.total > maxUnpacked {
			return nil, fmt.Errorf("it has more than %d MiB unpacked", maxUnpacked>>20)
		}
	}
	packed, err := part(d.rest, 0, binary.BigEndian.Uint32(content[20:]))
	if d.cut || err != nil {
		return nil, errCut
	}
	all, err := exactly(brotli.NewReader(bytes.NewReader(packed)), d.total)
	if err != nil || at < 0 {
		return nil, err
	}
	return all[at:][:length], nil
}

// A directory is the list of tables of WOFF 2.0 (§4.1) while it is read.
type directory struct {
	rest  []byte
	total int64 // bytes of the tables in the stream so far
	cut   bool  // it ended too early
}

// entry returns the name of the next table, and how many bytes of the stream it has.
func (d *directory) entry() (name string, size int64) {
	flags := d.bytes(1)[0]
	if i := int(flags & 63); i < len(knownTables) {
		name = knownTables[i]
	} else {
		name = string(d.bytes(4))
	}
	size = d.number()
	transformed := flags>>6 != 0
	if name == "glyf" || name == "loca" {
		transformed = flags>>6 != 3
	}
	if transformed {
		size = d.number()
	}
	return name, size
}

func (d *directory) bytes(n int) []byte {
	if len(d.rest) < n {
		d.cut = true
		return make([]byte, n)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

// number reads a UIntBase128 (§4.1): seven bits a byte, the first ones first.
func (d *directory) number() (n int64) {
	for range 5 {
		b := d.bytes(1)[0]
		n = n<<7 | int64(b&127)
		if b < 128 {
			return n
		}
	}
	d.cut = true
	return 0
}
