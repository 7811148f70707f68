package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

func openPool(t *testing.T) *chrome.Pool {
	t.Helper()
	pool, err := chrome.Open(t.Context(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}

func openBucket(t *testing.T) storage.Bucket {
	t.Helper()
	b, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func baseline(t *testing.T, name string) renderer.Templates {
	t.Helper()
	bundle, err := templates.Baseline(name)
	if err != nil {
		t.Fatal(err)
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil }
}

func config(t *testing.T, bucket storage.Bucket, printer renderer.Printer) renderer.Config {
	return renderer.Config{
		Bucket: bucket, Printer: printer, Templates: baseline(t, "batch-record"), Limits: platen.DefaultDataLimits,
		Now: func() time.Time { return time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC) },
		Log: slog.New(slog.DiscardHandler),
	}
}

func record(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../testdata/data", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func job(data []byte) platen.Job {
	return platen.Job{ID: "j1", Tenant: "acme", Template: "batch-record", Data: data, By: "lims", Issue: platen.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00", Status: "EFFECTIVE"}}
}

// tool runs a program on a PDF and returns what it prints.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "PDF", file)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestRender(t *testing.T) {
	bucket, pool := openBucket(t), openPool(t)
	r := renderer.New(config(t, bucket, pool))
	data := record(t, "tablet-2p.json")
	doc, err := r.Render(t.Context(), job(data))
	if err != nil {
		t.Fatal(err)
	}

	t.Run("the PDF is sound, tagged and has an outline", func(t *testing.T) {
		tool(t, doc.PDF, "qpdf", "--check", "PDF")
		info := tool(t, doc.PDF, "pdfinfo", "-isodates", "PDF")
		for _, want := range []string{"Tagged:          yes", "CreationDate:    2026-03-01T14:05:00+01", "ModDate:         2026-03-01T14:05:00+01"} {
			if !strings.Contains(info, want) {
				t.Errorf("pdfinfo lacks %q:\n%s", want, info)
			}
		}
		if !strings.Contains(tool(t, doc.PDF, "qpdf", "--json", "--json-key=outlines", "PDF"), `"title"`) {
			t.Error("the PDF has no outline")
		}
	})
	t.Run("the manifest describes it", func(t *testing.T) {
		m := doc.Manifest
		if m.SHA256 != platen.Digest(doc.PDF) || m.Bytes != len(doc.PDF) || m.Tenant != "acme" || m.Job != "j1" ||
			m.RequestedBy != "lims" || m.RenderedAt != "2026-04-01T08:00:00Z" || m.Inputs.Contract != "batch-record/1" || m.RenderKey != m.Inputs.String() {
			t.Errorf("got %+v", m)
		}
		if pages := tool(t, doc.PDF, "qpdf", "--show-npages", "PDF"); strings.TrimSpace(pages) != strconv.Itoa(m.Pages) {
			t.Errorf("the manifest says %d pages, qpdf %s", m.Pages, pages)
		}
	})
	t.Run("the second time it is the stored one", func(t *testing.T) {
		again, err := r.Render(t.Context(), job(data))
		if err != nil || !again.Stored || !bytes.Equal(again.PDF, doc.PDF) || !reflect.DeepEqual(again.Manifest, doc.Manifest) {
			t.Errorf("stored %v, %v", again.Stored, err)
		}
	})
	t.Run("another tenant makes its own", func(t *testing.T) {
		other := job(data)
		other.Tenant = "globex"
		got, err := r.Render(t.Context(), other)
		if err != nil || got.Stored || !bytes.Equal(got.PDF, doc.PDF) {
			t.Errorf("stored %v, %v", got.Stored, err)
		}
	})
	t.Run("another browser makes the same bytes", func(t *testing.T) {
		got, err := renderer.New(config(t, nil, openPool(t))).Render(t.Context(), job(data))
		if err != nil || got.Stored || !bytes.Equal(got.PDF, doc.PDF) {
			t.Errorf("stored %v, %v", got.Stored, err)
		}
	})
}

func TestRenderTheSameAtOnce(t *testing.T) {
	bucket := openBucket(t)
	pool, err := chrome.Open(t.Context(), chrome.Config{Browsers: 2, NoSandbox: os.Geteuid() == 0})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	r := renderer.New(config(t, bucket, pool))
	docs := make([]platen.Document, 6)
	var group sync.WaitGroup
	for i := range docs {
		group.Go(func() {
			var err error
			if docs[i], err = r.Render(t.Context(), job(record(t, "tablet-2p.json"))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, d := range docs {
		if !bytes.Equal(d.PDF, docs[0].PDF) || !reflect.DeepEqual(d.Manifest, docs[0].Manifest) {
			t.Error("two workers got different documents")
		}
	}
	keys := 0
	for _, err := range bucket.List(t.Context(), "tenants/acme/documents/") {
		if err != nil {
			t.Fatal(err)
		}
		keys++
	}
	if keys != 2 {
		t.Errorf("%d keys are stored, want the PDF and its manifest", keys)
	}
}

// A printer that gives out a PDF of Chrome's without printing it again, so that
// what happens around printing can be watched.
type printed struct {
	pdf  []byte
	err  error
	mu   sync.Mutex
	runs int
}

func (p *printed) Print(context.Context, platen.Markup) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	return bytes.Clone(p.pdf), p.err
}
func (p *printed) Engine() (browser, fonts string) { return "test", "test" }

func chromePDF(t *testing.T) []byte {
	t.Helper()
	pdf, err := openPool(t).Print(t.Context(), platen.Markup{HTML: []byte("<!DOCTYPE html><html lang=en><title>t</title><p>page")})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestStorageThatFails(t *testing.T) {
	pdf := chromePDF(t)
	full := errors.New("no space left")
	for _, failing := range []string{".pdf", ".json"} {
		bucket := openBucket(t)
		r := renderer.New(config(t, &failingBucket{bucket, failing, full}, &printed{pdf: pdf}))
		if _, err := r.Render(t.Context(), job(record(t, "tablet-2p.json"))); !errors.Is(err, full) {
			t.Errorf("%s: got %v", failing, err)
		}
		// Once there is room again, the same job ends well.
		r = renderer.New(config(t, bucket, &printed{pdf: pdf}))
		doc, err := r.Render(t.Context(), job(record(t, "tablet-2p.json")))
		if err != nil || doc.Stored {
			t.Errorf("%s: stored %v, %v", failing, doc.Stored, err)
		}
	}
}

type failingBucket struct {
	storage.Bucket
	suffix string
	err    error
}

func (b *failingBucket) Put(ctx context.Context, key string, value []byte) error {
	if strings.HasSuffix(key, b.suffix) {
		return b.err
	}
	return b.Bucket.Put(ctx, key, value)
}

func TestStoredFilesThatWereChangedAreNotHandedOut(t *testing.T) {
	pdf := chromePDF(t)
	other := record(t, "tablet-20p.json")
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, file, other string) // paths without .pdf and .json
	}{
		{"other bytes", func(t *testing.T, file, _ string) { write(t, file+".pdf", append(bytes.Clone(pdf), ' ')) }},
		{"PDF gone", func(t *testing.T, file, _ string) { remove(t, file+".pdf") }},
		{"another document's files", func(t *testing.T, file, other string) {
			write(t, file+".pdf", read(t, other+".pdf"))
			write(t, file+".json", read(t, other+".json"))
		}},
		{"another PDF and no manifest", func(t *testing.T, file, _ string) {
			write(t, file+".pdf", append(bytes.Clone(pdf), ' '))
			remove(t, file+".json")
		}},
		{"no manifest but rubbish", func(t *testing.T, file, _ string) { write(t, file+".json", []byte("{")) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			bucket, err := storage.OpenFS(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer bucket.Close()
			r := renderer.New(config(t, bucket, &printed{pdf: pdf}))
			path := func(data []byte) string {
				doc, err := r.Render(t.Context(), job(data))
				if err != nil {
					t.Fatal(err)
				}
				return filepath.Join(dir, "tenants/acme/documents", doc.Manifest.RenderKey)
			}
			tt.change(t, path(record(t, "tablet-2p.json")), path(other))
			doc, err := r.Render(t.Context(), job(record(t, "tablet-2p.json")))
			if platen.KindOf(err) != platen.Internal || doc.Stored {
				t.Errorf("got %v", err)
			}
		})
	}
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	remove(t, file)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestARecordOf50000Rows(t *testing.T) {
	var samples strings.Builder
	for i := range 50_000 {
		at := time.Date(2026, 3, 2, 6, 0, i, 0, time.UTC).Format(time.RFC3339)
		fmt.Fprintf(&samples, `{"at":%q,"value":"%d.%d","by":"U-101","result":"conforms"},`, at, 159+i%3, i%10)
	}
	control := `"inProcessControls": [{"id":"IPC-01","name":"Mass","step":"OP-1.1","class":"CQA","method":"SOP-1","unit":"mg","result":"conforms","samples":[` + strings.TrimSuffix(samples.String(), ",") + `]}]`
	data := strings.Replace(string(record(t, "tablet-2p.json")), `"inProcessControls": []`, control, 1)
	m, err := renderer.New(config(t, nil, nil)).Fill(t.Context(), job([]byte(data)))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(m.HTML, []byte("✓ Conforms")); n < 50_000 {
		t.Errorf("%d rows were filled", n)
	}
}

// Requirement: R-02
func TestBadInputIsRefusedBeforePrinting(t *testing.T) {
	printer := &printed{}
	bucket := openBucket(t)
	r := renderer.New(config(t, bucket, printer))
	good := record(t, "tablet-2p.json")
	for _, tt := range []struct {
		name string
		job  func(*platen.Job)
		want any
		text string
	}{
		{"broken JSON", func(j *platen.Job) { j.Data = []byte(`{"a":`) }, new(*platen.DataError), "1:6"},
		{"contract", func(j *platen.Job) { j.Data = []byte(`{"contract":"batch-record/1"}`) }, new(*contract.Error), "/record"},
		{"another contract's record", func(j *platen.Job) { j.Data = record(t, "coa-2p.json") }, new(*contract.Error), "batch-record/1"},
		{"issue block", func(j *platen.Job) { j.Issue.At = "yesterday" }, nil, "issue.at"},
		{"tenant", func(j *platen.Job) { j.Tenant = "../globex" }, nil, "tenant id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := job(good)
			tt.job(&j)
			_, err := r.Render(t.Context(), j)
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("got %v", err)
			}
			if tt.want != nil && !errors.As(err, tt.want) {
				t.Errorf("got a %T", err)
			}
		})
	}
	if printer.runs != 0 {
		t.Error("bad input was printed")
	}
	for key, err := range bucket.List(t.Context(), "") {
		t.Errorf("left behind: %s, %v", key, err)
	}
}

// Watermarks are drawn in the order template, tenant, request, and the manifest
// says so; each of the three makes another document.
func TestWatermarksInTheirOrder(t *testing.T) {
	bundle, err := templates.OpenFS(fstest.MapFS{
		"template.yaml": {Data: []byte("name: t\nversion: 1.0.0\ncontract: batch-record/1\nfinish:\n  watermarks:\n    - text: FROM TEMPLATE\n")},
		"document.hbs":  {Data: []byte(`<!DOCTYPE html><html lang="en"><head><title>{{record.id}}</title></head><body><h1>{{record.id}}</h1></body></html>`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	bucket := openBucket(t)
	cfg := config(t, bucket, openPool(t))
	cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil }
	r := renderer.New(cfg)
	j := job(record(t, "tablet-2p.json"))
	plain, err := r.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	own, err := storage.ForTenant(bucket, j.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Put(t.Context(), own, tenant.Settings{Watermarks: []tenant.Mark{{Watermark: platen.Watermark{Text: "FROM TENANT"}}}}, tenant.Change{}); err != nil {
		t.Fatal(err)
	}
	ofTenant, err := r.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	j.Finish.Watermarks = []platen.Watermark{{Text: "FROM REQUEST"}}
	all, err := r.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Stored || ofTenant.Stored || all.Stored {
		t.Error("another watermark gave a stored document")
	}
	var from []string
	for _, w := range all.Manifest.Finished.Watermarks {
		from = append(from, w.From+": "+w.Text)
	}
	if got := strings.Join(from, ", "); got != "template: FROM TEMPLATE, tenant: FROM TENANT, request: FROM REQUEST" {
		t.Errorf("the manifest says %s", got)
	}
	text := tool(t, all.PDF, "pdftotext", "-raw", "PDF", "-")
	a, b, c := strings.Index(text, "FROM TEMPLATE"), strings.Index(text, "FROM TENANT"), strings.Index(text, "FROM REQUEST")
	if a < 0 || b < a || c < b {
		t.Errorf("they stand in another order in\n%s", text)
	}
}

// countedPrinter counts its prints, and lets them begin when all who ask are there.
type countedPrinter struct {
	renderer.Printer
	prints atomic.Int32
	start  chan struct{}
}

func (p *countedPrinter) Print(ctx context.Context, m platen.Markup) ([]byte, error) {
	p.prints.Add(1)
	<-p.start
	return p.Printer.Print(ctx, m)
}

// A document that several ask for at once is printed once.
func TestEqualRendersAtOnce(t *testing.T) {
	printer := &countedPrinter{Printer: openPool(t), start: make(chan struct{})}
	r := renderer.New(config(t, openBucket(t), printer))
	data := record(t, "tablet-2p.json")
	sums := make([]string, 10)
	var group errgroup.Group
	for i := range sums {
		group.Go(func() error {
			if i == len(sums)-1 {
				close(printer.start)
			}
			doc, err := r.Render(t.Context(), job(data))
			sums[i] = doc.Manifest.SHA256
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := printer.prints.Load(); n != 1 {
		t.Errorf("printed %d times", n)
	}
	for _, sum := range sums {
		if sum == "" || sum != sums[0] {
			t.Errorf("sha256 %q and %q", sum, sums[0])
		}
	}
}
