package chrome

import "time"

// begin takes the process for one document; false when it takes no more.
func (p *process) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.retired || p.ctx.Err() != nil {
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
	idle := p.retired && p.running == 0
	p.mu.Unlock()
	if idle {
		p.kill()
	}
}

// retire lets the process finish what it prints and then ends it.
func (p *process) retire() {
	p.mu.Lock()
	p.retired = true
	idle := p.running == 0
	p.mu.Unlock()
	if idle {
		p.kill()
	}
}

// end kills the process at once. Its documents learn the first cause.
func (p *process) end(cause error) {
	p.mu.Lock()
	p.retired = true
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

// worn reports why the process should be replaced, "" when it should not.
func (p *process) worn(cfg Config, now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.printed >= cfg.RecycleAfter:
		return "count"
	case now.Sub(p.born) >= cfg.MaxAge:
		return "age"
	}
	return ""
}
