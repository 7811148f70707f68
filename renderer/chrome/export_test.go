package chrome

import (
	"context"
	"testing"
	"time"
)

// Search is the search of Find among other names.
var Search = search

// Pids returns the process of every browser of the pool, with its helpers.
func Pids(p *Pool) [][]int {
	var pids [][]int
	for _, process := range p.processes() {
		pids = append(pids, tree(process.pid))
	}
	return pids
}

// Output runs a small program.
var Output = output

// Sweep removes the folders of pools whose owner is dead.
var Sweep = sweep

// Start starts a browser and returns why that did not work.
func Start(ctx context.Context, cfg Config, program, root string) error {
	p, err := startProcess(ctx, cfg, program, root, supervise)
	if err == nil {
		p.kill()
	}
	return err
}

// SetHeartbeat changes how often a browser that prints is asked whether it hangs.
func SetHeartbeat(p *Pool, every time.Duration) { p.heartbeat = every }

// Isolated reports whether the pool's browsers have a network namespace of their own.
func Isolated(p *Pool) bool { return p.isolated }

// Tree returns a process and its descendants.
func Tree(pid int) []int { return tree(pid) }

// WaitRunning waits until a document is being printed.
func WaitRunning(t *testing.T, p *Pool) {
	for t.Context().Err() == nil {
		for _, process := range p.processes() {
			process.mu.Lock()
			running := process.running
			process.mu.Unlock()
			if running > 0 {
				return
			}
		}
	}
}

// StylesNameFiles is stylesNameFiles.
var StylesNameFiles = stylesNameFiles

// Unshare makes the pool's browsers share the network of this machine, as they do where
// the kernel allows no namespace: only flags and refusals keep them off it.
func Unshare(p *Pool) {
	p.modify, p.isolated = supervise, false
	for _, process := range p.processes() {
		process.kill()
	}
}
