package main

import (
	"context"
	"log/slog"
	"sync"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// A lazyPrinter starts one browser when something is to be printed, and not before. It is
// safe for concurrent use.
type lazyPrinter struct {
	browser browserFlags
	log     *slog.Logger

	mu   sync.Mutex
	pool *chrome.Pool
}

func (f browserFlags) lazy(log *slog.Logger) *lazyPrinter { return &lazyPrinter{browser: f, log: log} }

// open returns the browser. One that does not start is tried again the next time.
func (p *lazyPrinter) open(ctx context.Context) (_ *chrome.Pool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		p.pool, err = p.browser.open(context.WithoutCancel(ctx), 1, p.log) // it outlives who needs it first
	}
	return p.pool, err
}

// Print implements renderer.Printer.
func (p *lazyPrinter) Print(ctx context.Context, m platen.Markup) ([]byte, error) {
	pool, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	return pool.Print(ctx, m)
}

// Engine implements renderer.Printer. Both are empty when there is no browser; Print
// says why.
func (p *lazyPrinter) Engine() (browser, fonts string) {
	pool, err := p.open(context.Background())
	if err != nil {
		return "", ""
	}
	return pool.Engine()
}

// Close ends the browser.
func (p *lazyPrinter) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		return nil
	}
	return p.pool.Close()
}
