package chrome

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// A Pool prints documents with a fixed number of supervised browsers. It is safe
// for concurrent use; documents that find all tabs taken wait their turn.
type Pool struct {
	cfg     Config
	program Program
	product string // the browser's and its version
	fonts   fontSet
	home    *home

	modify   func(*exec.Cmd) // how browsers are started
	isolated bool            // whether they have a network namespace of their own

	heartbeat time.Duration // how often a browser that prints is asked whether it hangs
	starts    starts

	seats  []*seat
	live   sync.Map // of *process: the browsers that run, in a seat or not
	slots  chan *slot
	closed chan struct{}
	once   sync.Once
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
	p := &Pool{
		cfg: cfg, program: program, fonts: fonts, home: home,
		seats:  make([]*seat, cfg.Browsers),
		slots:  make(chan *slot, cfg.Browsers*cfg.TabsPerBrowser),
		closed: make(chan struct{}),

		heartbeat: heartbeat,
		starts:    newStarts(),
	}
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

// take returns the seat's browser, replaced when it is worn or dead.
func (p *Pool) take(ctx context.Context, s *seat) (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	why := becauseFirst
	if s.process != nil {
		if worn := s.process.worn(p.cfg, time.Now()); worn != "" {
			s.process.retire(worn)
		}
		if s.process.begin() {
			return s.process, nil
		}
		why = s.process.left()
		p.cfg.Log.Debug("replace the browser", "reason", why)
	}
	fresh, err := p.start(ctx, why)
	if err != nil {
		return nil, err
	}
	fresh.begin()
	s.process = fresh
	return fresh, nil
}

// processes returns the browsers that run. One that takes no more documents is among
// them while it prints.
func (p *Pool) processes() []*process {
	var running []*process
	for live := range p.live.Range {
		if process := live.(*process); process.ctx.Err() == nil {
			running = append(running, process)
		}
	}
	return running
}

// startFirst starts a browser and thereby finds out whether this machine allows a
// network namespace of its own. Without one, the flags keep it off the network.
func (p *Pool) startFirst(ctx context.Context) (*process, error) {
	p.modify, p.isolated = isolate, true
	first, err := p.start(ctx, becauseFirst)
	if err == nil || ctx.Err() != nil {
		return first, err
	}
	p.cfg.Log.Info("the browser gets no network namespace of its own", "err", err)
	p.modify, p.isolated = supervise, false
	return p.start(ctx, becauseFirst)
}

func (p *Pool) start(ctx context.Context, why reason) (*process, error) {
	fresh, err := startProcess(ctx, p.cfg, p.program.Path, p.home.dir, p.modify)
	if err == nil {
		p.starts[why].Add(1)
		p.live.Store(fresh, nil)
		context.AfterFunc(fresh.ctx, func() { p.live.Delete(fresh) })
	}
	return fresh, err
}
