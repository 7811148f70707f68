package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Result says what an import has done.
type Result struct {
	Index
	Written int // files
	There   int // that the tenant had already
}

// Import puts what is in an archive into the bucket of a tenant, which may have another
// id than the one that it comes from. First all of it is checked, and held against what
// the tenant has: where that is something else nothing is written, and the error, which
// is Conflict, says where. An archive that is damaged or holds what has no place there is
// Invalid. An import that was interrupted may be repeated. step is told how far it is.
func Import(ctx context.Context, bucket storage.Bucket, archive io.ReaderAt, size int64, step func(done, all int)) (res Result, err error) {
	a, err := open(archive, size)
	if err != nil {
		return res, platen.WithKind(platen.Invalid, err)
	}
	res.Index = a.index
	all := 2 * len(a.keys)
	var missing, conflicts []string
	for i, key := range a.keys {
		content, err := a.check(key)
		if err != nil {
			return res, platen.WithKind(platen.Invalid, fmt.Errorf("%s: %w", key, err))
		}
		is, err := compare(ctx, bucket, key, content)
		if err != nil {
			return res, err
		}
		switch is {
		case absent:
			missing = append(missing, key)
		case different:
			conflicts = append(conflicts, key)
		}
		step(i+1, all)
	}
	if len(conflicts) > 0 {
		return res, conflict(conflicts)
	}
	res.There = len(a.keys) - len(missing)
	for _, key := range missing {
		content, err := a.read(key)
		if err != nil {
			return res, err
		}
		if err := bucket.Put(ctx, key, content); err != nil {
			return res, fmt.Errorf("store %s: %w", key, err)
		}
		res.Written++
		step(len(a.keys)+res.There+res.Written, all)
	}
	return res, nil
}

type state int

const (
	absent state = iota
	same
	different
)

// compare says what the tenant has under a key. Versions of a template are the same when
// their digests are, which is their name.
func compare(ctx context.Context, bucket storage.Bucket, key string, content []byte) (state, error) {
	has, err := bucket.Get(ctx, key)
	switch kind, _ := kindOf(key); {
	case errors.Is(err, platen.NotFound):
		return absent, nil
	case err != nil:
		return absent, fmt.Errorf("read what the tenant has: %w", err)
	case bytes.Equal(has, content) || kind == bundle:
		return same, nil
	}
	return different, nil
}

// conflict says what the tenant has otherwise.
func conflict(keys []string) error {
	const most = 10
	more := ""
	if len(keys) > most {
		more, keys = fmt.Sprintf(" and %d more", len(keys)-most), keys[:most]
	}
	return fmt.Errorf("the tenant has other content at %s%s: import into a tenant that is new, or that this archive was made from: %w", strings.Join(keys, ", "), more, platen.Conflict)
}

// An opened archive.
type opened struct {
	index Index
	files map[string]*zip.File
	keys  []string // in the order in which they are put
}

// open reads the index, and holds it against the files.
func open(archive io.ReaderAt, size int64) (*opened, error) {
	z, err := zip.NewReader(archive, size)
	if err != nil {
		return nil, fmt.Errorf("it is no zip file that can be read (%w): name one that platen tenant export has written", err)
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("it has %d files: want at most %d", len(z.File), maxFiles)
	}
	a := &opened{files: map[string]*zip.File{}}
	for _, f := range z.File {
		if a.files[f.Name] != nil {
			return nil, fmt.Errorf("it has two files %q", f.Name)
		}
		a.files[f.Name] = f
	}
	src, err := a.content(indexName, maxIndex)
	if err != nil {
		return nil, fmt.Errorf("it is not the archive of a tenant: %w", err)
	}
	if err := json.Unmarshal(src, &a.index); err != nil || a.index.Format != format {
		return nil, fmt.Errorf("its %s has the format %q: want %s", indexName, a.index.Format, format)
	}
	delete(a.files, indexName)
	for name := range a.files {
		if _, listed := a.index.Files[name]; !listed {
			return nil, fmt.Errorf("it has a file %q that its %s does not list", name, indexName)
		}
	}
	for key := range a.index.Files {
		if kind, _ := kindOf(key); kind < 0 || a.files[key] == nil {
			return nil, fmt.Errorf("%s lists %q, which is not there, or has no place in it", indexName, key)
		}
	}
	a.keys = slices.Collect(maps.Keys(a.index.Files))
	inOrder(a.keys)
	return a, nil
}

// content returns a file of at most so many bytes.
func (a *opened) content(name string, most int64) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("it has no %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("%s has more than %d bytes", name, most)
	}
	return content, err
}

// read returns the file of a key, if it has the digest that the index says.
func (a *opened) read(key string) ([]byte, error) {
	content, err := a.content(key, maxFile)
	if err == nil && platen.Digest(content) != a.index.Files[key] {
		err = fmt.Errorf("its sha256 is %s, and %s says %s: copy the archive once more", platen.Digest(content), indexName, a.index.Files[key])
	}
	return content, err
}
