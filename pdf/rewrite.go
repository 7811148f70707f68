package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
)

// packBytes is how much text one object stream holds. More would hardly shrink
// the file (Flate looks back 32 KiB), and a reader unpacks it whole.
const packBytes = 64 << 10

// A rewritten file states the version of PDF on which PDF/A-3 and PDF/UA-1 stand
// (ISO 32000-1), or the only later one.
const (
	stated = "1.7"
	newest = "2.0"
)

// Rewrite returns the updated file written anew, as small as it gets without
// touching its streams: all other objects stand in object streams (§7.5.7), and
// what older revisions said is gone. Objects keep their numbers. Objects that
// the update does not change are copied as the file has them. Both parts of /ID
// are as for Bytes. Equal updates of equal files are equal bytes.
func (u *Update) Rewrite() ([]byte, error) {
	if u.err != nil {
		return nil, u.err
	}
	w := rewriter{update: u, places: make([]entry, u.next)}
	w.group.SetLimit(runtime.GOMAXPROCS(0))
	defer w.group.Wait() // after an error
	w.out = make([]byte, 0, len(u.file.src)/4+4096)
	version := stated
	if u.file.Version() == newest {
		version = newest
	}
	w.out = append(w.out, "%PDF-"+version+"\n%\xE2\xE3\xCF\xD3\n"...)
	for num := 1; num < u.next; num++ {
		if err := w.object(num); err != nil {
			return nil, err
		}
	}
	if err := w.writePacks(); err != nil {
		return nil, err
	}
	return w.finish()
}

// A rewriter writes streams as it meets them and packs all other objects.
type rewriter struct {
	update *Update
	out    []byte
	places []entry // by object number

	loose []loose             // of the object stream that is being filled
	size  int                 // bytes of their text
	packs []*types.StreamDict // object streams; good when group has ended
	group errgroup.Group
}

// A loose object is one that goes into an object stream: its text, or the value
// to make it from.
type loose struct {
	num   int
	text  []byte
	value types.Object
}

func (w *rewriter) object(num int) error {
	e := w.update.file.entry(num)
	ref := *types.NewIndirectRef(num, e.gen())
	if o, changed := w.update.objects[ref]; changed {
		return w.changed(ref, o)
	}
	switch e.kind {
	case plain:
		return w.plain(num, e)
	case packed:
		text, err := w.update.file.packedText(num, e)
		w.pack(loose{num: num, text: text})
		return err
	}
	return nil
}

// changed writes an object of the update, or keeps it for an object stream.
func (w *rewriter) changed(ref types.IndirectRef, o types.Object) (err error) {
	num := int(ref.ObjectNumber)
	if _, isStream := o.(types.StreamDict); !isStream && ref.GenerationNumber == 0 {
		w.pack(loose{num: num, value: o})
		return nil
	}
	w.place(num, int(ref.GenerationNumber))
	if w.out, err = appendIndirect(w.out, ref, o); err != nil {
		return wrong(num, -1, "%v", err)
	}
	return nil
}

// place notes that a plain object begins here.
func (w *rewriter) place(num, gen int) {
	w.places[num] = newEntry(plain, len(w.out), gen)
}

// plain copies an object of the file. The streams that hold the file's own
// objects and cross-reference are left out: their content is written anew.
func (w *rewriter) plain(num int, e entry) error {
	f := w.update.file
	body, err := f.locate(num, e)
	if err != nil {
		return err
	}
	end, ok := valueEnd(f.src, body)
	if !ok {
		return wrong(num, body, "the object is damaged%s", rebuild)
	}
	next, isStream := keyword(f.src, end, "stream")
	switch {
	case isStream:
		s, err := f.streamAt(num, body)
		if err != nil {
			return err
		}
		if kind := s.Dict["Type"]; kind == types.Name("ObjStm") || kind == types.Name("XRef") {
			return nil
		}
		w.place(num, e.gen())
		w.out = fmt.Appendf(w.out, "%d %d obj\n", num, e.gen())
		w.out = append(w.out, bytes.TrimLeft(f.src[body:next], " \r\n")...)
		w.out = append(append(append(w.out, '\n'), s.Raw...), "\nendstream\nendobj\n"...)
		return nil
	case !endsObject(f.src, end):
		return wrong(num, end, "the object has no endobj%s", rebuild)
	case e.gen() > 0:
		w.place(num, e.gen())
		w.out = fmt.Appendf(w.out, "%d %d obj\n%s\nendobj\n", num, e.gen(), f.src[body:end])
		return nil
	}
	w.pack(loose{num: num, text: f.src[skipSpace(f.src, body):end]})
	return nil
}

func endsObject(src []byte, at int) bool {
	_, ok := keyword(src, at, "endobj")
	return ok
}

