package prove_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/dicode/platen"
	"github.com/dicode/platen/prove"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/templates"
)

// pool is the browser of all tests.
var pool *chrome.Pool

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	var err error
	if pool, err = chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0}); err != nil {
		panic(err)
	}
	code := m.Run()
	pool.Close()
	os.Exit(code)
}

func parse(t testing.TB, src string) any {
	t.Helper()
	data, err := platen.ParseData([]byte(src), platen.DefaultDataLimits)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(t testing.TB, ref string) *templates.Template {
	t.Helper()
	bundle, err := templates.Open(ref)
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := templates.Compile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

// input is a document that is made as Platen makes it.
func input(t testing.TB, tpl *templates.Template, data any, issue platen.IssueBlock) prove.Input {
	t.Helper()
	m, err := tpl.Fill(t.Context(), data, issue, nil)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := pool.Print(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	res, err := finish.New(pool.Print).Finish(t.Context(), finish.Input{PDF: printed, Printed: true, About: finish.About{Title: "T", Language: "en"}, Issue: issue})
	if err != nil {
		t.Fatal(err)
	}
	return prove.Input{PDF: res.PDF, Template: tpl, Data: data, Issue: issue}
}

func run(t testing.TB, in prove.Input) *prove.Report {
	t.Helper()
	r, err := prove.Document(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// All that the baseline templates print is proven, whatever the script.
//
// Requirement: R-04
func TestBaselines(t *testing.T) {
	for _, test := range []struct {
		template, data string
		values         int
	}{
		{"batch-record", "tablet-2p", 175}, {"batch-record", "tablet-20p", 2290}, {"batch-record", "tablet-nonlatin", 520}, {"batch-record", "tablet-rtl", 515},
		{"certificate-of-analysis", "coa-2p", 235},
	} {
		t.Run(test.data, func(t *testing.T) {
			src, err := os.ReadFile(filepath.Join("../testdata/data", test.data+".json"))
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, input(t, open(t, "baseline/"+test.template), parse(t, string(src)), platen.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00", Status: "EFFECTIVE"}))
			if !r.Proven || r.Values < test.values || r.Beside != nil {
				t.Errorf("proven %v, %d values, want %d\nlacks %+v\nforeign %v\nbeside %v", r.Proven, r.Values, test.values, r.Lacks, r.Foreign, r.Beside)
			}
		})
	}
}
