package finish

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// A file is a PDF as Chrome (Skia) writes it: one cross-reference table, no
// object streams, each object a dictionary that a stream may follow.
type file struct {
	pdf     []byte
	objects []object // in the order of the file
	trailer int      // offset of the word trailer
}

// An object is the part of the file from its "n 0 obj" to the next object.
type object struct{ number, start, end int }

var (
	errNotChrome = errors.New("the PDF is not laid out as Chrome's printer does it")
	startXref    = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n?$`)
)

const xrefLine = 20 // bytes of an entry: "0000000015 00000 n \n"

// scan reads the cross-reference table.
func scan(pdf []byte) (*file, error) {
	tail := pdf[max(0, len(pdf)-64):]
	m := startXref.FindSubmatch(tail)
	if m == nil {
		return nil, fmt.Errorf("%w: it does not end in startxref", errNotChrome)
	}
	at, err := strconv.Atoi(string(m[1]))
	if err != nil || at >= len(pdf) || !bytes.HasPrefix(pdf[at:], []byte("xref\n0 ")) {
		return nil, fmt.Errorf("%w: startxref does not point to a cross-reference table", errNotChrome)
	}
	f := &file{pdf: pdf}
	return f, f.readXref(at)
}

func (f *file) readXref(at int) error {
	head := at + len("xref\n0 ")
	lineEnd := bytes.IndexByte(f.pdf[head:], '\n')
	if lineEnd < 0 {
		return fmt.Errorf("%w: the cross-reference table is cut off", errNotChrome)
	}
	count, err := strconv.Atoi(string(f.pdf[head : head+lineEnd]))
	table := head + lineEnd + 1
	f.trailer = table + count*xrefLine
	if err != nil || count < 1 || f.trailer > len(f.pdf) || !bytes.HasPrefix(f.pdf[f.trailer:], []byte("trailer")) {
		return fmt.Errorf("%w: the cross-reference table has another length than it says", errNotChrome)
	}
	f.objects = make([]object, 0, count)
	for n := 1; n < count; n++ {
		line := f.pdf[table+n*xrefLine:][:xrefLine]
		offset, err := strconv.Atoi(string(line[:10]))
		if err != nil || line[17] != 'n' || offset >= at {
			return fmt.Errorf("%w: object %d has no place in the cross-reference table", errNotChrome, n)
		}
		f.objects = append(f.objects, object{number: n, start: offset})
	}
	slices.SortFunc(f.objects, func(a, b object) int { return a.start - b.start })
	for i := range f.objects {
		f.objects[i].end = at
		if i+1 < len(f.objects) {
			f.objects[i].end = f.objects[i+1].start
		}
	}
	return nil
}

// dict returns what stands between "n 0 obj" and the stream or the end of the
// object. It aliases the file.
func (f *file) dict(o object) []byte {
	body := f.pdf[o.start:o.end]
	if i := bytes.Index(body, []byte(" obj\n")); i >= 0 {
		body = body[i+len(" obj\n"):]
	}
	if i := bytes.Index(body, []byte(">> stream\n")); i >= 0 {
		return body[:i+len(">>")]
	}
	return body
}
