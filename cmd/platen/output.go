package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"github.com/dicode/platen"
)

// writeFile writes a file whole or not at all. What stands there and is not a
// regular file, such as /dev/null or a pipe, is written to, never replaced.
func writeFile(path string, data []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return cannotWrite(path, os.WriteFile(path, data, 0))
	}
	return cannotWrite(path, renameio.WriteFile(path, data, 0o644))
}

func cannotWrite(path string, err error) error {
	if err == nil {
		return nil
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return platen.WithKind(platen.Internal, fmt.Errorf("cannot write %s: %w: choose another place with --output, or mend its permissions", path, err))
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

// manifestPath returns where the manifest of a PDF goes: out.pdf gets
// out.manifest.json.
func manifestPath(pdf string) string {
	return strings.TrimSuffix(pdf, filepath.Ext(pdf)) + ".manifest.json"
}
