package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// FS is a Bucket in a folder: each key is a file, and the file holds the value
// and nothing else. Only regular files whose names are keys belong to it. Any number
// of processes may share the folder if its file system has hard links and locks.
type FS struct {
	root  *os.Root
	known sync.Map // of folders whose names are on the disk
}

// OpenFS returns the bucket in dir, which it makes if there is none. It removes
// what writers that died have left behind and leaves those alone that live.
func OpenFS(dir string) (*FS, error) {
	if err := makeFolder(filepath.Clean(dir)); err != nil {
		return nil, fmt.Errorf("open storage in %s: %w", dir, explain(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open storage in %s: %w", dir, explain(err))
	}
	b := &FS{root: root}
	b.sweep()
	return b, nil
}

// makeFolder makes dir and what is missing above it, and brings their names to the disk.
func makeFolder(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolder(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
		return err
	}
	if err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer parent.Close()
	return parent.Sync()
}

// Close releases the folder. No method may be called after it.
func (b *FS) Close() error { return b.root.Close() }

// Get implements Bucket.
func (b *FS) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	value, err := b.read(ctx, fileName(key))
	if err != nil {
		return nil, fmt.Errorf("get %q: %w", key, explain(err))
	}
	return value, nil
}

func (b *FS) read(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := b.mustBeFile(name); err != nil {
		return nil, err
	}
	return b.root.ReadFile(name)
}

// Delete implements Bucket.
func (b *FS) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if err := b.remove(ctx, fileName(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %q: %w", key, explain(err))
	}
	return nil
}

func (b *FS) remove(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.mustBeFile(name); err != nil {
		return err
	}
	return b.root.Remove(name)
}

// mustBeFile returns an error unless name is a regular file: a folder is no
// key, a pipe would block its reader, and a symbolic link could lead from one
// tenant to another.
func (b *FS) mustBeFile(name string) error {
	info, err := b.root.Lstat(name)
	if isAbsent(err) || err == nil && !info.Mode().IsRegular() {
		return fs.ErrNotExist
	}
	return err
}

// List implements Bucket. It holds the names of one folder at each level in memory.
func (b *FS) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", fmt.Errorf("list: %w", err))
			return
		}
		folder := prefix[:strings.LastIndexByte(prefix, '/')+1]
		if _, err := b.walk(ctx, folder, prefix, yield); err != nil {
			yield("", fmt.Errorf("list %q: %w", prefix, explain(err)))
		}
	}
}

// walk yields the keys in folder, which is "" or ends in "/", that start with
// prefix. It is false once the caller wants no more.
func (b *FS) walk(ctx context.Context, folder, prefix string, yield func(string, error) bool) (more bool, err error) {
	keys, err := b.folderKeys(folder)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if strings.HasSuffix(key, "/") {
			more, err = b.walk(ctx, key, prefix, yield)
		} else {
			more = yield(key, nil)
		}
		if !more || err != nil {
			return false, err
		}
	}
	return true, nil
}

// folderKeys returns the keys of the files in folder and, ending in "/", of the folders,
// in the order in which List goes through them. As "-" and "." sort before "/",
// that is "a-b", "a.b", "a/", and not the order of the names.
func (b *FS) folderKeys(folder string) ([]string, error) {
	entries, err := b.entries(path.Clean(fileName(folder)))
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		segment, ok := keySegment(e.Name())
		switch {
		case ok && e.Type().IsRegular():
			keys = append(keys, folder+segment)
		case ok && e.IsDir():
			keys = append(keys, folder+segment+"/")
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func (b *FS) entries(folder string) ([]fs.DirEntry, error) {
	f, err := b.root.Open(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}
