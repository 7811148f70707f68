package templates

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/baseline"
)

// Open opens what ref names: "baseline/<name>", a folder, or a zip file. A
// folder or file that does not exist is platen.NotFound.
func Open(ref string) (*Bundle, error) {
	if name, ok := strings.CutPrefix(ref, "baseline/"); ok {
		return Baseline(name)
	}
	info, err := os.Stat(ref)
	if err != nil {
		return nil, notFound(ref, err)
	}
	if info.IsDir() {
		return OpenDir(ref)
	}
	if info.Size() > int64(defaultLimits().archive) {
		return nil, archiveTooLarge(info.Size(), defaultLimits().archive)
	}
	src, err := os.ReadFile(ref)
	if err != nil {
		return nil, notFound(ref, err)
	}
	return OpenZip(src)
}

// OpenDir reads a bundle from a folder. Nothing outside the folder is read, and
// a symbolic link in it is an error. Errors about files are *Error.
func OpenDir(dir string) (*Bundle, error) {
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, notFound(dir, err)
	}
	defer root.Close()
	return OpenFS(root.FS())
}

// OpenFS reads a bundle from a file system, by the rules of OpenDir.
func OpenFS(fsys fs.FS) (*Bundle, error) {
	c := newCollector(defaultLimits())
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case junk(p):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return &Error{File: p, Msg: "a symbolic link: put the file itself into the bundle"}
		case !d.Type().IsRegular():
			return &Error{File: p, Msg: "not an ordinary file: a bundle holds files only"}
		}
		return c.add(p, func() (io.ReadCloser, error) { return fsys.Open(p) })
	})
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	return newBundle(c.files)
}

// BaselineNames lists the templates that Platen brings along, sorted.
func BaselineNames() []string {
	entries, err := baseline.FS.ReadDir(".")
	if err != nil {
		panic(err) // embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Baseline opens a template that Platen brings along. An unknown name is
// platen.NotFound and the error lists the known ones.
func Baseline(name string) (*Bundle, error) {
	known := BaselineNames()
	if !slices.Contains(known, name) {
		return nil, platen.WithKind(platen.NotFound, fmt.Errorf("no baseline template %q: there are %s", name, strings.Join(known, ", ")))
	}
	sub, err := fs.Sub(baseline.FS, name)
	if err != nil {
		return nil, fmt.Errorf("baseline %s: %w", name, err)
	}
	return OpenFS(sub)
}

func notFound(ref string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return platen.WithKind(platen.NotFound, fmt.Errorf("no template at %q: give a folder, a .zip or baseline/%s", ref, strings.Join(BaselineNames(), ", baseline/")))
	}
	return fmt.Errorf("open template: %w", err)
}
