package main

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite traceability.json")

// tag names the requirement that a test tests, in its comment.
var tag = regexp.MustCompile(`(?m)^(?:# )?Requirement: (R-\d+)$`)

// Each requirement of a validation pack has tests, and traceability.json lists them. -update rewrites it.
func TestTraceability(t *testing.T) {
	found := map[string][]string{}
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return filepath.SkipDir
		case strings.HasSuffix(file, "_test.go"):
			return taggedTests(file, found)
		case filepath.Ext(file) == ".txtar":
			return taggedScript(file, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tests := range found {
		slices.Sort(tests)
	}
	for _, r := range requirements {
		if len(found[r.ID]) == 0 {
			t.Errorf("no test has the tag Requirement: %s (%s)", r.ID, r.Text)
		}
	}
	if *update {
		src, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("traceability.json", append(src, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(found, traceability()); diff != "" {
		t.Errorf("traceability.json is not up to date: run go test ./cmd/platen -run TestTraceability -update (-tests +file):\n%s", diff)
	}
}

// taggedTests adds the tests of a file by their requirements.
func taggedTests(file string, found map[string][]string) error {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder := path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "../../"))
	for _, d := range f.Decls {
		test, ok := d.(*ast.FuncDecl)
		if !ok || test.Doc == nil {
			continue
		}
		for _, m := range tag.FindAllStringSubmatch(test.Doc.Text(), -1) {
			found[m[1]] = append(found[m[1]], folder+"."+test.Name.Name)
		}
	}
	return nil
}

// taggedScript does the same for a script of the command.
func taggedScript(file string, found map[string][]string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, m := range tag.FindAllStringSubmatch(string(src), -1) {
		found[m[1]] = append(found[m[1]], "cmd/platen.TestScripts/"+strings.TrimSuffix(filepath.Base(file), ".txtar"))
	}
	return nil
}
