package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// The files in testdata/data are what the generator writes, no more and no less.
func TestCheckedInFilesAreTheGeneratedOnes(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "data")
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.name)))
		if err != nil || !bytes.Equal(got, f.text) {
			t.Errorf("%s differs from what is generated (%v): go run ./contract/generate", f.name, err)
		}
	}
	for _, pattern := range []string{"*.json", "broken/*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			name, err := filepath.Rel(root, path)
			if err != nil || !slices.Contains(names, filepath.ToSlash(name)) {
				t.Errorf("%s is not generated", name)
			}
		}
	}
}

func TestRecordOf50000Rows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.json")
	if err := run(path, 50_000); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Open(contract.NameIn(v))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(v); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(src, []byte(`"value":`)); n < 50_000 {
		t.Errorf("%d values", n)
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		n, digits int
		want      string
	}{{1205, 1, "120.5"}, {7, 3, "0.007"}, {-5, 1, "-0.5"}, {0, 2, "0.00"}, {42, 0, "42"}} {
		if got := decimal(c.n, c.digits); got != c.want {
			t.Errorf("decimal(%d, %d) = %s, want %s", c.n, c.digits, got, c.want)
		}
	}
}
