package pdf

import (
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// An entry says where an object is (§7.5.4, §7.5.8.3).
type entry struct {
	place uint32 // offset in the file, or number of the object stream
	last  uint32 // generation, or place in the object stream
	kind  kind
}

// A file has one for each object, so they are kept small: what no file that is read can
// have is the greatest place.
func newEntry(k kind, place, last int) entry {
	return entry{uint32(min(place, maxPlace)), uint32(last), k}
}

const maxPlace = math.MaxUint32

// gen returns the generation, which is 0 in an object stream.
func (e entry) gen() int {
	if e.kind == packed {
		return 0
	}
	return int(e.last)
}

type kind uint8

const (
	unknown kind = iota // no section names the object
	free
	plain  // in the file
	packed // in an object stream
)

// readXRefs reads the cross-reference sections from the newest to the oldest.
// What a newer section says about an object counts.
func (f *File) readXRefs() error {
	seen := map[int]bool{}
	f.sections = seen
	for at, first := f.start, true; ; first = false {
		if seen[at] {
			return wrong(0, at, "the cross-reference sections run in a circle%s", rebuild)
		}
		seen[at] = true
		trailer, isStream, err := f.readXRef(at, seen)
		if err != nil {
			return err
		}
		if first {
			f.trailer, f.stream = trailer, isStream
		}
		prev, ok := trailer["Prev"]
		if !ok {
			return nil
		}
		if at, err = f.offset(prev, "Prev", at); err != nil {
			return err
		}
	}
}

// offset returns the offset that the trailer read at a place names.
func (f *File) offset(o types.Object, key string, at int) (int, error) {
	n, ok := o.(types.Integer)
	if !ok || n < 0 || int(n) >= len(f.src) {
		return 0, wrong(0, at, "/%s of the trailer names no place in the file%s", key, rebuild)
	}
	return int(n), nil
}

// readXRef reads the section at a place, table or stream, and returns its trailer.
func (f *File) readXRef(at int, seen map[int]bool) (trailer types.Dict, isStream bool, err error) {
	if next, ok := keyword(f.src, at, "xref"); ok {
		trailer, err = f.readTable(next, seen)
		return trailer, false, err
	}
	trailer, err = f.readXRefStream(at)
	return trailer, true, err
}

// readTable reads a cross-reference table, its trailer, and the stream of a
// hybrid file. Objects that the table calls free may stand in that stream, so
// they are marked after it (§7.5.8.4).
func (f *File) readTable(at int, seen map[int]bool) (types.Dict, error) {
	var freed []int
	for {
		if next, ok := keyword(f.src, at, "trailer"); ok {
			at = next
			break
		}
		next, err := f.readSubsection(at, &freed)
		if err != nil {
			return nil, err
		}
		at = next
	}
	trailer, err := f.dictAt(at)
	if err != nil {
		return nil, err
	}
	if o, ok := trailer["XRefStm"]; ok {
		at, err := f.offset(o, "XRefStm", at)
		if err != nil {
			return nil, err
		}
		if seen[at] {
			return nil, wrong(0, at, "the cross-reference sections run in a circle%s", rebuild)
		}
		seen[at] = true
		if _, err := f.readXRefStream(at); err != nil {
			return nil, err
		}
	}
	for _, num := range freed {
		f.enter(num, entry{kind: free})
	}
	return trailer, nil
}

// readSubsection reads "first count" and the entries after it, and returns the
// place behind them.
func (f *File) readSubsection(at int, freed *[]int) (int, error) {
	first, next, ok := natural(f.src, at, maxNumber)
	count := 0
	if ok {
		count, next, ok = natural(f.src, next, maxNumber)
	}
	if !ok {
		return 0, wrong(0, at, "a cross-reference table should stand here%s", rebuild)
	}
	if first+count > f.limits.Objects {
		return 0, wrong(0, at, "the file has more than %d objects: split it or raise the limit", f.limits.Objects)
	}
	for num := first; num < first+count; num++ {
		e, end, ok := f.tableEntry(next)
		if !ok {
			return 0, wrong(num, next, "the cross-reference table is damaged%s", rebuild)
		}
		if next = end; e.kind == free {
			*freed = append(*freed, num)
		} else {
			f.enter(num, e)
		}
	}
	return next, nil
}

// tableEntry reads "offset generation n" or "next generation f".
func (f *File) tableEntry(at int) (e entry, next int, ok bool) {
	place, next, ok := natural(f.src, at, maxNumber)
	if !ok {
		return e, at, false
	}
	gen, next, ok := natural(f.src, next, maxNumber)
	if !ok {
		return e, at, false
	}
	if end, ok := keyword(f.src, next, "n"); ok {
		return newEntry(plain, place, gen), end, gen <= maxGeneration
	}
	end, ok := keyword(f.src, next, "f")
	return entry{kind: free}, end, ok
}

// enter notes where an object is, unless a newer section has said it.
func (f *File) enter(num int, e entry) {
	for num >= len(f.entries) {
		f.entries = append(f.entries, make([]entry, num+1-len(f.entries))...)
	}
	if f.entries[num].kind == unknown {
		f.entries[num] = e
	}
}

// dictAt reads the dictionary at a place, such as a trailer.
func (f *File) dictAt(at int) (types.Dict, error) {
	p := f.parser(0, at)
	o, err := p.value()
	if err != nil {
		return nil, err
	}
	d, ok := o.(types.Dict)
	if !ok {
		return nil, wrong(0, at, "a trailer dictionary should stand here%s", rebuild)
	}
	return d, nil
}
