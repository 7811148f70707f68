package templates

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// OpenZip reads a bundle from the bytes of a zip file, by the rules of OpenDir.
// If all of it stands in one folder, that folder is the bundle. Entries that
// overlap, that unpack to far more than they say or than is allowed, that are
// encrypted or that are not ordinary files are errors; every error is
// platen.Invalid.
func OpenZip(src []byte) (*Bundle, error) {
	return openZip(src, defaultLimits())
}

func openZip(src []byte, l limits) (*Bundle, error) {
	files, err := unzip(src, l)
	if err != nil {
		return nil, platen.WithKind(platen.Invalid, fmt.Errorf("read zip: %w", err))
	}
	return newBundle(files)
}

func unzip(src []byte, l limits) (map[string][]byte, error) {
	if len(src) > l.archive {
		return nil, archiveTooLarge(int64(len(src)), l.archive)
	}
	// The directory is read whole before an entry can be looked at, so its
	// entries are counted by their mark (APPNOTE 4.3.12) first.
	if n := bytes.Count(src, []byte("PK\x01\x02")); n > 4*l.files {
		return nil, fmt.Errorf("the zip has about %d entries, a bundle has at most %d files", n, l.files)
	}
	r, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		return nil, fmt.Errorf("not a zip file that can be read: %w", err)
	}
	entries, err := bundleEntries(r.File)
	if err != nil {
		return nil, err
	}
	top := commonFolder(entries)
	c := newCollector(l)
	for _, f := range entries {
		if f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > uint64(l.ratio)*f.CompressedSize64 {
			return nil, &Error{File: f.Name, Msg: fmt.Sprintf("unpacks to more than %d times its size: no file of a template does", l.ratio)}
		}
		if err := c.add(strings.TrimPrefix(f.Name, top), func() (io.ReadCloser, error) { return f.Open() }); err != nil {
			return nil, err
		}
	}
	return c.files, nil
}

// bundleEntries returns the entries that are files of the bundle, checked for
// what only a zip can get wrong.
func bundleEntries(all []*zip.File) ([]*zip.File, error) {
	var files []*zip.File
	for _, f := range all {
		switch mode := f.Mode(); {
		case junk(f.Name) || strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0:
			continue
		case mode&fs.ModeSymlink != 0:
			return nil, &Error{File: f.Name, Msg: "a symbolic link: put the file itself into the bundle"}
		case !mode.IsRegular():
			return nil, &Error{File: f.Name, Msg: "not an ordinary file: a bundle holds files only"}
		case f.Flags&1 != 0:
			return nil, &Error{File: f.Name, Msg: "the entry is encrypted: zip the bundle without a password"}
		}
		files = append(files, f)
	}
	return files, checkOverlap(files)
}

// checkOverlap refuses entries that share packed bytes, the way in which a
// small zip can hold far more than it has.
func checkOverlap(files []*zip.File) error {
	type span struct {
		name     string
		from, to int64
	}
	spans := make([]span, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return &Error{File: f.Name, Msg: "the zip is damaged at this entry: zip the bundle again"}
		}
		spans = append(spans, span{f.Name, from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to || spans[i].from == spans[i-1].from {
			return &Error{File: spans[i].name, Msg: fmt.Sprintf("the entry overlaps %s in the zip: zip the bundle again", spans[i-1].name)}
		}
	}
	return nil
}

// commonFolder returns "folder/" when every file stands in that one folder and
// it is not one of a bundle's own, else "".
func commonFolder(files []*zip.File) string {
	if len(files) == 0 {
		return ""
	}
	top, _, ok := strings.Cut(files[0].Name, "/")
	if !ok || top == "" || top == "." || top == ".." || extensions[top] != nil {
		return ""
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name, top+"/") {
			return ""
		}
	}
	return top + "/"
}

func archiveTooLarge(size int64, limit int) error {
	return platen.WithKind(platen.Invalid, fmt.Errorf("the zip has %d bytes, the limit is %d: shrink pictures and fonts", size, limit))
}
