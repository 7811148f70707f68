package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestCheckedInFilesAreTheGeneratedOnes(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"openapi.json", "client.gen.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("client/%s differs from what is generated (%v): make client", name, err)
		}
	}
}
