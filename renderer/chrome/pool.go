package chrome

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	platen "github.com/dicode/platen"
)

// A Pool prints documents with a fixed number of supervised browsers. It is safe
// for concurrent use; documents that find all tabs taken wait their turn.
type Pool struct {
	cfg     Config
	program Program
	home    *home
	seats   []*seat
	alone   sync.Map // of *process: browsers that print one document only
	slots   chan *slot
	product string // the browser's and its version

	modify   func(*exec.Cmd) // how browsers are started
	isolated bool            // whether they have a network namespace of their own
	fonts    fontSet
	closed   chan struct{}
	once     sync.Once
}

// A slot is the right to print one document. It keeps its tab between documents.
type slot struct {
	seat *seat
	tab  *tab
}

// A seat holds one browser, or none until one is needed.
type seat struct {
	mu      sync.Mutex
	process *process
}

// Open finds the browser, removes what dead owners have left behind, and starts
// the first browser, so that a broken installation shows here.
func Open(ctx context.Context, cfg Config) (*Pool, error) {
	cfg = cfg.withDefaults()
	program, err := Find(ctx, cfg.Path)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.NoSandbox:
		cfg.Log.Warn("the browser runs without its sandbox")
	case os.Geteuid() == 0:
		return nil, fmt.Errorf("start %s: root cannot use the browser's sandbox: run Platen as an ordinary user, or turn the sandbox off: %w", filepath.Base(program.Path), platen.Internal)
	}
	fonts, err := listFonts(ctx)
	if err != nil {
		return nil, err
	}
	home, err := openHome(cfg.TempDir)
	if err != nil {
		return nil, err
	}
	p := &Pool{seats: make([]*seat, cfg.Browsers), cfg: cfg, program: program, fonts: fonts, home: home, slots: make(chan *slot, cfg.Browsers*cfg.TabsPerBrowser), closed: make(chan struct{})}
	for i := range p.seats {
		p.seats[i] = &seat{}
	}
	for range cfg.TabsPerBrowser {
		for _, seat := range p.seats {
			p.slots <- &slot{seat: seat}
		}
	}
	first, err := p.startFirst(ctx)
	if err != nil {
		home.remove()
		return nil, err
	}
	p.seats[0].process = first
	p.product = first.product
	go p.watch()
	return p, nil
}

// Engine returns the browser's product and version, and the digest of the fonts
// that are installed.
func (p *Pool) Engine() (browser, fonts string) { return p.product, p.fonts.digest }

// Close waits for the running prints, ends the browsers and removes their folders.
func (p *Pool) Close() error {
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.slots) {
			<-p.slots
		}
		for _, process := range p.processes() {
			process.kill()
		}
		p.home.remove()
	})
	return nil
}

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
	case ctx.Err() != nil:
		return fmt.Errorf("print: the caller's time was up: %w: %w", context.Cause(ctx), platen.Busy)
	case errors.Is(err, errSlow):
		return fmt.Errorf("print: %w of %s, twice: make the document smaller or raise the limit: %w", errSlow, p.cfg.Timeout, platen.Busy)
	case errors.Is(err, errMemory):
		return fmt.Errorf("print: %w: %w", err, platen.Invalid)
	}
	return fmt.Errorf("print: %w: %w", err, platen.Internal)
}

// acquire waits for a slot.
func (p *Pool) acquire(ctx context.Context) (*slot, error) {
	select {
	case <-p.closed:
		return nil, fmt.Errorf("print: the browser pool is closed: %w", platen.Busy)
	default:
	}
	select {
	case s := <-p.slots:
		return s, nil
	case <-p.closed:
		return nil, fmt.Errorf("print: the browser pool is closed: %w", platen.Busy)
	case <-ctx.Done():
		return nil, fmt.Errorf("print: all tabs are taken: %w: %w", context.Cause(ctx), platen.Busy)
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
	process, err := p.start(ctx)
	if err != nil {
		return nil, err
	}
	defer process.kill()
	process.begin()
	p.alone.Store(process, nil)
	defer p.alone.Delete(process)
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

// take returns the seat's browser, replaced when it is worn or dead.
func (p *Pool) take(ctx context.Context, s *seat) (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		if why := s.process.worn(p.cfg, time.Now()); why != "" {
			p.cfg.Log.Debug("replace the browser", "reason", why)
			s.process.retire()
		}
		if s.process.begin() {
			return s.process, nil
		}
	}
	fresh, err := p.start(ctx)
	if err != nil {
		return nil, err
	}
	fresh.begin()
	s.process = fresh
	return fresh, nil
}

// processes returns the browsers that run.
func (p *Pool) processes() []*process {
	var running []*process
	for _, s := range p.seats {
		s.mu.Lock()
		if s.process != nil {
			running = append(running, s.process)
		}
		s.mu.Unlock()
	}
	for alone := range p.alone.Range {
		running = append(running, alone.(*process))
	}
	return running
}

// startFirst starts a browser and thereby finds out whether this machine allows a
// network namespace of its own. Without one, the flags keep it off the network.
func (p *Pool) startFirst(ctx context.Context) (*process, error) {
	p.modify, p.isolated = isolate, true
	first, err := p.start(ctx)
	if err == nil || ctx.Err() != nil {
		return first, err
	}
	p.cfg.Log.Info("the browser gets no network namespace of its own", "err", err)
	p.modify, p.isolated = supervise, false
	return p.start(ctx)
}

func (p *Pool) start(ctx context.Context) (*process, error) {
	return startProcess(ctx, p.cfg, p.program.Path, p.home.dir, p.modify)
}
