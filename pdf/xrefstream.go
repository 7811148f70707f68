package pdf

import (
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// readXRefStream reads a cross-reference stream (§7.5.8) and returns its
// dictionary, which is also the trailer.
func (f *File) readXRefStream(at int) (types.Dict, error) {
	num, _, body, ok := objectHeader(f.src, at)
	if !ok {
		return nil, wrong(0, at, "no cross-reference section stands here%s", rebuild)
	}
	s, err := f.streamAt(num, body)
	if err != nil {
		return nil, err
	}
	if s.Dict["Type"] != types.Name("XRef") {
		return nil, wrong(num, at, "this stream is not a cross-reference stream%s", rebuild)
	}
	widths, err := f.widths(s, num)
	if err != nil {
		return nil, err
	}
	ranges, err := f.ranges(s, num)
	if err != nil {
		return nil, err
	}
	rows, err := f.decode(s, num, f.limits.Decoded-f.unpacked)
	if err != nil {
		return nil, err
	}
	f.unpacked += len(rows)
	return s.Dict, f.readRows(num, rows, widths, ranges)
}

// widths returns /W: the bytes of each of the three columns.
func (f *File) widths(s types.StreamDict, num int) (w [3]int, err error) {
	list, _ := s.Dict["W"].(types.Array)
	if len(list) < 3 {
		return w, wrong(num, -1, "the cross-reference stream has no /W of three columns%s", rebuild)
	}
	for i, o := range list[:3] {
		n, ok := o.(types.Integer)
		if !ok || n < 0 || n > 8 {
			return w, wrong(num, -1, "/W of the cross-reference stream is damaged%s", rebuild)
		}
		w[i] = int(n)
	}
	if w[0]+w[1]+w[2] == 0 {
		return w, wrong(num, -1, "/W of the cross-reference stream is empty%s", rebuild)
	}
	return w, nil
}

// ranges returns /Index, pairs of first object number and count; without one
// it is 0 to /Size.
func (f *File) ranges(s types.StreamDict, num int) ([]int, error) {
	list, ok := s.Dict["Index"].(types.Array)
	if !ok {
		list = types.Array{types.Integer(0), s.Dict["Size"]}
	}
	if len(list)%2 != 0 {
		return nil, wrong(num, -1, "/Index of the cross-reference stream is damaged%s", rebuild)
	}
	out := make([]int, len(list))
	for i, o := range list {
		n, ok := o.(types.Integer)
		if !ok || n < 0 {
			return nil, wrong(num, -1, "/Index or /Size of the cross-reference stream is damaged%s", rebuild)
		}
		if int(n) > f.limits.Objects {
			return nil, wrong(num, -1, "the file has more than %d objects: split it or raise the limit", f.limits.Objects)
		}
		out[i] = int(n)
	}
	return out, nil
}

func (f *File) readRows(num int, rows []byte, w [3]int, ranges []int) error {
	width := w[0] + w[1] + w[2]
	for ; len(ranges) > 0; ranges = ranges[2:] {
		first, count := ranges[0], ranges[1]
		if first+count > f.limits.Objects {
			return wrong(num, -1, "the file has more than %d objects: split it or raise the limit", f.limits.Objects)
		}
		if count*width > len(rows) {
			return wrong(num, -1, "the cross-reference stream is shorter than it says%s", rebuild)
		}
		f.entries = slices.Grow(f.entries, max(0, first+count-len(f.entries)))
		for i := range count {
			e, ok := row(rows[i*width:], w)
			if !ok {
				return wrong(num, -1, "the cross-reference stream is damaged%s", rebuild)
			}
			f.enter(first+i, e)
		}
		rows = rows[count*width:]
	}
	return nil
}

// row reads one row. A type column of no width means type 1; types to come are
// the null object (§7.5.8.3).
func row(b []byte, w [3]int) (e entry, ok bool) {
	fields := [3]int{1, 0, 0}
	for i, n := range w {
		if n > 0 {
			fields[i] = 0
		}
		for _, c := range b[:n] {
			fields[i] = fields[i]<<8 | int(c)
		}
		b = b[n:]
	}
	place, last := fields[1], fields[2]
	switch fields[0] {
	case 1:
		return newEntry(plain, place, last), place >= 0 && last >= 0 && last <= maxGeneration
	case 2:
		return newEntry(packed, place, last), place >= 0 && last >= 0 && last < 1<<31
	default:
		return entry{kind: free}, true
	}
}
