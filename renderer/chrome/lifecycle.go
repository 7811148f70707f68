package chrome

import (
	"cmp"
	"errors"
	"time"
)

// begin takes the process for one document; false when it takes no more.
func (p *process) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != "" || p.ctx.Err() != nil {
		return false
	}
	p.running++
	return true
}

// done gives the process back.
func (p *process) done() {
	p.mu.Lock()
	p.running--
	p.printed++
	idle := p.over != "" && p.running == 0
	p.mu.Unlock()
	if idle {
		p.kill()
	}
}

// retire lets the process finish what it prints and then ends it.
func (p *process) retire(why reason) {
	p.mu.Lock()
	p.over = cmp.Or(p.over, why)
	idle := p.running == 0
	p.mu.Unlock()
	if idle {
		p.kill()
	}
}

// end kills the process at once. Its documents learn the first cause.
func (p *process) end(cause error) {
	why := becauseFailure
	if errors.Is(cause, errMemory) {
		why = becauseMemory
	}
	p.mu.Lock()
	p.over = cmp.Or(p.over, why)
	if p.cause == nil {
		p.cause = cause
	}
	p.mu.Unlock()
	p.kill()
}

// why returns the cause of the process's end when there is one, otherwise err.
func (p *process) why(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause != nil {
		return p.cause
	}
	return err
}

// left returns why the process takes no more documents.
func (p *process) left() reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	return cmp.Or(p.over, becauseFailure) // it has died by itself
}

// worn reports why the process should be replaced, "" when it should not.
func (p *process) worn(cfg Config, now time.Time) reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.printed >= cfg.RecycleAfter:
		return becauseCount
	case now.Sub(p.born) >= cfg.MaxAge:
		return becauseAge
	}
	return ""
}
