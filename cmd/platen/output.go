package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"

	"github.com/dicode/platen"
)

// An outputFile is one file to write.
type outputFile struct {
	path string
	data []byte
}

// writeFiles writes files whole or not at all: each is complete on disk before
// the first gets its name. What a symbolic link points to is replaced, not the link.
func writeFiles(files ...outputFile) error {
	var pending []*renameio.PendingFile
	defer func() {
		for _, p := range pending {
			p.Cleanup() // does nothing once the file has its name
		}
	}()
	for _, f := range files {
		p, err := prepare(f)
		if err != nil {
			return cannotWrite(f.path, err)
		}
		pending = append(pending, p)
	}
	for i, p := range pending {
		if err := p.CloseAtomicallyReplace(); err != nil {
			return cannotWrite(files[i].path, err)
		}
	}
	return nil
}

func prepare(f outputFile) (*renameio.PendingFile, error) {
	path := f.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, syscall.EISDIR
	}
	p, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644), renameio.WithExistingPermissions())
	if err != nil {
		return nil, err
	}
	if _, err := p.Write(f.data); err != nil {
		p.Cleanup()
		return nil, err
	}
	return p, p.Sync()
}

// isStream reports whether a path is stdout, a device or a pipe, which can be
// written to but not replaced, and beside which nothing else belongs.
func isStream(path string) bool {
	if path == stdStream {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// cannotWrite says what to do about an output that cannot be written.
func cannotWrite(path string, err error) error {
	if err == nil {
		return nil
	}
	advice := "choose another place with --output, or mend its permissions"
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		advice = "make room there, or choose another place with --output"
	case errors.Is(err, syscall.EPIPE):
		advice = "the program that reads it has ended"
	case errors.Is(err, os.ErrNotExist):
		advice = "make the folder first"
	}
	return platen.WithKind(platen.Internal, fmt.Errorf("cannot write %s: %w: %s", path, withoutPath(err), advice))
}

// isFolder reports whether an output path means a folder: it ends in a slash or
// is one.
func isFolder(path string) bool {
	if strings.HasSuffix(path, "/") {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

const manifestSuffix = ".manifest.json"

// manifestPath returns where the manifest of a PDF goes: out.pdf gets
// out.manifest.json.
func manifestPath(pdf string) string {
	return strings.TrimSuffix(pdf, filepath.Ext(pdf)) + manifestSuffix
}

// writeStream writes to stdout, a device or a pipe; it gives up when ctx ends,
// even if nobody reads.
func (s streams) writeStream(ctx context.Context, path string, data []byte) error {
	done := make(chan error, 1)
	go func() {
		if path == stdStream {
			done <- second(s.out.Write(data))
			return
		}
		done <- os.WriteFile(path, data, 0)
	}()
	select {
	case err := <-done:
		return cannotWrite(strings.Replace(path, stdStream, "stdout", 1), err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func second[T any](_ T, err error) error { return err }
