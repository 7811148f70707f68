package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Extent returns where the text of an object stands in the file. An object that is
// not there, or lies in an object stream, is an error.
func (f *File) Extent(ref types.IndirectRef) (start, end int, err error) {
	num := int(ref.ObjectNumber)
	e := f.entry(num)
	if e.kind != plain || e.gen() != int(ref.GenerationNumber) {
		return 0, 0, wrong(num, -1, "the object does not stand in the file by itself%s", rebuild)
	}
	if start, err = f.locate(num, e); err != nil {
		return 0, 0, err
	}
	end, ok := valueEnd(f.src, start)
	if !ok {
		return 0, 0, wrong(num, start, "the object is damaged%s", rebuild)
	}
	return skipSpace(f.src, start), end, nil
}

// ChangedSince returns the objects, by number, that are not where they are in an
// earlier revision of the file: those that are new, changed or gone. An object whose
// generation is another one is both, new and gone. All other objects are the same in
// both.
func (f *File) ChangedSince(earlier *File) (list []types.IndirectRef) {
	for num := range max(len(f.entries), len(earlier.entries)) {
		now, was := f.entry(num), earlier.entry(num)
		if now == was {
			continue
		}
		if was.kind > free && (now.kind <= free || now.gen() != was.gen()) {
			list = append(list, *types.NewIndirectRef(num, was.gen()))
		}
		if now.kind > free {
			list = append(list, *types.NewIndirectRef(num, now.gen()))
		}
	}
	return list
}
