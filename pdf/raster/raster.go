package raster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/dicode/platen"
)

// Engine names what draws, on which every picture depends.
const Engine = "PDFium of go-pdfium 1.21.4"

// Limits of one document.
const (
	maxBytes  = 128 << 20 // of the PDF
	maxMemory = 512 << 20 // of the engine, with the PDF
	maxPixels = 40 << 20  // of a page: A3 at 300 dpi has 17 million
	maxTime   = 30 * time.Second
)

// Config is how a Rasteriser works. The zero value is one that draws one document at once.
type Config struct {
	Documents int    // at once, each with up to 512 MiB of memory; 0: one
	Cache     string // folder for the compiled engine, which only its owner may write; "": it is compiled once in each process
}

// A Rasteriser draws the pages of PDFs. It is safe for concurrent use. The engine is
// compiled when the first document is opened, which takes a second or two.
type Rasteriser struct {
	cache string
	slots chan struct{}

	compiling sync.Once
	pool      pdfium.Pool // nil before, and after an error
	code      wazero.CompilationCache
	err       error
}

// New returns a Rasteriser.
func New(cfg Config) *Rasteriser {
	return &Rasteriser{cache: cfg.Cache, slots: make(chan struct{}, max(cfg.Documents, 1))}
}

// compile makes the engine ready.
func (r *Rasteriser) compile() {
	r.code = wazero.NewCompilationCache()
	if r.cache != "" {
		if r.code, r.err = wazero.NewCompilationCacheWithDir(r.cache); r.err != nil {
			r.err = fmt.Errorf("the folder %s cannot keep the engine that draws pages: %w: %w", r.cache, r.err, platen.Internal)
			return
		}
	}
	const page = 64 << 10 // bytes, of WebAssembly's memory
	r.pool, r.err = webassembly.Init(webassembly.Config{
		Context:  experimental.WithCompilationWorkers(context.Background(), cap(r.slots)),
		MaxTotal: cap(r.slots),
		FSConfig: wazero.NewFSConfig(), // no files; nil would be all of them
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(maxMemory / page).
			WithCloseOnContextDone(true).
			WithCompilationCache(r.code),
		RandomSource: zeros{},
		Stdout:       io.Discard,
		Stderr:       io.Discard,
	})
	if r.err != nil {
		r.err = fmt.Errorf("start the engine that draws pages: %w: %w", r.err, platen.Internal)
	}
}

// zeros is the source of random numbers: there are none.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// Close ends the Rasteriser. Its documents must be closed before.
func (r *Rasteriser) Close() error {
	r.compiling.Do(func() { r.err = fmt.Errorf("what draws pages is closed: %w", platen.Internal) })
	if r.err != nil {
		return nil // nothing was started
	}
	return errors.Join(r.pool.Close(), r.code.Close(context.Background()))
}

// take waits until another document may be open.
func (r *Rasteriser) take(ctx context.Context) error {
	select {
	case r.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("no time was left to draw pages: %w: %w", context.Cause(ctx), platen.Busy)
	}
}

// instance returns an engine of its own for a document.
func (r *Rasteriser) instance(ctx context.Context) (pdfium.Pdfium, error) {
	if r.compiling.Do(r.compile); r.err != nil {
		return nil, r.err
	}
	instance, err := r.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the engine that draws pages: %w: %w", err, platen.Internal)
	}
	return instance, nil
}

// looksLikePDF keeps what is no PDF from the engine: its header is within the first 1024
// bytes (ISO 32000-1, annex H).
func looksLikePDF(src []byte) bool {
	return bytes.Contains(src[:min(len(src), 1024)], []byte("%PDF-"))
}
