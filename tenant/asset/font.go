package asset

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/image/font/sfnt"
)

// CheckFont refuses a font that is broken, or whose licence does not allow that it is
// embedded in documents: by the bits that its maker has set in it, the field fsType of
// its table OS/2 (OpenType 1.9.1).
func CheckFont(t Type, content []byte) error {
	table, err := tables[t](content)
	if err != nil {
		return fmt.Errorf("the font is broken (%w): put in a whole %s file", err, t.Ending())
	}
	if len(table) < 10 {
		return errors.New("the font has no table OS/2, which says whether it may be embedded: put in another file of it")
	}
	return embeddable(binary.BigEndian.Uint16(table[8:]))
}

// tables return the table OS/2 of a font, nil if it has none. What they can read of
// the font they check.
var tables = map[Type]func([]byte) ([]byte, error){WOFF2: woff2Table, WOFF: woffTable, TTF: sfntTable, OTF: sfntTable}

const os2 = "OS/2"

// The bits of fsType.
const (
	restricted  = 1 << 1
	previewable = 1 << 2
	editable    = 1 << 3
	unsplit     = 1 << 8
	bitmapsOnly = 1 << 9
)

// embeddable refuses a font that must not stand in a PDF, or only whole or as bitmaps:
// the browser embeds what a document uses of its outlines.
func embeddable(bits uint16) error {
	switch {
	case bits&restricted != 0 && bits&(previewable|editable) == 0:
		return errors.New("the licence of the font forbids to embed it (fsType 2): use another font, or get a file of it that may be embedded")
	case bits&unsplit != 0:
		return errors.New("the licence of the font forbids to embed parts of it (fsType 256), and documents hold only what they use: get another file of it")
	case bits&bitmapsOnly != 0:
		return errors.New("the licence of the font allows to embed its bitmaps only (fsType 512): get another file of it")
	}
	return nil
}

// sfntTable reads TrueType and OpenType.
func sfntTable(content []byte) ([]byte, error) {
	if _, err := sfnt.Parse(content); err != nil {
		return nil, err
	}
	count := int(binary.BigEndian.Uint16(content[4:])) // the parser has seen that the table of tables is there
	for i := range count {
		entry := content[12+16*i:][:16]
		if string(entry[:4]) == os2 {
			return part(content, binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:]))
		}
	}
	return nil, nil
}

// part returns a piece of a file whose place the file itself says.
func part(content []byte, offset, length uint32) ([]byte, error) {
	if uint64(offset)+uint64(length) > uint64(len(content)) {
		return nil, errors.New("a table ends behind the end of the file")
	}
	return content[offset:][:length], nil
}
