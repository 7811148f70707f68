package chrome

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watchEvery is how often the memory of the browsers is read.
const watchEvery = 500 * time.Millisecond

// killAt is how many times MaxMemory a browser may hold before it is killed in the
// middle of a document.
const killAt = 4

// watch retires a browser that holds more memory than it should, and kills one
// that holds killAt times as much, until the pool is closed.
func (p *Pool) watch() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.closed:
			return
		case <-tick.C:
		}
		for _, process := range p.processes() {
			switch used := treeMemory(process.pid); {
			case used > killAt*p.cfg.MaxMemory:
				p.cfg.Log.Warn("kill the browser", "reason", "memory", "bytes", used)
				process.end(fmt.Errorf("%w: %d MiB, the limit is %d MiB: make the document or its images smaller, or raise the limit", errMemory, used>>20, killAt*p.cfg.MaxMemory>>20))
			case used > p.cfg.MaxMemory:
				process.retire(becauseMemory)
			}
		}
	}
}

// treeMemory returns the bytes that a process and its descendants hold for
// themselves alone: resident, not shared with files or other processes.
func treeMemory(pid int) int64 {
	var pages int64
	for _, pid := range tree(pid) {
		statm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if fields := strings.Fields(string(statm)); len(fields) > 2 {
			resident, _ := strconv.ParseInt(fields[1], 10, 64)
			shared, _ := strconv.ParseInt(fields[2], 10, 64)
			pages += resident - shared
		}
	}
	return pages * int64(os.Getpagesize())
}

// tree returns pid and its descendants.
func tree(pid int) []int {
	pids := []int{pid}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for field := range bytes.FieldsSeq(children) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, tree(child)...)
			}
		}
	}
	return pids
}
