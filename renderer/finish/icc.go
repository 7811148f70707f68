package finish

import (
	"encoding/binary"
	"math"
)

// sRGB returns an ICC profile of the colour space sRGB (IEC 61966-2-1) for a
// display: a matrix and one curve, in the form of ICC.1:2004-10 (version 4.2).
func sRGB() []byte {
	red := xyz(0.43607, 0.22249, 0.01392) // of the primaries, adapted to D50
	green := xyz(0.38515, 0.71687, 0.09708)
	blue := xyz(0.14307, 0.06061, 0.71410)
	curve := parametric(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	toD50 := fixed("sf32", 1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
	return profile([]tag{
		{"desc", text("sRGB")}, {"cprt", text("No copyright, use freely")},
		{"wtpt", xyz(0.9642, 1, 0.8249)}, {"chad", toD50},
		{"rXYZ", red}, {"gXYZ", green}, {"bXYZ", blue},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	})
}

type tag struct {
	name string
	data []byte // a multiple of 4 bytes
}

// profile puts header, tag table and tags together. Its date is that of the
// standard, since a profile must have one.
func profile(tags []tag) []byte {
	const headerSize, entrySize = 128, 12
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	places := map[string]int{} // of equal data
	for _, t := range tags {
		at, ok := places[string(t.data)]
		if !ok {
			at = headerSize + 4 + entrySize*len(tags) + len(data)
			places[string(t.data)] = at
			data = append(data, t.data...)
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(at))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
	}
	header := make([]byte, headerSize)
	binary.BigEndian.PutUint32(header, uint32(headerSize+len(table)+len(data)))
	copy(header[8:], "\x04\x20\x00\x00mntrRGB XYZ ")
	for i, v := range []uint16{2004, 10, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(header[24+2*i:], v)
	}
	copy(header[36:], "acsp")
	copy(header[68:], xyz(0.9642, 1, 0.8249)[8:]) // illuminant D50
	return append(append(header, table...), data...)
}

// xyz is a tag of type XYZType.
func xyz(x, y, z float64) []byte { return fixed("XYZ ", x, y, z) }

// parametric is a curve of type 3: (a·x + b)^g from d on, c·x below.
func parametric(g, a, b, c, d float64) []byte {
	out := fixed("para", g, a, b, c, d)
	head := append(out[:8:8], 0, 3, 0, 0)
	return append(head, out[8:]...)
}

// fixed is a tag of numbers with 16 bits behind the point.
func fixed(kind string, values ...float64) []byte {
	out := append([]byte(kind), 0, 0, 0, 0)
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(v*65536))))
	}
	return out
}

// text is a tag of type multiLocalizedUnicodeType with one English text.
func text(s string) []byte {
	out := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	out = binary.BigEndian.AppendUint32(out, uint32(2*len(s)))
	out = binary.BigEndian.AppendUint32(out, 28)
	for _, c := range []byte(s) {
		out = append(out, 0, c)
	}
	for len(out)%4 != 0 {
		out = append(out, 0)
	}
	return out
}