// pack adds an object to the object stream that is being filled.
func (w *rewriter) pack(l loose) {
	const unwritten = 256 // what a value counts that has no text yet
	w.loose = append(w.loose, l)
	if w.size += len(l.text); l.text == nil {
		w.size += unwritten
	}
	if w.size >= packBytes {
		w.flush()
	}
}

// flush has the object stream made, beside others.
func (w *rewriter) flush() {
	if len(w.loose) == 0 {
		return
	}
	objects, made := w.loose, new(types.StreamDict)
	for index, l := range objects {
		w.places[l.num] = newEntry(packed, w.update.next+len(w.packs), index)
	}
	w.loose, w.size, w.packs = nil, 0, append(w.packs, made)
	w.group.Go(func() (err error) {
		defer platen.Recover(&err)
		*made, err = packStream(objects)
		return err
	})
}

// writePacks writes the object streams, in order.
func (w *rewriter) writePacks() error {
	w.flush()
	if err := w.group.Wait(); err != nil {
		return err
	}
	for _, s := range w.packs {
		ref := types.IndirectRef{ObjectNumber: types.Integer(len(w.places))}
		w.places = append(w.places, entry{})
		w.place(int(ref.ObjectNumber), 0)
		var err error
		if w.out, err = appendIndirect(w.out, ref, *s); err != nil {
			return wrong(int(ref.ObjectNumber), -1, "%v", err)
		}
	}
	return nil
}

// packStream makes an object stream (§7.5.7).
func packStream(objects []loose) (types.StreamDict, error) {
	var head, body []byte
	for _, l := range objects {
		head = fmt.Appendf(head, "%d %d ", l.num, len(body))
		if l.text != nil {
			body = append(body, l.text...)
		} else {
			var err error
			if body, err = appendObject(body, l.value); err != nil {
				return types.StreamDict{}, wrong(l.num, -1, "%v", err)
			}
		}
		body = append(body, '\n')
	}
	return Compress(types.Dict{
		"Type": types.Name("ObjStm"), "N": types.Integer(len(objects)), "First": types.Integer(len(head)),
	}, append(head, body...)), nil
}

// finish writes the cross-reference stream (§7.5.8).
func (w *rewriter) finish() ([]byte, error) {
	self := len(w.places)
	w.places = append(w.places, entry{})
	start := len(w.out)
	trailer := maps.Clone(w.update.trailer)
	trailer["ID"] = w.update.id(w.out)
	w.place(self, 0)
	const columns = 8
	rows := make([]byte, 0, columns*len(w.places))
	for num, e := range w.places {
		switch {
		case e.kind == plain:
			rows = appendRow(rows, 1, int(e.place), int(e.last))
		case e.kind == packed:
			rows = appendRow(rows, 2, int(e.place), int(e.last))
		case num == 0:
			rows = appendRow(rows, 0, 0, maxGeneration)
		default:
			rows = appendRow(rows, 0, 0, 0)
		}
	}
	trailer["Type"] = types.Name("XRef")
	trailer["Size"] = types.Integer(self + 1)
	trailer["W"] = types.Array{types.Integer(1), types.Integer(5), types.Integer(2)}
	trailer["DecodeParms"] = types.Dict{"Predictor": types.Integer(12), "Columns": types.Integer(columns)}
	out, err := appendIndirect(w.out, types.IndirectRef{ObjectNumber: types.Integer(self)}, Compress(trailer, up(rows, columns)))
	if err != nil {
		return nil, wrong(0, -1, "the trailer cannot be written: %v", err)
	}
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", start), nil
}

// appendRow appends a row of a cross-reference stream with /W [1 5 2].
func appendRow(rows []byte, kind byte, place, last int) []byte {
	return append(rows, kind, byte(place>>32), byte(place>>24), byte(place>>16), byte(place>>8), byte(place), byte(last>>8), byte(last))
}

// up applies the predictor Up of PNG to rows of a width (§7.4.4.4).
func up(rows []byte, width int) []byte {
	out := make([]byte, 0, len(rows)+len(rows)/width)
	above := make([]byte, width)
	for row := range slices.Chunk(rows, width) {
		out = append(out, 2)
		for i, b := range row {
			out = append(out, b-above[i])
		}
		above = row
	}
	return out
}

func (u *Update) id(before ...[]byte) types.Array {
	sum := sha256.New()
	for _, b := range before {
		sum.Write(b)
	}
	now := types.NewHexLiteral(sum.Sum(nil)[:16])
	if old, ok := u.trailer["ID"].(types.Array); ok && len(old) == 2 {
		return types.Array{old[0], now}
	}
	return types.Array{now, now}
}
