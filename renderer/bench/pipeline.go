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

// renderTimeout is that of `platen render`: half of five minutes for one attempt.
// All else of the browsers is as their Config has it by default, there and here.
const renderTimeout = 150 * time.Second

// A match is both sides, each with as many browsers.
type match struct {
	bare  *bareChrome
	whole *pipeline
}

// open starts both sides.
func (b *bench) open(ctx context.Context, browsers int) (*match, error) {
	whole, err := b.openPipeline(ctx, browsers)
	if err != nil {
		return nil, err
	}
	bare, err := openBare(ctx, whole.config, browsers)
	if err != nil {
		whole.close()
		return nil, err
	}
	return &match{bare, whole}, nil
}

func (m *match) close() {
	m.bare.close()
	m.whole.close()
}

// A pipeline is a renderer with everything it needs, as `platen render` sets it up.
type pipeline struct {
	config   chrome.Config
	pool     *chrome.Pool
	bucket   *storage.FS
	renderer *renderer.Renderer
	stages   *stageLog
	copies   atomic.Int64 // makes every document another one
}

func (b *bench) openPipeline(ctx context.Context, browsers int) (*pipeline, error) {
	bundle, err := templates.Baseline("batch-record")
	if err != nil {
		return nil, err
	}
	template, err := templates.Compile(bundle)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(b.folder, "bucket-")
	if err != nil {
		return nil, err
	}
	p := &pipeline{config: chrome.Config{NoSandbox: b.noSandbox, Browsers: browsers, Timeout: renderTimeout}, stages: &stageLog{}}
	if p.bucket, err = storage.OpenFS(folder); err != nil {
		return nil, err
	}
	if p.pool, err = chrome.Open(ctx, p.config); err != nil {
		p.bucket.Close()
		return nil, err
	}
	p.renderer = renderer.New(renderer.Config{
		Bucket:    p.bucket,
		Printer:   p.pool,
		Templates: func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil },
		Limits:    platen.DefaultDataLimits,
		Now:       time.Now,
		Log:       slog.New(p.stages),
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

// render makes a document and returns its manifest.
func (p *pipeline) render(ctx context.Context, record []byte) (platen.Manifest, error) {
	doc, err := p.renderer.Render(ctx, p.job(record))
	if err == nil && doc.Stored {
		err = fmt.Errorf("the document was stored already: nothing was measured")
	}
	return doc.Manifest, err
}

// html returns the filled document that the pipeline prints.
func (p *pipeline) html(ctx context.Context, record []byte) ([]byte, error) {
	m, err := p.renderer.Fill(ctx, p.job(record))
	if err != nil {
		return nil, err
	}
	return inline(m)
}

// machine says what was measured, and on what.
func machine(ctx context.Context) (string, error) {
	browser, err := chrome.Find(ctx, "")
	return fmt.Sprintf("%s, %d CPUs, %s/%s, %s; Platen %s, %s, baseline/batch-record, tagged with outline. Medians of turns taken one after the other; a ratio of times is the median over the pairs.",
		processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), platen.Version, browser.Version), err
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
