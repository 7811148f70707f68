package chrome

import (
	"context"
	"errors"
	"fmt"

	"github.com/dicode/platen"
)

// Print prints the document. The error is a *DocumentError when the document is
// at fault, Busy when there was not time enough, and otherwise Internal. A
// browser that crashes or hangs is tried once more with a fresh one.
func (p *Pool) Print(ctx context.Context, m platen.Markup) ([]byte, error) {
	if err := checkMarkup(m, p.cfg); err != nil {
		return nil, err
	}
	s, err := p.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { p.slots <- s }()
	pdf, err := p.attempt(ctx, s, m)
	if err != nil && ctx.Err() == nil && !errors.Is(err, platen.Invalid) {
		p.cfg.Log.Warn("print again on a fresh browser", "err", err)
		pdf, err = p.attemptAlone(ctx, m)
	}
	return pdf, p.explain(ctx, err)
}

// explain gives the error of a print its kind.
func (p *Pool) explain(ctx context.Context, err error) error {
	switch {
	case err == nil || errors.Is(err, platen.Invalid):
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the time was up before the document was printed: %w: give it more time, or make the document shorter: %w", context.Cause(ctx), platen.Busy)
	case ctx.Err() != nil:
		return fmt.Errorf("the caller gave up before the document was printed: %w: %w", context.Cause(ctx), platen.Busy)
	case errors.Is(err, errSlow):
		return fmt.Errorf("%w of %s, twice: give it more time, or make the document shorter: %w", errSlow, p.cfg.Timeout, platen.Busy)
	case errors.Is(err, errHung):
		return fmt.Errorf("%w, twice: the machine is overloaded, so print fewer documents at once: %w", errHung, platen.Busy)
	case errors.Is(err, errMemory):
		return fmt.Errorf("%w: %w", err, platen.Invalid)
	}
	return fmt.Errorf("%w: %w", err, platen.Internal)
}

// acquire waits for a slot.
func (p *Pool) acquire(ctx context.Context) (*slot, error) {
	select {
	case <-p.closed:
		return nil, fmt.Errorf("the browser pool is closed: %w", platen.Busy)
	default:
	}
	select {
	case s := <-p.slots:
		return s, nil
	case <-p.closed:
		return nil, fmt.Errorf("the browser pool is closed: %w", platen.Busy)
	case <-ctx.Done():
		return nil, fmt.Errorf("all tabs are taken: %w: %w", context.Cause(ctx), platen.Busy)
	}
}

// attempt prints with the slot's browser. After an error the tab is not used
// again; when it was not the document's fault, nor is the browser.
func (p *Pool) attempt(ctx context.Context, s *slot, m platen.Markup) ([]byte, error) {
	process, err := p.take(ctx, s.seat)
	if err != nil {
		return nil, err
	}
	defer process.done()
	pdf, err := p.printIn(ctx, process, s, m)
	if err != nil && !errors.Is(err, platen.Invalid) {
		process.end(err)
		return nil, process.why(err)
	}
	return pdf, err
}

// attemptAlone prints with a browser that is started for this document only.
func (p *Pool) attemptAlone(ctx context.Context, m platen.Markup) ([]byte, error) {
	process, err := p.start(ctx, becauseRetry)
	if err != nil {
		return nil, err
	}
	defer process.kill()
	process.begin()
	pdf, err := p.printIn(ctx, process, &slot{}, m)
	if err != nil && !errors.Is(err, platen.Invalid) {
		err = process.why(err)
	}
	return pdf, err
}

// printIn prints in the slot's tab when that belongs to the process and the
// document's scripts are off, otherwise in a new one.
func (p *Pool) printIn(ctx context.Context, process *process, s *slot, m platen.Markup) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.cfg.Timeout, errSlow)
	defer cancel()
	go process.guard(ctx, p.heartbeat)
	if m.Scripts {
		t, err := openTab(ctx, process, true)
		if err != nil {
			return nil, err
		}
		defer func() { go t.close() }()
		return t.print(ctx, p.cfg, p.fonts, m)
	}
	if s.tab == nil || s.tab.process != process {
		t, err := openTab(ctx, process, false)
		if err != nil {
			return nil, err
		}
		s.tab = t
	}
	pdf, err := s.tab.print(ctx, p.cfg, p.fonts, m)
	if err != nil && (!errors.Is(err, platen.Invalid) || s.tab.reset(ctx) != nil) {
		go s.tab.close()
		s.tab = nil
	}
	return pdf, err
}
