package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

// pipeline is a renderer with everything it needs.
type pipeline struct {
	config   chrome.Config
	pool     *chrome.Pool
	bucket   *storage.FS
	renderer *renderer.Renderer
	copies   atomic.Int64 // makes every document another one
}

func openPipeline(ctx context.Context, folder string, noSandbox bool) (*pipeline, error) {
	bundle, err := templates.Baseline("batch-record")
	if err != nil {
		return nil, err
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		return nil, err
	}
	p := &pipeline{config: chrome.Config{NoSandbox: noSandbox, Browsers: workers}}
	if p.bucket, err = storage.OpenFS(folder); err != nil {
		return nil, err
	}
	if p.pool, err = chrome.Open(ctx, p.config); err != nil {
		return nil, err
	}
	p.renderer = renderer.New(renderer.Config{
		Bucket:    p.bucket,
		Printer:   p.pool,
		Templates: func(context.Context, string) (*templates.Template, error) { return template, nil },
		Limits:    platen.DefaultDataLimits,
		Now:       time.Now,
		Log:       slog.New(slog.DiscardHandler),
	})
	return p, nil
}

func (p *pipeline) close() {
	p.pool.Close()
	p.bucket.Close()
}

var recordID = regexp.MustCompile(`BR-2026-\d{5}`)

// job returns a job that was never rendered before: the record under another
// number, which is as long.
func (p *pipeline) job(record []byte) platen.Job {
	number := fmt.Appendf(nil, "BR-2026-%05d", p.copies.Add(1))
	return platen.Job{Tenant: "bench", Template: "batch-record", Data: recordID.ReplaceAll(record, number)}
}

func (p *pipeline) render(ctx context.Context, record []byte) (pages int, err error) {
	doc, err := p.renderer.Render(ctx, p.job(record))
	if err == nil && doc.Stored {
		err = fmt.Errorf("the document was stored already: nothing was measured")
	}
	return doc.Manifest.Pages, err
}

func (p *pipeline) html(ctx context.Context, record []byte) ([]byte, error) {
	m, err := p.renderer.Fill(ctx, p.job(record))
	if err != nil {
		return nil, err
	}
	return inline(m)
}

// machine says what was measured, and on what.
func machine(p *pipeline) string {
	browser, _ := p.pool.Engine()
	return fmt.Sprintf("%s, %d CPUs, %s/%s, %s; Platen %s, %s, baseline/batch-record, tagged with outline. Medians of turns taken one after the other; the ratio is the median over the pairs.",
		processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), platen.Version, browser)
}

func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return "unknown processor"
}
