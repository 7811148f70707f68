package diff

// outlines cuts a TrueType font program into its glyphs, so that those of two subsets of one
// font can be compared. It is nil where src is no such program. spent says that there were too many
// bytes in them.
func outlines(src []byte) (glyph func(gid int) []byte, spent func() bool) {
	head, loca, glyf := table(src, "head"), table(src, "loca"), table(src, "glyf")
	if len(head) < 54 || loca == nil || glyf == nil {
		return nil, nil
	}
	long := head[51] != 0
	at := func(i int) int {
		if long {
			return bigEndian(loca, 4*i, 4)
		}
		return 2 * bigEndian(loca, 2*i, 2)
	}
	left := maxOutlines
	return func(gid int) (out []byte) {
		todo := []int{gid}
		for n := 0; n < len(todo) && n < maxComponents && left > 0; n++ {
			from, to := at(todo[n]), at(todo[n]+1)
			if from < 0 || to <= from || to > len(glyf) {
				continue
			}
			outline := glyf[from:to]
			left -= len(outline)
			out = append(out, outline...)
			todo = append(todo, components(outline)...)
		}
		return out
	}, func() bool { return left <= 0 }
}

const (
	maxComponents = 100       // that a glyph is made of, with those of them
	maxOutlines   = 256 << 20 // bytes that are read of a font: more glyphs than it can have share them
)

// components returns the glyphs that a glyph is made of (ISO/IEC 14496-22 §5.3.3).
func components(glyph []byte) (gids []int) {
	if contours := bigEndian(glyph, 0, 2); contours < 0x8000 {
		return nil // one of its own, or none
	}
	const words, scale, more, scales, matrix = 0x1, 0x8, 0x20, 0x40, 0x80
	for i := 10; len(gids) < maxComponents; {
		flags, gid := bigEndian(glyph, i, 2), bigEndian(glyph, i+2, 2)
		if gid < 0 {
			return gids
		}
		gids = append(gids, gid)
		i += 6
		for flag, size := range map[int]int{words: 2, scale: 2, scales: 4, matrix: 8} {
			if flags&flag != 0 {
				i += size
			}
		}
		if flags&more == 0 {
			return gids
		}
	}
	return gids
}

// table returns a table of a TrueType font (ISO/IEC 14496-22 §4.5), or nil.
func table(src []byte, tag string) []byte {
	for i := range max(bigEndian(src, 4, 2), 0) {
		entry := 12 + 16*i
		if entry+16 > len(src) {
			return nil
		}
		if string(src[entry:entry+4]) != tag {
			continue
		}
		from, length := bigEndian(src, entry+8, 4), bigEndian(src, entry+12, 4)
		if from > len(src) || length > len(src)-from {
			return nil
		}
		return src[from : from+length]
	}
	return nil
}

// bigEndian reads n bytes at a place, and is negative where they are not there.
func bigEndian(src []byte, at, n int) int {
	if at < 0 || at+n > len(src) {
		return -1
	}
	v := 0
	for _, b := range src[at : at+n] {
		v = v<<8 | int(b)
	}
	return v
}
