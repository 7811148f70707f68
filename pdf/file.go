package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A File is an open PDF. It is safe for concurrent reading. Every object it
// returns is parsed anew, so that the caller owns it; only the Raw bytes of a
// stream alias the source, which must not change while the File is in use.
type File struct {
	src     []byte
	limits  Limits
	version string // of the header
	start   int    // offset of the newest cross-reference section
	stream  bool   // whether that section is a cross-reference stream
	trailer types.Dict
	entries []entry // by object number

	sections map[int]bool // offsets of all cross-reference sections

	metered bool // whether work is limited; see view
	work    int  // bytes that may still be parsed

	mu       sync.Mutex
	packs    map[int]*pack // object streams read so far, by object number
	unpacked int           // bytes decoded for packs and cross-reference streams
}

// headerSpan is how far from the end the startxref line may stand.
const headerSpan = 2048

// Open reads the cross-reference chain of a PDF. Every error, here and in the
// methods of File, is an *Error: the file is too large, damaged, encrypted, or
// no PDF.
func Open(src []byte, limits Limits) (*File, error) {
	if most := min(limits.Bytes, maxPlace); len(src) > most {
		return nil, wrong(0, -1, "the file has %d bytes, more than the limit of %d: split it or raise the limit", len(src), most)
	}
	f := &File{src: src, limits: limits, packs: map[int]*pack{}}
	var err error
	if f.version, err = header(src); err != nil {
		return nil, err
	}
	if f.start, err = startXRef(src); err != nil {
		return nil, err
	}
	if err := f.readXRefs(); err != nil {
		return nil, err
	}
	if size := integer(f.trailer, "Size", -1); size < 1 || size > limits.Objects {
		return nil, wrong(0, f.start, "/Size of the trailer is not between 1 and the limit of %d objects%s", limits.Objects, rebuild)
	}
	if err := f.refuseEncrypted(); err != nil {
		return nil, err
	}
	if _, err := f.Catalog(); err != nil {
		return nil, err
	}
	return f, nil
}

// view returns the file for the use of one goroutine, with a limit on the bytes
// it parses: a small file can name a large object in a million places.
func (f *File) view(work int) *File {
	return &File{
		src: f.src, limits: f.limits, version: f.version, start: f.start, stream: f.stream,
		trailer: f.trailer, entries: f.entries, sections: f.sections, packs: map[int]*pack{}, metered: true, work: work,
	}
}

// visit is the work that looking at one value counts for, in bytes parsed.
const visit = 64

// spend takes n bytes and a visit from the work that may still be done.
func (f *File) spend(n int) error {
	if !f.metered {
		return nil
	}
	if f.work -= n + visit; f.work < 0 {
		return wrong(0, -1, "the file names the same objects too often to read all it says%s", rebuild)
	}
	return nil
}

// header returns the version of the line that every PDF starts with.
func header(src []byte) (string, error) {
	rest, ok := bytes.CutPrefix(src, []byte("%PDF-"))
	if !ok {
		if bytes.Contains(src[:min(len(src), 1024)], []byte("%PDF-")) {
			return "", wrong(0, 0, "other bytes stand before %%PDF-: remove them")
		}
		return "", wrong(0, 0, "this is not a PDF: it does not start with %%PDF-")
	}
	if len(rest) < 3 || !isDigit(rest[0]) || rest[1] != '.' || !isDigit(rest[2]) {
		return "", wrong(0, 5, "the header names no version%s", rebuild)
	}
	return string(rest[:3]), nil
}

// startXRef returns the offset that the last startxref line names.
func startXRef(src []byte) (int, error) {
	from := max(0, len(src)-headerSpan)
	i := bytes.LastIndex(src[from:], []byte("startxref"))
	if i < 0 {
		return 0, wrong(0, len(src), "there is no startxref at the end, so the file is cut off: get the whole file")
	}
	at := from + i
	start, _, ok := natural(src, at+len("startxref"), len(src)-1)
	if !ok {
		return 0, wrong(0, at, "startxref names no place in the file%s", rebuild)
	}
	return start, nil
}

// refuseEncrypted stops at encrypted files and says how they are encrypted.
func (f *File) refuseEncrypted() error {
	encrypt, ok := f.trailer["Encrypt"]
	if !ok {
		return nil
	}
	how := "unknown handler"
	if d, err := f.Dict(encrypt); err == nil {
		filter, _ := d["Filter"].(types.Name)
		v, _ := d["V"].(types.Integer)
		r, _ := d["R"].(types.Integer)
		how = fmt.Sprintf("%s handler, V %d, R %d", filter, v, r)
	}
	return &Error{Offset: -1, Encryption: how, Reason: "the file is encrypted (" + how +
		"): remove the password, for example with qpdf --decrypt --password=… in.pdf out.pdf"}
}

// Version returns the version of PDF that the file follows: that of the catalog
// where it is later than that of the header (§7.7.2).
func (f *File) Version() string {
	if catalog, err := f.Catalog(); err == nil {
		if v, ok := catalog["Version"].(types.Name); ok && strings.Compare(string(v), f.version) > 0 {
			return string(v)
		}
	}
	return f.version
}

// Trailer returns the newest trailer.
func (f *File) Trailer() types.Dict { return maps.Clone(f.trailer) }

// Catalog returns the document catalog.
func (f *File) Catalog() (types.Dict, error) {
	root, ok := f.trailer["Root"].(types.IndirectRef)
	if !ok {
		return nil, wrong(0, f.start, "the trailer names no catalog (/Root)%s", rebuild)
	}
	catalog, err := f.Dict(root)
	if err == nil && catalog["Pages"] == nil {
		err = wrong(int(root.ObjectNumber), -1, "this is not a document catalog: it has no /Pages%s", rebuild)
	}
	return catalog, err
}
