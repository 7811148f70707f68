package platen_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dicode/platen"

// mayImport is the import table of docs/architecture.md: which packages of ours
// a package may import. "" is the root package. A folder that is missing here is
// not part of the layout.
var mayImport = map[string][]string{
	"":                     {},
	"contract":             {"", "helpers/zones"},
	"helpers":              {"", "helpers/zones"},
	"helpers/zones":        {""},
	"templates/handlebars": {""},
	"renderer/chrome":      {""},
	"diff":                 {"", "pdf", "pdf/raster"},
	"diffs":                {"", "diff", "pdf/raster", "storage"},
	"baseline":             {"", "diff", "pdf/raster", "storage"},
	"prove":                {"", "contract", "diff", "templates", "templates/handlebars", "tenant"},
	"renderer/finish":      {"", "pdf"},
	"renderer/sign":        {"", "pdf"},
	"pdf":                  {""},
	"pdf/raster":           {""},
	"keys":                 {""},
	"storage":              {"", "keys"},
	"audit":                {"", "storage"},
	"tenant":               {"", "storage", "tenant/asset"},
	"tenant/asset":         {""},
	"tenant/archive":       {"", "contract", "storage", "templates", "tenant", "tenant/asset"},
	"tenant/generate":      {"", "storage", "templates", "tenant"},
	"queue":                {"", "storage"},
	"webhook":              {"", "storage"},
	"custody":              {"", "pdf", "renderer/finish", "renderer/sign", "storage", "tenant"},
	"api":                  {"", "baseline", "diff", "diffs", "audit", "contract", "custody", "queue", "renderer", "renderer/sign", "storage", "templates", "tenant", "tenant/asset", "webhook"},
	"keys/keystest":        {"keys"},
	"queue/queuetest":      {"", "queue"},
	"client":               {},
	"client/generate":      {"api"},
	"storage/storagetest":  {"", "storage"},
	"templates/baseline":   {},
	"templates":            {"", "contract", "helpers", "helpers/zones", "storage", "tenant", "tenant/asset", "templates/handlebars", "templates/baseline"},
	"renderer":             {"", "contract", "helpers/zones", "pdf/raster", "prove", "storage", "templates", "tenant", "renderer/finish", "renderer/sign"},
	"renderer/bench":       {"", "audit", "keys", "pdf", "pdf/raster", "storage", "templates", "renderer", "renderer/chrome", "renderer/finish", "queue", "queue/queuetest", "storage/storagetest", "api"},
	"contract/generate":    {"", "contract", "helpers/zones"},
	"scripts/licences":     {},
	"cmd/platen":           {"", "diffs", "prove", "baseline", "audit", "client", "contract", "custody", "diff", "helpers", "helpers/zones", "keys", "storage", "templates", "tenant", "tenant/archive", "tenant/asset", "queue", "webhook", "api", "renderer", "renderer/chrome", "renderer/finish", "renderer/sign", "pdf", "pdf/raster"},
}

func TestImportTable(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		folder := path.Dir(filepath.ToSlash(file))
		if folder == "." {
			folder = ""
		}
		allowed, ok := mayImport[folder]
		if !ok {
			t.Errorf("%s: the import table does not know the folder %q", file, folder)
			return nil
		}
		seen[folder] = true
		for _, imported := range ownImports(t, file) {
			if !slices.Contains(allowed, imported) {
				t.Errorf("%s: %q may not import %q", file, folder, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range mayImport {
		if !seen[folder] {
			t.Errorf("the import table names %q, which has no Go file", folder)
		}
	}
}

// ownImports returns the packages of this module that file imports, as folders.
func ownImports(t *testing.T, file string) []string {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, spec := range f.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if rest, ok := strings.CutPrefix(name, module); ok {
			own = append(own, strings.TrimPrefix(rest, "/"))
		}
	}
	return own
}
