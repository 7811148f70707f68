package pdf

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// CheckTail returns an error unless all bytes from a place on are incremental updates
// (§7.5.6) that are written as they should be: objects that stand where the
// cross-reference says, sections and trailers of the same catalog, and white space and
// comments between them. A reader that takes a file for damaged looks for objects and
// trailers by itself, and the last one that it finds counts: it must find no others.
func (f *File) CheckTail(from int) error {
	t := &tail{file: f, at: from, last: map[int]int{}}
	for {
		if err := t.gap(); err != nil {
			return err
		}
		if t.at == len(f.src) {
			return t.inForce()
		}
		if err := t.part(); err != nil {
			return err
		}
	}
}

// A tail is read part by part, from the first byte to the last.
type tail struct {
	file *File
	at   int
	last map[int]int // where the last object of a number begins
}

// blank is the white space between two tokens, without comments.
const blank = `[\x00\t\n\f\r ]+`

var (
	tailObject  = regexp.MustCompile(`^([0-9]{1,10})` + blank + `([0-9]{1,5})` + blank + `obj`)
	tailStart   = regexp.MustCompile(`^startxref[ ]*(?:\r\n|\r|\n)([0-9]{1,10})[ ]*(?:\r\n|\r|\n)%%EOF`)
	tailRange   = regexp.MustCompile(`^([0-9]{1,10}) ([0-9]{1,10})[ ]*(?:\r\n|\r|\n)`)
	tailEntry   = regexp.MustCompile(`^[0-9]{10} [0-9]{5} [nf](?:\r\n| \r| \n)`)
	tailTrailer = regexp.MustCompile(`^trailer` + `[\x00\t\n\f\r ]*<<`)

	// misleading is what could be taken for the beginning of a part.
	misleading = regexp.MustCompile(`[0-9]` + blank + `[0-9]+[\x00\t\n\f\r ]*obj|trailer[\x00\t\n\f\r ]*<<|startxref`)
)

func (t *tail) wrong(format string, args ...any) error {
	return wrong(0, t.at, format+": readers may show different documents", args...)
}

// matches returns what a pattern finds at the place, and goes behind it.
func (t *tail) matches(pattern *regexp.Regexp) [][]byte {
	m := pattern.FindSubmatch(t.file.src[t.at:])
	if m != nil {
		t.at += len(m[0])
	}
	return m
}

// gap goes over white space and comments.
func (t *tail) gap() error {
	for src := t.file.src; t.at < len(src); {
		switch {
		case isSpace(src[t.at]):
			t.at++
		case src[t.at] == '%':
			end := skipComment(src, t.at)
			if text := string(src[t.at:end]); strings.Contains(text, "obj") || strings.Contains(text, "xref") || strings.Contains(text, "trailer") {
				return t.wrong("a comment holds what could be taken for a part of the file")
			}
			t.at = end
		default:
			return nil
		}
	}
	return nil
}

func skipComment(src []byte, at int) int {
	if n := bytes.IndexAny(src[at:], "\r\n"); n >= 0 {
		return at + n
	}
	return len(src)
}

// part reads an object, a table, or the end of an update.
func (t *tail) part() error {
	rest := t.file.src[t.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("startxref")):
		m := t.matches(tailStart)
		if m == nil {
			return t.wrong("startxref, its offset and %%%%EOF do not stand on three lines")
		}
		if start, _, ok := natural(m[1], 0, len(t.file.src)); !ok || !t.file.sections[start] {
			return t.wrong("startxref names no section that counts")
		}
		return nil
	case bytes.HasPrefix(rest, []byte("xref")):
		return t.table()
	}
	return t.object()
}

// table reads a cross-reference table, whose rows have 20 bytes each (§7.5.4), and its
// trailer.
func (t *tail) table() error {
	if !t.file.sections[t.at] {
		return t.wrong("no other section leads to this cross-reference table")
	}
	t.at += len("xref")
	if err := t.gap(); err != nil {
		return err
	}
	for m := t.matches(tailRange); m != nil; m = t.matches(tailRange) {
		count, _, _ := natural(m[2], 0, maxNumber)
		for range count {
			if t.matches(tailEntry) == nil {
				return t.wrong("a row of the cross-reference table has not the form of one")
			}
		}
	}
	if !tailTrailer.Match(t.file.src[t.at:]) {
		return t.wrong("no trailer stands behind the cross-reference table")
	}
	p := t.file.parser(0, t.at+len("trailer"))
	o, err := p.value()
	if err != nil {
		return err
	}
	d, _ := o.(types.Dict)
	if err := t.sameCatalog(d); err != nil {
		return err
	}
	return t.until(p.pos, t.at+len("trailer"))
}

