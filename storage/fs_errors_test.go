package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dicode/platen"
)

func TestExplain(t *testing.T) {
	const place = "/srv/platen/bucket/.drafts/1"
	inPath := func(err error) error { return &fs.PathError{Op: "write", Path: place, Err: err} }
	tests := []struct {
		err  error
		kind platen.Kind
		says string
	}{
		{inPath(syscall.ENOSPC), platen.Busy, "disk of the storage is full"},
		{inPath(syscall.EDQUOT), platen.Busy, "quota"},
		{inPath(syscall.EFBIG), platen.Busy, "ulimit -f"},
		{inPath(syscall.EMFILE), platen.Busy, "ulimit -n"},
		{inPath(syscall.EROFS), platen.Internal, "read-only"},
		{inPath(syscall.EACCES), platen.Internal, "owner"},
		{inPath(syscall.EIO), platen.Internal, "fault"},
		{inPath(syscall.EBADF), platen.Internal, "bad file descriptor"},
		{inPath(syscall.ENOENT), platen.NotFound, "no such file"},
		{&os.LinkError{Op: "link", Old: place, New: place, Err: syscall.EPERM}, platen.Internal, "hard links"},
		{&os.LinkError{Op: "link", Old: place, New: place, Err: syscall.EOPNOTSUPP}, platen.Internal, "hard links"},
		{&os.LinkError{Op: "link", Old: place, New: place, Err: syscall.EXDEV}, platen.Internal, "one file system"},
		{context.DeadlineExceeded, platen.Busy, "try again"},
		{fmt.Errorf("taken: %w", platen.Conflict), platen.Conflict, "taken"},
	}
	for _, test := range tests {
		got := explain(test.err)
		if platen.KindOf(got) != test.kind || !strings.Contains(got.Error(), test.says) || strings.Contains(got.Error(), place) {
			t.Errorf("explain(%v) = %v (%s), want %s that says %q and no path", test.err, got, platen.KindOf(got), test.kind, test.says)
		}
		if cause := errors.Unwrap(test.err); cause != nil && !errors.Is(got, cause) {
			t.Errorf("explain(%v) lost its cause", test.err)
		}
	}
}
