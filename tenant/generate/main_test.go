package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dicode/platen/templates"
)

// testdata/bucket is what the generator makes of testdata/tenants. Of a version of a
// template that is its digest: the compression of a zip may differ.
func TestCheckedInBucketIsTheGeneratedOne(t *testing.T) {
	made := filepath.Join(t.TempDir(), "bucket")
	if err := generate(t.Context(), "../../testdata/tenants", made); err != nil {
		t.Fatal(err)
	}
	want, got := files(t, made), files(t, "../../testdata/bucket")
	for name, content := range want {
		is, ok := got[name]
		if !ok {
			t.Errorf("%s is not there: go run ./tenant/generate", name)
		} else if digest, zip := strings.CutSuffix(filepath.Base(name), ".zip"); zip {
			if _, err := templates.OpenPacked(is, digest); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if !bytes.Equal(is, content) {
			t.Errorf("%s differs from what is generated: go run ./tenant/generate", name)
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s is not generated", name)
		}
	}
}

// files returns those in a bucket, but for documents that somebody has made with it.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, "/documents/") {
			return err
		}
		all[name], err = os.ReadFile(filepath.Join(dir, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
