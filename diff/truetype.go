package diff

// outlines cuts a TrueType font program into its glyphs, so that those of two subsets of one
// font can be compared. It is nil where src is no such program.
func outlines(src []byte) func(gid int) []byte {
	head, loca, glyf := table(src, "head"), table(src, "loca"), table(src, "glyf")
	if len(head) < 54 || loca == nil || glyf == nil {
		return nil
	}
	long := head[51] != 0
	at := func(i int) int {
		if long {
			return bigEndian(loca, 4*i, 4)
		}
		return 2 * bigEndian(loca, 2*i, 2)
	}
	return func(gid int) []byte {
		from, to := at(gid), at(gid+1)
		if from < 0 || to <= from || to > len(glyf) {
			return nil
		}
		return glyf[from:to]
	}
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
