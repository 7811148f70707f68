package diff_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/templates"
)

// What all tests share: what draws pages, and a browser, which the first test that prints opens.
var (
	draw *raster.Rasteriser
	pool = sync.OnceValue(func() *chrome.Pool {
		p, err := chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
		if err != nil {
			panic(err)
		}
		return p
	})
	printed atomic.Bool // so the browser has to be closed
)

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	cache, err := os.MkdirTemp("", "platen-raster-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(cache)
	draw = raster.New(raster.Config{Documents: 2, Cache: cache})
	defer draw.Close()
	if pair := os.Getenv(pairEnv); pair != "" {
		if err := compareFiles(pair); err != nil {
			panic(err)
		}
		return 0
	}
	defer func() {
		if printed.Load() {
			pool().Close()
		}
	}()
	return m.Run()
}

// A record is what a document is made from, before it is printed.
type record struct {
	platen.Markup
	finish.Input
}

// filled is a batch record of testdata, filled into the baseline template.
func filled(t testing.TB, template, data string) record {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("../testdata/data", data+".json"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := templates.Open("baseline/" + template)
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := templates.Compile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	markup, err := tpl.Fill(t.Context(), parsed, platen.IssueBlock{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return record{Markup: markup, Input: finish.Input{Printed: true, About: finish.About{Title: "Batch record", Language: "en", Record: "BR-1"}}}
}

// clone returns a record that can be changed.
func (r record) clone() record {
	r.HTML = bytes.Clone(r.HTML)
	r.Files = maps.Clone(r.Files)
	r.FilesDigest = ""
	return r
}

// replace replaces a text of the markup, the n-th one from 1; 0 is all.
func (r *record) replace(t testing.TB, old, new string, n int) {
	t.Helper()
	if strings.Count(string(r.HTML), old) < max(n, 1) {
		t.Fatalf("the record does not have %q %d times", old, n)
	}
	if n == 0 {
		r.HTML = bytes.ReplaceAll(r.HTML, []byte(old), []byte(new))
		return
	}
	at := 0
	for range n - 1 {
		at += strings.Index(string(r.HTML[at:]), old) + len(old)
	}
	i := at + strings.Index(string(r.HTML[at:]), old)
	r.HTML = []byte(string(r.HTML[:i]) + new + string(r.HTML[i+len(old):]))
}

// style adds rules of CSS.
func (r *record) style(t testing.TB, css string) {
	r.replace(t, "</head>", "<style>"+css+"</style></head>", 1)
}

// print makes the PDF.
func (r record) print(t testing.TB) []byte {
	t.Helper()
	var err error
	in := r.Input
	printed.Store(true)
	if in.PDF, err = pool().Print(t.Context(), r.Markup); err != nil {
		t.Fatal(err)
	}
	out, err := finisher().Finish(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.PDF
}

var finisher = sync.OnceValue(func() *finish.Finisher { return finish.New(pool().Print) })

// compare compares two PDFs with everything there is.
func compare(t testing.TB, a, b []byte, policy string) *diff.Report {
	t.Helper()
	o := diff.Options{NameA: "a.pdf", NameB: "b.pdf", Raster: draw}
	if policy != "" {
		var err error
		if o.Policy, err = diff.ParsePolicy([]byte(policy)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := diff.Compare(t.Context(), a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// qpdf runs qpdf on a PDF and returns what it makes of it.
func qpdf(t testing.TB, src []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, src, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "qpdf", append(append([]string{in}, args...), out)...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("qpdf %s: %v\n%s", strings.Join(args, " "), err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
