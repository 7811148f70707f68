package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/dicode/platen"
)

// A remedy says what kind of error an error of the system is, and how to mend it.
type remedy struct {
	err  error
	kind platen.Kind
	hint string
}

// remedies are looked through from the first.
func remedies() []remedy {
	return []remedy{
		{fs.ErrNotExist, platen.NotFound, ""},
		{context.Canceled, platen.Busy, ""},
		{context.DeadlineExceeded, platen.Busy, "the storage was too slow for the time limit: try again"},
		{syscall.ENOSPC, platen.Busy, "the disk of the storage is full: free some room, then try again"},
		{syscall.EDQUOT, platen.Busy, "the disk quota of the storage is used up: raise it or free some room, then try again"},
		{syscall.EFBIG, platen.Busy, "the value is larger than a file may be here: raise the limit of the process (ulimit -f) or of the file system"},
		{syscall.EMFILE, platen.Busy, "the process has too many files open: raise its limit (ulimit -n)"},
		{syscall.ENOTDIR, platen.Invalid, "the storage is a folder, and a file stands there: choose another folder"},
		{syscall.EROFS, platen.Internal, "the storage is mounted read-only: mount it writable"},
		{fs.ErrPermission, platen.Internal, "the storage must be writable for the user that Platen runs as, on a file system with hard links: mend its owner or choose another folder"},
		{errors.ErrUnsupported, platen.Internal, "the storage needs a file system with hard links and locks: choose another folder"},
		{syscall.EXDEV, platen.Internal, "the whole storage must lie on one file system: mount nothing inside its folder"},
		{syscall.EIO, platen.Internal, "the disk of the storage has a fault: check it"},
	}
}

// explain gives err its kind and the way to mend it, and takes the path on this
// machine out of its text: the key is what the caller knows.
func explain(err error) error {
	if errors.As(err, new(platen.Kind)) {
		return err
	}
	err = withoutPath(err)
	for _, r := range remedies() {
		if !errors.Is(err, r.err) {
			continue
		}
		if r.hint != "" {
			err = fmt.Errorf("%w: %s", err, r.hint)
		}
		return platen.WithKind(r.kind, err)
	}
	return platen.WithKind(platen.Internal, err)
}

func withoutPath(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}

// isAbsent is true also for a key under another key: there is no such file.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