// sameCatalog demands that a trailer names the catalog that counts.
func (t *tail) sameCatalog(trailer types.Dict) error {
	root, ok := trailer["Root"].(types.IndirectRef)
	if !ok || types.Object(root) != t.file.trailer["Root"] {
		return t.wrong("a trailer names another catalog")
	}
	return nil
}

// until goes to the end of a part whose text begins at a place.
func (t *tail) until(end, text int) error {
	if m := misleading.FindIndex(t.file.src[text:end]); m != nil {
		t.at = text + m[0]
		return t.wrong("an object or trailer seems to begin within another one")
	}
	t.at = end
	return nil
}

// object reads an object. A cross-reference stream is one, too.
func (t *tail) object() error {
	f, start := t.file, t.at
	m := tailObject.FindSubmatch(f.src[t.at:])
	if m == nil {
		return t.wrong("neither an object nor the end of an update stands here")
	}
	num, _, _ := natural(m[1], 0, maxNumber)
	body := t.at + len(m[0])
	p := f.parser(num, body)
	o, err := p.value()
	if err != nil {
		return err
	}
	end := p.pos
	if d, isDict := o.(types.Dict); isDict {
		if next, ok := keyword(f.src, end, "stream"); ok {
			s, err := f.rawStream(num, d, next)
			if err != nil {
				return err
			}
			if end, err = t.stream(num, start, s); err != nil {
				return err
			}
		}
	}
	end, ok := keyword(f.src, end, "endobj")
	if !ok {
		return t.wrong("the object has no endobj")
	}
	t.last[num] = start
	return t.until(end, body)
}

// stream looks at a stream that says where objects are, or holds some, and returns the
// place behind it.
func (t *tail) stream(num, start int, s types.StreamDict) (end int, err error) {
	switch s.Dict["Type"] {
	case types.Name("XRef"):
		if !t.file.sections[start] {
			return 0, t.wrong("no other section leads to this cross-reference stream")
		}
		err = t.sameCatalog(s.Dict)
	case types.Name("ObjStm"):
		err = t.pack(num, start, s)
	}
	if err != nil {
		return 0, err
	}
	end, _ = keyword(t.file.src, int(s.StreamOffset)+len(s.Raw), "endstream")
	return end, nil
}

// pack demands that the objects in an object stream count, or were replaced behind it.
func (t *tail) pack(num, start int, s types.StreamDict) error {
	data, err := t.file.decode(s, num, t.file.limits.Decoded)
	if err != nil {
		return err
	}
	pk, err := index(num, data, integer(s.Dict, "N", -1), integer(s.Dict, "First", -1))
	if err != nil {
		return err
	}
	for i, held := range pk.nums {
		e := t.file.entry(held)
		if e.kind == packed && int(e.place) == num && int(e.last) == i {
			continue
		}
		if t.file.begins(e) <= start {
			return t.wrong("object stream %d holds object %d, which the cross-reference does not look for there", num, held)
		}
	}
	return nil
}

// begins returns where an object begins, or the object stream that it is in; -1 if there
// is none.
func (f *File) begins(e entry) int {
	if e.kind == packed {
		e = f.entry(int(e.place))
	}
	if e.kind != plain {
		return -1
	}
	return int(e.place)
}

// inForce demands that the last object of each number is the one that counts.
func (t *tail) inForce() error {
	f := t.file
	for num, start := range t.last {
		e := f.entry(num)
		if e.kind == plain && int(e.place) == start {
			if _, err := f.locate(num, e); err != nil {
				return err // it has another generation
			}
			continue
		}
		if e.kind <= free && f.sections[start] {
			continue
		}
		return wrong(num, start, "the cross-reference does not look for this object here: readers may show different documents")
	}
	size := integer(f.trailer, "Size", 0)
	for num := size; num < len(f.entries); num++ {
		if f.entries[num].kind > free {
			return wrong(num, -1, "the object is beyond the /Size of the trailer: readers may show different documents")
		}
	}
	return nil
}
