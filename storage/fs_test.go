package storage_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

func TestFSKeepsValues(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "bucket")
	first := openFS(t, dir)
	put(t, first, "a/b.json", "value")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, openFS(t, dir), "a/b.json", "value")
}

func TestFSLayout(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bucket")
	b := openFS(t, dir)
	put(t, b, "tenants/acme/documents/0f.pdf", "%PDF")
	put(t, b, "Logo.SVG", "<svg/>")

	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		rel, _ := filepath.Rel(dir, path)
		got[filepath.ToSlash(rel)] = info.Mode().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]string{
		".":                             "drwx------",
		".drafts":                       "drwx------",
		"tenants/acme/documents":        "drwx------",
		"tenants/acme/documents/0f.pdf": "-rw-------",
		"!logo.!s!v!g":                  "-rw-------",
	} {
		if got[name] != mode {
			t.Errorf("%s has mode %q, want %q", name, got[name], mode)
		}
	}
	if len(got) != 7 {
		t.Errorf("the folder holds %q, want two values, three folders above the first, and an empty .drafts", got)
	}
}

// What others put into the folder is neither listed nor read, and links lead nowhere.
func TestFSForeignFiles(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret"), "outside")
	b := openFS(t, dir)
	put(t, b, "tenants/globex/secret", "inside")
	put(t, b, "ok", "ok")

	for _, name := range []string{"with space", ".hidden", "UPPER", "!1", "end!", "ü"} {
		write(t, filepath.Join(dir, name), "foreign")
	}
	link(t, filepath.Join(outside, "secret"), filepath.Join(dir, "file-link"))
	link(t, outside, filepath.Join(dir, "folder-link"))
	link(t, "tenants/globex/secret", filepath.Join(dir, "inner-link"))
	link(t, "loop", filepath.Join(dir, "loop"))

	for _, key := range []string{"UPPER", "file-link", "folder-link/secret", "inner-link", "loop"} {
		if value, err := b.Get(t.Context(), key); err == nil {
			t.Errorf("Get(%q) = %q, want an error", key, value)
		}
	}
	if err := b.Put(t.Context(), "folder-link/new", nil); err == nil {
		t.Error("Put through a link out of the bucket: want an error")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside the bucket there is %v, %v, want the one file that was there", entries, err)
	}
	if got := keys(t, b); !slices.Equal(got, []string{"ok", "tenants/globex/secret"}) {
		t.Errorf("List = %q, want the two keys", got)
	}
}

// Where case does not count, "UPPER" and "upper" would be one file.
func TestFSCaseOnDisk(t *testing.T) {
	dir := t.TempDir()
	b := openFS(t, dir)
	put(t, b, "a/README.md", "1")
	put(t, b, "a/readme.md", "2")
	entries, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != strings.ToLower(e.Name()) {
			t.Errorf("a file is named %q: want no upper case on disk", e.Name())
		}
	}
}

func TestFSReadOnly(t *testing.T) {
	dir := t.TempDir()
	put(t, openFS(t, dir), "a", "value")
	if err := os.RemoveAll(filepath.Join(dir, ".drafts")); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := openFS(t, dir)
	want(t, b, "a", "value")
	keys(t, b)
	after, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != len(before) {
		t.Errorf("opening and reading made %v out of %v, want no change", after, before)
	}
}

func TestOpenFSRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	for _, path := range []string{filepath.Join(dir, "file"), filepath.Join(dir, "file", "below")} {
		_, err := storage.OpenFS(path)
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), path) {
			t.Errorf("OpenFS(%q): %v, want Invalid with the path", path, err)
		}
	}
}

func TestFSErrorsNameTheKeyOnly(t *testing.T) {
	dir := t.TempDir()
	b := openFS(t, dir)
	put(t, b, "a/b", "value")
	link(t, t.TempDir(), filepath.Join(dir, "out"))
	_, absent := b.Get(t.Context(), "no/such")
	_, escape := b.Get(t.Context(), "out/such")
	for key, err := range map[string]error{
		"no/such":  absent,
		"out/such": escape,
		"out/new":  b.Put(t.Context(), "out/new", nil),
		"a/b":      b.Put(t.Context(), "a/b", nil),
		"a/b/c":    b.Put(t.Context(), "a/b/c", nil),
		"a":        b.Put(t.Context(), "a", nil),
	} {
		if err == nil || !strings.Contains(err.Error(), `"`+key+`"`) || strings.Contains(err.Error(), dir) {
			t.Errorf("%v: want an error that names %q and no path", err, key)
		}
	}
}

// endsAfter is a context that is canceled once it was asked n times.
type endsAfter struct {
	context.Context
	n int
}

func (c *endsAfter) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestFSPutEndsWithTheContext(t *testing.T) {
	dir := t.TempDir()
	b := openFS(t, dir)
	err := b.Put(&endsAfter{t.Context(), 3}, "large", make([]byte, 8<<20))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, platen.Busy) {
		t.Errorf("Put: %v, want context.Canceled, which is Busy", err)
	}
	if got, left := keys(t, b), drafts(t, dir); len(got)+len(left) > 0 {
		t.Errorf("there are the keys %q and the drafts %q, want none", got, left)
	}
}

func put(t *testing.T, b storage.Bucket, key, value string) {
	t.Helper()
	if err := b.Put(t.Context(), key, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, b storage.Bucket, key, value string) {
	t.Helper()
	got, err := b.Get(t.Context(), key)
	if err != nil || string(got) != value {
		t.Errorf("Get(%q) = %.20q, %v, want %.20q", key, got, err, value)
	}
}

func keys(t *testing.T, b storage.Bucket) []string {
	t.Helper()
	var keys []string
	for key, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}
