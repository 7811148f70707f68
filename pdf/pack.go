package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A pack is a decoded object stream (§7.5.7).
type pack struct {
	num  int
	data []byte
	nums []int // object numbers, by index
	at   []int // where in data each object begins, by index
}

// packFor returns the object stream that holds an object.
func (f *File) packFor(num int, e entry) (*pack, error) {
	pk, err := f.pack(int(e.place))
	if err != nil {
		return nil, err
	}
	if int(e.last) >= len(pk.nums) || pk.nums[e.last] != num {
		return nil, wrong(num, -1, "the object is not in object stream %d, where the cross-reference says it is%s", pk.num, rebuild)
	}
	return pk, nil
}

// packedText returns the text of an object in an object stream.
func (f *File) packedText(num int, e entry) ([]byte, error) {
	pk, err := f.packFor(num, e)
	if err != nil {
		return nil, err
	}
	start := skipSpace(pk.data, pk.at[e.last])
	end, ok := valueEnd(pk.data, start)
	if !ok {
		return nil, wrong(num, -1, "the object is damaged%s", rebuild)
	}
	return pk.data[start:end], nil
}

func (f *File) packedObject(num int, e entry) (types.Object, error) {
	pk, err := f.packFor(num, e)
	if err != nil {
		return nil, err
	}
	p := &parser{src: pk.data, pos: pk.at[e.last], num: num, base: -1, depth: f.limits.Depth, values: f.limits.Objects}
	o, err := p.value()
	if err != nil {
		return nil, err
	}
	return o, f.spend(p.pos - pk.at[e.last])
}

// pack returns object stream num and keeps it, so that it is decoded once.
func (f *File) pack(num int) (*pack, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if pk := f.packs[num]; pk != nil {
		return pk, nil
	}
	pk, err := f.readPack(num)
	if err != nil {
		return nil, err
	}
	f.unpacked += len(pk.data)
	f.packs[num] = pk
	return pk, nil
}

// forget lets go of the object streams that were decoded. One that is needed later is
// decoded again.
func (f *File) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, pk := range f.packs {
		f.unpacked -= len(pk.data)
	}
	clear(f.packs)
}

func (f *File) readPack(num int) (*pack, error) {
	e := f.entry(num)
	if e.kind != plain {
		return nil, wrong(num, -1, "the cross-reference names an object stream that is not there%s", rebuild)
	}
	body, err := f.locate(num, e)
	if err != nil {
		return nil, err
	}
	s, err := f.streamAt(num, body)
	if err != nil {
		return nil, err
	}
	if s.Dict["Type"] != types.Name("ObjStm") || !direct(s.Dict) {
		return nil, wrong(num, -1, "this is not an object stream%s", rebuild)
	}
	data, err := f.decode(s, num, f.limits.Decoded-f.unpacked)
	if err != nil {
		return nil, err
	}
	return index(num, data, integer(s.Dict, "N", -1), integer(s.Dict, "First", -1))
}

// direct reports whether the entries that decoding needs are no references,
// which could lead back into the object stream itself.
func direct(d types.Dict) bool {
	for _, key := range []string{"Filter", "DecodeParms"} {
		list, _ := d[key].(types.Array)
		for _, o := range append(types.Array{d[key]}, list...) {
			if _, isRef := o.(types.IndirectRef); isRef {
				return false
			}
		}
	}
	return true
}

// index reads the pairs of object number and place that an object stream begins with.
func index(num int, data []byte, n, first int) (*pack, error) {
	if n < 0 || first < 0 || first > len(data) || n > first/2 {
		return nil, wrong(num, -1, "/N or /First of the object stream is damaged%s", rebuild)
	}
	pk := &pack{num: num, data: data, nums: make([]int, n), at: make([]int, n)}
	head, pos := data[:first], 0
	for i := range n {
		number, next, ok := natural(head, pos, maxNumber)
		if ok {
			pk.at[i], next, ok = natural(head, next, len(data)-first)
		}
		if !ok {
			return nil, wrong(num, -1, "the beginning of the object stream is damaged%s", rebuild)
		}
		pk.nums[i], pk.at[i], pos = number, pk.at[i]+first, next
	}
	return pk, nil
}
