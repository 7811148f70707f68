// Generate writes the batch records and certificates in testdata/data: realistic
// ones in several sizes and scripts, and broken ones, one for each kind of
// defect. Its output depends on nothing but its source. Run it at the top of the
// repository:
//
//	go run ./contract/generate            # rewrites testdata/data
//	go run ./contract/generate -rows 50000 -o rows.json
//
// How long a record is, is decided in the table in sizes.go.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", filepath.Join("testdata", "data"), "folder to write to; with -rows the file")
	rows := flag.Int("rows", 0, "write one record with an in-process control of this many samples instead")
	flag.Parse()
	if err := run(*out, *rows); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(out string, rows int) error {
	if rows > 0 {
		return os.WriteFile(out, text(record(rowsSize(rows))), 0o644)
	}
	files, err := generate()
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(out, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A file is one file to write, named by its path under testdata/data.
type file struct {
	name string
	text []byte
}

// generate makes all files.
func generate() ([]file, error) {
	var files []file
	for _, s := range sizes {
		files = append(files, file{s.name, text(record(s))})
	}
	files = append(files, file{"coa-2p.json", text(certificate())})
	broken, err := brokenFiles()
	return append(files, broken...), err
}
