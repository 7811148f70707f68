package renderer_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden holds content against a golden file, or makes it that file.
func golden(t *testing.T, name string, content []byte) {
	t.Helper()
	file := filepath.Join("../testdata/golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, content) {
		t.Errorf("it differs from %s: is that wanted? Then: make golden\n%s", file, cmp.Diff(string(want), string(content)))
	}
}

// pictures are the pages of a document as they look, which depends on the browser and
// the fonts that made it and the program that has drawn them.
type pictures struct {
	Engine platen.Engine `json:"engine"`
	Drawn  string        `json:"drawnBy"`
	Pages  []string      `json:"pages"` // sha256 of each, at 60 dots per inch
}

func draw(t *testing.T, doc platen.Document) pictures {
	t.Helper()
	p := pictures{Engine: doc.Manifest.Inputs.Engine, Drawn: tool(t, doc.PDF, "pdftoppm", "-v")}
	dir := t.TempDir()
	tool(t, doc.PDF, "pdftoppm", "-r", "60", "PDF", filepath.Join(dir, "page"))
	files, err := filepath.Glob(filepath.Join(dir, "*.ppm"))
	if err != nil || len(files) != doc.Manifest.Pages {
		t.Fatalf("%d pages are drawn, %v", len(files), err)
	}
	for _, file := range files {
		p.Pages = append(p.Pages, platen.Digest(read(t, file)))
	}
	return p
}

// goldenPictures holds pages against golden ones, where they are made by the same.
func goldenPictures(t *testing.T, name string, got pictures) {
	t.Helper()
	if !*update {
		var want pictures
		if err := json.Unmarshal(read(t, filepath.Join("../testdata/golden", name)), &want); err != nil {
			t.Fatal(err)
		}
		if want.Engine != got.Engine || want.Drawn != got.Drawn {
			t.Skipf("the golden pages were made by %+v, these by %+v: compare them by eye, then: make golden", want.Engine, got.Engine)
		}
	}
	src, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name, append(src, '\n'))
}

// The documents of each tenant are what they were: HTML byte for byte, text, and looks.
func TestGoldenDocuments(t *testing.T) {
	bucket, library := openTenants(t)
	r := tenantsRenderer(t, bucket, library, openPool(t))
	eachPaper(t, func(t *testing.T, p paper, id platen.TenantID) {
		name := filepath.Join(string(id), p.template)
		m, err := r.Fill(t.Context(), p.job(t, id))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".html", m.HTML)
		doc, err := r.Render(t.Context(), p.job(t, id))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", []byte(tool(t, doc.PDF, "pdftotext", "-layout", "PDF", "-")))
		goldenPictures(t, name+".pages.json", draw(t, doc))
	})
}
