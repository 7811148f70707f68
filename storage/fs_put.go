package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/dicode/platen"
)

const (
	// draftFolder holds values on their way; no key can name it. Each draft is
	// locked by its writer as long as the writer lives.
	draftFolder = ".drafts"
	// chunk is how much is written between two looks at the context.
	chunk = 1 << 20
)

// Put implements Bucket: the value is written to a draft, brought to the disk
// and then linked to its name, which one writer alone can do.
func (b *FS) Put(ctx context.Context, key string, value []byte) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if err := b.put(ctx, fileName(key), value); err != nil {
		return fmt.Errorf("put %q: %w", key, explain(err))
	}
	return nil
}

func (b *FS) put(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	draft, err := b.newDraft()
	if err != nil {
		return err
	}
	defer b.discard(draft)
	if err := write(ctx, draft, value); err != nil {
		return err
	}
	linked := b.link(draft, name)
	if linked != nil && !errors.Is(linked, fs.ErrExist) {
		return linked
	}
	// The caller takes a value that was there already for as safe as its own,
	// but its writer may not have come to this line yet.
	if err := b.syncFolders(name); err != nil {
		return err
	}
	if linked != nil {
		return b.taken(name)
	}
	return nil
}

// link gives a draft its name, in a folder that is made when it is not there.
func (b *FS) link(draft *os.File, name string) error {
	if err := b.root.Link(draftName(draft), name); !isAbsent(err) {
		return err
	}
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		b.known.Delete(folder)
	}
	if err := b.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		if b.underKey(name) {
			return fmt.Errorf("a part of the key is a key itself: choose another key: %w", platen.Invalid)
		}
		return err
	}
	return b.root.Link(draftName(draft), name)
}

// underKey reports whether something that is no folder stands above name.
func (b *FS) underKey(name string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if info, err := b.root.Lstat(folder); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// taken says why name could not be linked.
func (b *FS) taken(name string) error {
	if info, err := b.root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("it is a folder of other keys: choose another key: %w", platen.Invalid)
	}
	return fmt.Errorf("it exists already, and a key is written once: %w", platen.Conflict)
}

// newDraft returns an empty file that is locked, so that sweep leaves it alone.
func (b *FS) newDraft() (*os.File, error) {
	for {
		f, err := b.root.OpenFile(path.Join(draftFolder, rand.Text()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			if err := b.root.MkdirAll(draftFolder, 0o700); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		swept, err := b.claim(f)
		if err == nil && !swept {
			return f, nil
		}
		b.discard(f)
		if err != nil {
			return nil, err
		}
	}
}

// claim locks a new draft. It is true if a sweep took it for a dead one before
// the lock was there.
func (b *FS) claim(f *os.File) (swept bool, err error) {
	err = lock(f)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	_, err = b.root.Lstat(draftName(f))
	if isAbsent(err) {
		return true, nil
	}
	return false, err
}

// sweep removes the drafts that nobody has locked: their writers are dead. What
// cannot be removed, as in a read-only bucket, only takes room.
func (b *FS) sweep() {
	entries, err := b.entries(draftFolder)
	if err != nil {
		return
	}
	for _, e := range entries {
		f, err := b.root.OpenFile(path.Join(draftFolder, e.Name()), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if lock(f) == nil {
			b.discard(f)
		}
		f.Close()
	}
}

// discard removes a draft's name, and with that the draft unless it was linked.
func (b *FS) discard(draft *os.File) {
	b.root.Remove(draftName(draft))
	draft.Close()
}

func draftName(f *os.File) string { return path.Join(draftFolder, filepath.Base(f.Name())) }

// lock takes the whole file for this open file, or returns EWOULDBLOCK. The
// kernel lets go of it when the file is closed or its process dies.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// write writes value to f and brings it to the disk.
func write(ctx context.Context, f *os.File, value []byte) error {
	for len(value) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(chunk, len(value))
		if _, err := f.Write(value[:n]); err != nil {
			return err
		}
		value = value[n:]
	}
	return f.Sync()
}

// syncFolders brings name to the disk, and the names of the folders above it, as each
// may be new, by this process or by another one. Folders stay, so for them once is enough.
func (b *FS) syncFolders(name string) error {
	folder := path.Dir(name)
	if err := b.syncFolder(folder); err != nil || folder == "." {
		return err
	}
	if _, known := b.known.Load(folder); known {
		return nil
	}
	if err := b.syncFolders(folder); err != nil {
		return err
	}
	b.known.Store(folder, true)
	return nil
}

func (b *FS) syncFolder(name string) error {
	f, err := b.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
