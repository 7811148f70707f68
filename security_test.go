package platen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testName is how docs/security.md names a test: by its package and function. Those of
// the root are of the package platen.
var testName = regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")

// Every test that docs/security.md names exists, and every weakness of others in its list
// has one, or a word why it cannot be here.
func TestSecurityNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]map[string]bool{}
	for _, name := range testName.FindAllStringSubmatch(string(text), -1) {
		dir := name[1]
		if dir == "platen" {
			dir = "."
		}
		if known[dir] == nil {
			known[dir] = testsIn(t, dir)
		}
		if !known[dir][name[2]] {
			t.Errorf("docs/security.md names %s.%s, which is not there", name[1], name[2])
		}
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| CVE-") && !strings.HasPrefix(line, "| GHSA-") {
			continue
		}
		rows++
		if !testName.MatchString(line) && !strings.Contains(line, "cannot apply") {
			t.Errorf("neither a test nor a reason: %s", line)
		}
	}
	if rows < 28 {
		t.Errorf("only %d weaknesses are listed", rows)
	}
}

// testsIn returns the names of the tests and fuzz targets in a folder.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
