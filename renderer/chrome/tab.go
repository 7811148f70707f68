package chrome

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/dicode/platen"
)

// A tab is one page of a browser, into which one document after the other is put.
type tab struct {
	process *process
	scripts bool
	target  *chromedp.Target
	close   context.CancelFunc
	frame   cdp.FrameID
	world   runtime.ExecutionContextID
	media   string        // that the tab emulates: "print", or "" for none
	loaded  chan struct{} // receives when a document and what it loads is there

	mu      sync.Mutex
	base    string                  // address that the tab shows
	current *resources              // of the document being printed
	abort   context.CancelCauseFunc // ends that print
	dead    error                   // why the tab can print no more
}

// openTimeout bounds the opening of a tab, which takes a tenth of a second on an
// idle machine. A page that crashes before the tab is there is not reported.
const openTimeout = 20 * time.Second

// openTab opens a tab, in a browser context of its own when scripts may run.
func openTab(ctx context.Context, p *process, scripts bool) (*tab, error) {
	ctx, cancelOpen := context.WithTimeoutCause(ctx, openTimeout, errHung)
	defer cancelOpen()
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	options := []chromedp.ContextOption{chromedp.WithNewWindow(false)}
	if scripts {
		options = append(options, chromedp.WithNewBrowserContext())
	}
	tctx, cancel := chromedp.NewContext(p.ctx, options...)
	t := &tab{process: p, scripts: scripts, close: cancel, loaded: make(chan struct{}, 1), abort: abort}
	opened := make(chan error, 1)
	go func() {
		// The tab lives as long as the context of its first call.
		_, err := chromedp.Call(tctx, page.Enable, page.EnableParams{})
		opened <- err
	}()
	var err error
	select {
	case err = <-opened:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err == nil {
		t.target = chromedp.FromContext(tctx).Target
		chromedp.Listen(tctx, func(event any) { t.handle(tctx, event) })
		err = t.prepare(ctx)
		t.set(nil, nil)
	}
	if err != nil {
		go cancel()
		return nil, fmt.Errorf("open a tab: %w", orCause(ctx, err))
	}
	return t, nil
}

// prepare closes the tab's network, turns off what chromedp needs for clicking
// and we do not for printing, and leaves the blank page.
func (t *tab) prepare(ctx context.Context) error {
	on := true
	for _, step := range []struct {
		method string
		params any
	}{
		{css.Disable.Method, cdp.Empty{}},
		{dom.Disable.Method, cdp.Empty{}},
		{fetch.Enable.Method, fetch.EnableParams{}},
		{network.SetCacheDisabled.Method, network.SetCacheDisabledParams{CacheDisabled: on}},
		{network.SetBypassServiceWorker.Method, network.SetBypassServiceWorkerParams{Bypass: on}},
		{emulation.SetScriptExecutionDisabled.Method, emulation.SetScriptExecutionDisabledParams{Value: !t.scripts}},
	} {
		if err := t.target.Call(ctx, step.method, step.params, nil); err != nil {
			return fmt.Errorf("%s: %w", step.method, err)
		}
	}
	return t.visit(ctx, baseOf(platen.Markup{}))
}

// reset leaves whatever the tab shows.
func (t *tab) reset(ctx context.Context) error { return t.visit(ctx, t.base) }

// visit goes to the address of the documents that load the same files.
func (t *tab) visit(ctx context.Context, base string) error {
	t.mu.Lock()
	t.base = base
	t.mu.Unlock()
	nav, err := cdp.Call(ctx, t.target, page.Navigate, page.NavigateParams{URL: base})
	if err != nil {
		return fmt.Errorf("go to %s: %w", base, err)
	}
	t.frame = nav.FrameID
	if err := t.waitLoaded(ctx); err != nil {
		return fmt.Errorf("go to %s: %w", base, err)
	}
	world, err := cdp.Call(ctx, t.target, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: t.frame, WorldName: "platen"})
	t.world = world.ExecutionContextID
	return err
}

// fail ends the print that is running, if any.
func (t *tab) fail(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.abort != nil {
		t.abort(cause)
	}
}

// crash ends the print that is running, and each that follows.
func (t *tab) crash() {
	t.mu.Lock()
	t.dead = errCrashed
	t.mu.Unlock()
	t.fail(errCrashed)
}

// set makes r and abort those of the print that is running.
func (t *tab) set(r *resources, abort context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.abort = r, abort
	if t.dead != nil && abort != nil {
		abort(t.dead)
	}
}

func (t *tab) waitLoaded(ctx context.Context) error {
	select {
	case <-t.loaded:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.process.ctx.Done():
		return errCrashed
	}
}
