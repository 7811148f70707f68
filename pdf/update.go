package pdf

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// An Update is an incremental update (§7.5.6): the file as it is, and behind it
// the objects that are new or changed. Equal updates of equal files are equal
// bytes. An Update is not safe for concurrent use.
type Update struct {
	file    *File
	objects map[types.IndirectRef]types.Object
	trailer types.Dict
	next    int // number of the next new object
	places  map[types.IndirectRef]int
	err     error
}

// Update begins an update of the file.
func (f *File) Update() *Update {
	next := max(len(f.entries), integer(f.trailer, "Size", 1))
	trailer := types.Dict{}
	for _, key := range []string{"Root", "Info", "ID"} {
		if v, ok := f.trailer[key]; ok {
			trailer[key] = v
		}
	}
	return &Update{file: f, objects: map[types.IndirectRef]types.Object{}, trailer: trailer, next: next}
}

// Add adds an object and returns the reference to it. A stream is written as
// its dictionary and its Raw bytes.
func (u *Update) Add(o types.Object) types.IndirectRef {
	ref := types.IndirectRef{ObjectNumber: types.Integer(u.next)}
	u.next++
	u.objects[ref] = o
	return ref
}

// Set replaces an object of the file, or one that was added. A reference that
// names none makes Bytes return an error.
func (u *Update) Set(ref types.IndirectRef, o types.Object) {
	_, added := u.objects[ref]
	e := u.file.entry(int(ref.ObjectNumber))
	if !added && (e.kind != plain && e.kind != packed || e.gen() != int(ref.GenerationNumber)) {
		u.err = wrong(int(ref.ObjectNumber), -1, "the update changes an object that the file does not have: add it")
		return
	}
	u.objects[ref] = o
}

// SetInfo makes ref the document information dictionary.
func (u *Update) SetInfo(ref types.IndirectRef) { u.trailer["Info"] = ref }

// Bytes returns the updated file.
func (u *Update) Bytes() ([]byte, error) {
	tail, err := u.Tail()
	if err != nil {
		return nil, err
	}
	return slices.Concat(u.file.src, tail), nil
}

// Tail returns what comes behind the file. The cross-reference has the form of the
// file's own, table or stream. The second part of /ID is made from the digest
// of all bytes before it (§14.4).
func (u *Update) Tail() (tail []byte, err error) {
	if u.err != nil {
		return nil, u.err
	}
	u.file.forget() // so that its parts and what is made of them are not held at once
	before := len(u.file.src)
	if last := u.file.src[before-1]; last != '\n' && last != '\r' {
		tail = append(tail, '\n')
	}
	u.places = map[types.IndirectRef]int{}
	for _, ref := range u.refs() {
		u.places[ref] = before + len(tail)
		if tail, err = appendIndirect(tail, ref, u.objects[ref]); err != nil {
			return nil, wrong(int(ref.ObjectNumber), -1, "%v", err)
		}
	}
	trailer := maps.Clone(u.trailer)
	trailer["Prev"] = types.Integer(u.file.start)
	trailer["ID"] = u.id(u.file.src, tail)
	if u.file.stream {
		return u.appendXRefStream(tail, trailer)
	}
	return u.appendTable(tail, trailer)
}

// Place returns where an object of the update begins in the updated file, once Tail or
// Bytes has returned it.
func (u *Update) Place(ref types.IndirectRef) int { return u.places[ref] }

// refs returns the references of the update's objects by number.
func (u *Update) refs() []types.IndirectRef {
	return slices.SortedFunc(maps.Keys(u.objects), func(a, b types.IndirectRef) int {
		return int(a.ObjectNumber) - int(b.ObjectNumber)
	})
}

func appendIndirect(dst []byte, ref types.IndirectRef, o types.Object) (_ []byte, err error) {
	dst = fmt.Appendf(dst, "%d %d obj\n", ref.ObjectNumber, ref.GenerationNumber)
	if s, ok := o.(types.StreamDict); ok {
		dst, err = appendStream(dst, s)
	} else {
		dst, err = appendObject(dst, o)
	}
	return append(dst, "\nendobj\n"...), err
}

func (u *Update) appendTable(tail []byte, trailer types.Dict) ([]byte, error) {
	start := len(u.file.src) + len(tail)
	tail = append(tail, "xref\n"...)
	for _, run := range runs(u.refs()) {
		tail = fmt.Appendf(tail, "%d %d\n", run[0].ObjectNumber, len(run))
		for _, ref := range run {
			tail = fmt.Appendf(tail, "%010d %05d n \n", u.places[ref], ref.GenerationNumber)
		}
	}
	trailer["Size"] = types.Integer(u.next)
	tail, err := appendDict(append(tail, "trailer\n"...), trailer)
	if err != nil {
		return nil, wrong(0, -1, "the trailer cannot be written: %v", err)
	}
	return fmt.Appendf(tail, "\nstartxref\n%d\n%%%%EOF\n", start), nil
}

// runs cuts the references where a number is missing.
func runs(refs []types.IndirectRef) (out [][]types.IndirectRef) {
	for i, ref := range refs {
		if i == 0 || ref.ObjectNumber != refs[i-1].ObjectNumber+1 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], ref)
	}
	return out
}

// appendXRefStream appends the cross-reference as a stream, which is an object
// of its own and names itself.
func (u *Update) appendXRefStream(tail []byte, trailer types.Dict) ([]byte, error) {
	self := types.IndirectRef{ObjectNumber: types.Integer(u.next)}
	u.places[self] = len(u.file.src) + len(tail)
	var rows []byte
	var index types.Array
	for _, run := range runs(append(u.refs(), self)) {
		index = append(index, run[0].ObjectNumber, types.Integer(len(run)))
		for _, ref := range run {
			rows = appendRow(rows, 1, u.places[ref], int(ref.GenerationNumber))
		}
	}
	trailer["Type"] = types.Name("XRef")
	trailer["Size"] = self.ObjectNumber + 1
	trailer["W"] = types.Array{types.Integer(1), types.Integer(5), types.Integer(2)}
	trailer["Index"] = index
	tail, err := appendIndirect(tail, self, Compress(trailer, rows))
	if err != nil {
		return nil, wrong(0, -1, "the trailer cannot be written: %v", err)
	}
	return fmt.Appendf(tail, "startxref\n%d\n%%%%EOF\n", u.places[self]), nil
}
